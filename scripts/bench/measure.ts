import type { LabelImage } from "../../src/labeling/labels.ts";
import type { Table } from "../../src/measurement/table.ts";
import { ObjectClassifier } from "../../src/classifiers/object_classifier.ts";
import { openBackend } from "../../src/backends/open_backend.ts";
import { labelComponents } from "../../src/flow/label.ts";
import { measure } from "../../src/flow/measure.ts";
import { describeSize, type Image } from "../../src/image/image.ts";
import { encodeTiff } from "../../src/image/tiff_writer.ts";
import { medianMs } from "./median.ts";
import { type BenchOptions, parseBenchOptions } from "./options.ts";
import { withPeakMemory } from "./peak_memory.ts";
import { runPeer } from "./peer.ts";
import { formatRows, type Row } from "./row.ts";
import { readRepeated, tileOf } from "./features.ts";

const PEERS = new URL("./measure_peers.py", import.meta.url);

const BOX = ["label", "bbox_min_x", "bbox_min_y", "bbox_max_x", "bbox_max_y"];

/** What a piece of work measures, and which of the peers do the same. */
interface Work {
  readonly name: string;
  readonly properties: readonly string[];
  /** Whether the labels have to be found first. */
  readonly withLabels?: true;
  readonly peer: "boxes" | "numeric" | "opencv";
}

const WORKS: readonly Work[] = [
  {
    name: "label, then area, box, centroid",
    properties: [...BOX, "area", "centroid_x", "centroid_y"],
    withLabels: true,
    peer: "opencv",
  },
  { name: "boxes", properties: BOX, peer: "boxes" },
  {
    name: "numeric properties",
    properties: [
      ...[...BOX, "area", "area_bbox", "area_convex", "axis_major_length", "axis_minor_length"],
      ...["centroid_x", "centroid_y", "mass_center_x", "mass_center_y", "eccentricity"],
      ...["equivalent_diameter_area", "euler_number", "extent", "max_intensity"],
      ...["mean_intensity", "min_intensity", "orientation", "perimeter", "solidity"],
    ],
    peer: "numeric",
  },
];

const PEER_NAMES = {
  opencv: "OpenCV connectedComponentsWithStats",
  boxes: "scikit-image regionprops_table, as called without properties",
  numeric: "scikit-image regionprops_table, the same properties",
  train: "scikit-image and scikit-learn, the same forest",
  apply: "scikit-image and scikit-learn, the same forest",
};

/** Measurements that scikit-image has too. */
const FEATURES = "area min_intensity mean_intensity max_intensity";
/** So many objects are painted over: the larger ones as class 2. */
const NUM_PAINTED = 60;

/** Measures and classifies the objects of the sample repeated 8 × 8 and, beyond that, as `--tile` says. */
export async function benchMeasure(options: BenchOptions): Promise<Row[]> {
  const rows: Row[] = [];
  const usual = tileOf({ ...options, tile: 1 });
  for (const times of new Set([usual, Math.max(usual, options.tile)])) {
    const [image] = await readRepeated(options.image, times);
    rows.push(...await timeMeasuring(image, options));
  }
  return rows;
}

async function timeMeasuring(image: Image, options: BenchOptions): Promise<Row[]> {
  await using backend = await openBackend(options.backend);
  const data = Uint8Array.from(image.data as Float32Array, (value) => value > 120 ? 1 : 0);
  const mask = { ...image, data };
  const labels = await labelComponents(mask, { backend });
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeFile(`${folder}/mask.tif`, await encodeTiff(mask));
    await Deno.writeFile(`${folder}/image.tif`, await encodeTiff(image));
    const rows: Row[] = [];
    const time = async (
      work: string,
      run: () => Promise<unknown>,
      peer: keyof typeof PEER_NAMES,
    ) => {
      const { result, peakMB } = await withPeakMemory(() => medianMs(run, options.repeat));
      const { ms: peerMs } = await runPeer<{ ms: number }>(options.python, PEERS, [
        ...[peer, `${folder}/mask.tif`, `${folder}/image.tif`, `${options.repeat}`],
      ]);
      rows.push({
        work: `${work}, ${describeSize(image)}`,
        ms: result.ms,
        each: `${labels.count} objects`,
        peer: PEER_NAMES[peer],
        peerMs,
        ...(peakMB !== undefined && { peakMB }),
      });
    };
    // As the peer's, their array is used again.
    const found = await labelComponents(mask, { backend });
    for (const { name, properties, withLabels, peer } of WORKS) {
      const run = async () => {
        const objects = withLabels ? await labelComponents(mask, { backend, into: found }) : labels;
        return await measure(objects, image, { properties, backend });
      };
      await time(name, run, peer);
    }
    const annotation = paintObjects(labels, await measure(labels, image, { backend }));
    const training = { image, labels, annotation, features: FEATURES, backend };
    const classifier = await ObjectClassifier.train(training);
    await time("object classifier trained", () => ObjectClassifier.train(training), "train");
    await time(
      "object classifier applied",
      () => classifier.predict(labels, image, { backend }),
      "apply",
    );
    return rows;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Paints over the first objects, by their size. */
function paintObjects(labels: LabelImage, { columns }: Table): Image<Uint8Array> {
  const areas = Array.from(columns.area.subarray(0, NUM_PAINTED));
  const mean = areas.reduce((sum, area) => sum + area, 0) / areas.length;
  const data = new Uint8Array(labels.data.length);
  labels.data.forEach((label, i) => {
    if (label > 0 && label <= areas.length) data[i] = areas[label - 1] < mean ? 1 : 2;
  });
  return { ...labels, data };
}

if (import.meta.main) {
  console.log(formatRows(await benchMeasure(parseBenchOptions(Deno.args, true))));
}
