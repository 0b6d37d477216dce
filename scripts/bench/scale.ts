import { join } from "node:path";
import { openBackend } from "../../src/backends/open_backend.ts";
import { ObjectSegmenter } from "../../src/classifiers/object_segmenter.ts";
import { planFeatures } from "../../src/features/plan.ts";
import { computeStack } from "../../src/flow/features.ts";
import { openSource } from "../../src/flow/source.ts";
import { trainForest } from "../../src/forest/train.ts";
import { readImage } from "../../src/image/read.ts";
import { Random } from "../samples/random.ts";
import { drawCurve } from "./curve.ts";
import { readRepeated } from "./features.ts";
import { medianMs } from "./median.ts";
import type { BenchOptions } from "./options.ts";
import { withPeakMemory } from "./peak_memory.ts";
import type { Row } from "./row.ts";

/** A quantity, how much of it there is in each run, and what is timed. */
interface Series {
  readonly name: string;
  readonly unit: string;
  readonly values: readonly number[];
  readonly prepare: (value: number) => Promise<{
    readonly amount: number;
    readonly run: () => Promise<unknown>;
  }>;
}

/** How cost grows; with `--out`, a picture of every curve is written there. */
export async function benchScale(options: BenchOptions): Promise<Row[]> {
  const { out, repeat, quick } = options;
  if (out) await Deno.mkdir(out, { recursive: true });
  const rows: Row[] = [];
  await using backend = await openBackend(options.backend);
  const [image, annotation] = [await readImage(options.image), await readImage(options.annotation)];
  const random = new Random(0);
  const uniform = () => random.uniform();
  const segmenter = await ObjectSegmenter.train({ image, annotation, backend });
  const series: Series[] = [
    {
      name: "segment",
      unit: "megapixels",
      values: [1, 2, 4, 8, 16, 32],
      prepare: async (tile) => {
        const big = await readRepeated(options.image, tile);
        const amount = big[0].data.length / 1e6;
        return { amount, run: () => segmenter.predict(big, { backend }) };
      },
    },
    {
      name: "features",
      unit: quick ? "features" : "features of 1 megapixel",
      values: [2, 4, 9, 16, 25, 45],
      prepare: async (count) => {
        const source = openSource(await readRepeated(options.image, quick ? 1 : 4));
        const shape = { numChannels: 1, dimensions: 2 } as const;
        const plan = planFeatures(mixedFeatures(count), shape);
        return { amount: count, run: () => computeStack(backend, source, plan) };
      },
    },
    {
      name: "train",
      unit: "samples of 10 features",
      values: [1e3, 1e4, 1e5, 1e6],
      // deno-lint-ignore require-await
      prepare: async (count) => {
        const samples = Float32Array.from({ length: 10 * count }, uniform);
        const classes = Uint8Array.from(
          { length: count },
          (_, i) => samples[10 * i] + samples[10 * i + 3] > 0.8 + 0.4 * uniform() ? 2 : 1,
        );
        return { amount: count, run: () => trainForest(samples, classes, { numFeatures: 10 }) };
      },
    },
    ...(["trees", "depth"] as const).map((what): Series => ({
      name: `predict by ${what}`,
      unit: what === "trees" ? "trees of depth 2" : "decisions in 100 trees",
      values: what === "trees" ? [10, 30, 100, 300, 1000] : [1, 2, 3, 5, 7, 10, 14],
      prepare: async (value) => {
        const count = 2 ** (quick ? 12 : 20);
        const planes = Array.from(
          { length: 10 },
          () => Float32Array.from({ length: count }, uniform),
        );
        const samples = Float32Array.from({ length: 20_000 }, uniform);
        const classes = Uint8Array.from(
          { length: 2000 },
          (_, i) => samples[10 * i] + samples[10 * i + 3] > 0.8 + 0.4 * uniform() ? 2 : 1,
        );
        const forest = await trainForest(samples, classes, {
          numFeatures: 10,
          ...(what === "trees" ? { numTrees: value } : { maxDepth: value }),
        });
        const run = () => backend.predict(planes, forest, { classes: true });
        return { amount: value, run };
      },
    })),
  ];
  for (const { name, unit, values, prepare } of series) {
    const points: { amount: number; ms: number }[] = [];
    for (const value of quick ? values.slice(0, 2) : values) {
      const { amount, run } = await prepare(value);
      const { result: { ms }, peakMB } = await withPeakMemory(() => medianMs(run, repeat));
      points.push({ amount, ms });
      rows.push({
        work: `${name}, ${Number(amount.toFixed(2)).toLocaleString("en")} ${unit}`,
        ms,
        peakMB,
      });
    }
    if (!out) continue;
    const file = join(out, `${name.replaceAll(" ", "_")}.svg`);
    await Deno.writeTextFile(file, drawCurve(name, unit, points));
  }
  return rows;
}

/** The families of the default features at one sigma after the other. */
function mixedFeatures(count: number): string {
  const families = [
    "gaussian_blur",
    "difference_of_gaussian",
    "laplace_box_of_gaussian_blur",
    "sobel_of_gaussian_blur",
  ];
  const entries = Array.from(
    { length: count },
    (_, i) => `${families[i % 4]}=${1 + Math.floor(i / 4)}`,
  );
  return entries.join(" ");
}
