import type { Labels } from "../../src/backend.ts";
import { openBackend } from "../../src/backends/open_backend.ts";
import { describeSize, type Image } from "../../src/image/image.ts";
import { encodeTiff } from "../../src/image/tiff_writer.ts";
import { readImage } from "../../src/image/read.ts";
import { Random } from "../samples/random.ts";
import { readRepeated, tileOf } from "./features.ts";
import { medianMs } from "./median.ts";
import { type BenchOptions, SAMPLE } from "./options.ts";
import { withPeakMemory } from "./peak_memory.ts";
import { runPeer } from "./peer.ts";
import type { Row } from "./row.ts";

const PEERS = new URL("./peers.py", import.meta.url);
const VOLUME_TIMES = { usual: [6, 6, 8], quick: [1, 1, 1] };
const NOISE_LENGTH = { usual: 2048, quick: 128 };
const VOLUME = new URL("../../samples/volume_truth.tif", import.meta.url);

/** Connected components of blobs, of noise at the edge of percolation, and of a volume. */
export async function benchLabel(options: BenchOptions): Promise<Row[]> {
  const [blobs] = await readRepeated(options.image, tileOf(options));
  const name = options.image === SAMPLE.image ? "blobs" : "image";
  const threshold = Number(options.image === SAMPLE.image ? 120 : 0);
  const [truth] = await readImage(VOLUME);
  const amount = options.quick ? "quick" : "usual";
  const volume = repeatVolume(above(truth, 0), VOLUME_TIMES[amount]);
  const specks = noise(NOISE_LENGTH[amount], 0.4);
  return [
    ...await timeLabelling(`${name} ${describeSize(blobs)}`, above(blobs, threshold), options),
    ...await timeLabelling(`noise ${describeSize(specks)}, 40 % set`, specks, options),
    ...await timeLabelling(`volume ${describeSize(volume)}`, volume, options),
  ];
}

function above(image: Image, threshold: number): Image<Uint8Array> {
  const data = Uint8Array.from(image.data as Float32Array, (value) => value > threshold ? 1 : 0);
  const { width, height, depth } = image;
  return { data, width, height, depth };
}

/** A volume beside itself so many times along every axis. */
function repeatVolume(volume: Image<Uint8Array>, times: readonly number[]): Image<Uint8Array> {
  const { width, height, depth } = volume;
  const [w, h, d] = [width * times[0], height * times[1], depth * times[2]];
  const data = new Uint8Array(w * h * d);
  for (let row = 0; row < h * d; row++) {
    const from = ((Math.floor(row / h) % depth) * height + row % h % height) * width;
    const pixels = volume.data.subarray(from, from + width);
    for (let x = 0; x < w; x += width) data.set(pixels, row * w + x);
  }
  return { data, width: w, height: h, depth: d };
}

function noise(length: number, density: number): Image<Uint8Array> {
  const random = new Random(1);
  const data = Uint8Array.from({ length: length ** 2 }, () => random.uniform() < density ? 1 : 0);
  return { data, width: length, height: length, depth: 1 };
}

async function timeLabelling(
  work: string,
  mask: Image<Uint8Array>,
  { backend: choice, python, repeat }: BenchOptions,
): Promise<Row[]> {
  await using backend = await openBackend(choice);
  const connectivity = mask.depth > 1 ? 6 : 4;
  const label = (last?: Labels) =>
    backend.labelComponents(mask.data, mask, 1, connectivity, last?.labels);
  const used = await withPeakMemory(() => medianMs(label, repeat));
  const fresh = await withPeakMemory(() => medianMs(() => label(), repeat));
  const each = `${used.result.result.count} objects`;
  const rows: Row[] = [
    { work: `label ${work}`, ms: used.result.ms, each, peakMB: used.peakMB },
    { work: `label ${work}, new array`, ms: fresh.result.ms, each, peakMB: fresh.peakMB },
  ];
  const file = await Deno.makeTempFile({ suffix: ".tif" });
  try {
    await Deno.writeFile(file, await encodeTiff(mask));
    const peers = await runPeer<Record<string, number>>(python, PEERS, [
      ...["label", file, `${repeat}`],
    ]);
    const names: Record<string, string> = { opencv: "OpenCV", scipy: "SciPy" };
    return Object.entries(peers).flatMap(([peer, peerMs]) =>
      rows.map((row) => ({ ...row, peer: names[peer], peerMs }))
    );
  } finally {
    await Deno.remove(file);
  }
}
