import { openBackend } from "../../src/backends/open_backend.ts";
import { ObjectSegmenter } from "../../src/classifiers/object_segmenter.ts";
import { describeSize } from "../../src/image/image.ts";
import { readImage } from "../../src/image/read.ts";
import type { LabelImage } from "../../src/labeling/labels.ts";
import { readRepeated } from "./features.ts";
import { kernelRows, timeKernels } from "./kernel_figures.ts";
import { medianMs } from "./median.ts";
import type { BenchOptions } from "./options.ts";
import { withPeakMemory } from "./peak_memory.ts";
import type { Row } from "./row.ts";

/** How often the sample is repeated: about 2, 8 and 16 thousand pixels a side. */
const TIMES = [8, 32, 64];
const QUICK_TIMES = [1, 2];

/**
 * Segmenting images of 2, 8 and 16 thousand pixels a side, from the image in memory to the labels
 * in memory, and on a GPU what each kernel takes of it by the device's clock.
 */
export async function benchLarge(options: BenchOptions): Promise<Row[]> {
  const { features, depth: maxDepth, trees: numTrees, positiveClass, repeat, quick } = options;
  await using backend = await openBackend(options.backend);
  const segmenter = await ObjectSegmenter.train({
    image: await readImage(options.image),
    annotation: await readImage(options.annotation),
    ...{ features, positiveClass, maxDepth, numTrees, backend },
  });
  const usual = quick ? QUICK_TIMES : TIMES;
  const rows: Row[] = [];
  for (const times of options.tile === 1 ? usual : [options.tile]) {
    const image = await readRepeated(options.image, times);
    const segment = (into?: LabelImage) => segmenter.predict(image, { backend, into });
    const { result, peakMB } = await withPeakMemory(() => medianMs(segment, repeat));
    const { ms, result: { count } } = result;
    const nanoseconds = 1e6 * ms / image[0].data.length;
    const size = describeSize(image[0]);
    rows.push({
      work: `segment ${size}`,
      ms,
      each: `${nanoseconds.toFixed(1)} ns a pixel, ${count} objects`,
      peakMB,
    });
    const kernels = await timeKernels(backend, segment);
    rows.push(...kernelRows(kernels, `, ${size}`, peakMB));
  }
  return rows;
}
