import type { Backend } from "../../src/backend.ts";
import { openBackend } from "../../src/backends/open_backend.ts";
import { planFeatures } from "../../src/features/plan.ts";
import { resolveFeatures } from "../../src/features/presets.ts";
import { computeStack, type FeatureStack } from "../../src/flow/features.ts";
import { openSource } from "../../src/flow/source.ts";
import { describeSize, dimensions, type Image } from "../../src/image/image.ts";
import { readImage } from "../../src/image/read.ts";
import { medianMs } from "./median.ts";
import type { BenchOptions } from "./options.ts";
import { withPeakMemory } from "./peak_memory.ts";
import { runPeer } from "./peer.ts";
import { repeatImage } from "./repeat_image.ts";
import type { Row } from "./row.ts";

const PEERS = new URL("./peers.py", import.meta.url);
const SIGMAS = [1, 5, 10, 25];
/** How long stages run before they are timed, in milliseconds: threads take as long to start. */
const WARM_UP = 200;
const SETS = ["v070", "object_size_1_to_5_px"];

/** One Gaussian blur of the image, its plane in memory, for several sigmas. */
export async function benchGaussian(options: BenchOptions): Promise<Row[]> {
  const { image, python, repeat } = options;
  const tile = tileOf(options);
  await using backend = await openBackend(options.backend);
  const big = await readRepeated(image, tile);
  const rows: Row[] = [];
  for (const sigma of SIGMAS) {
    // One after the other for each sigma: what else the machine does changes with time.
    const peers = await runPeer<Record<string, number>>(python, PEERS, [
      ...["gaussian", image, `${tile}`, `${repeat}`, `${sigma}`],
    ]);
    const work = `Gaussian, sigma ${sigma}, ${describeSize(big[0])}`;
    const peer = { peer: "OpenCV", peerMs: peers[sigma] };
    rows.push(...await timeStack(backend, big, `gaussian_blur=${sigma}`, repeat, work, peer));
  }
  return rows;
}

/** All planes of two feature sets in memory; of others where `--features` names one. */
export async function benchFeatures(options: BenchOptions): Promise<Row[]> {
  const { image, python, repeat } = options;
  const tile = tileOf(options);
  await using backend = await openBackend(options.backend);
  const big = await readRepeated(image, tile);
  const rows: Row[] = [];
  for (const name of new Set([options.features, ...SETS])) {
    const specification = resolveFeatures(name);
    const peer = await runPeer<{ features: number }>(python, PEERS, [
      ...["features", image, `${tile}`, `${repeat}`],
      specification,
    ]);
    const work = `${specification.split(/\s+/).length} features (${name}), ${describeSize(big[0])}`;
    const opencv = { peer: "OpenCV", peerMs: peer.features };
    rows.push(...await timeStack(backend, big, specification, repeat, work, opencv));
  }
  return rows;
}

/** The sample repeated to 2032 × 2048 unless the command line says otherwise. */
export function tileOf({ tile, quick }: BenchOptions): number {
  return tile === 1 && !quick ? 8 : tile;
}

/** An image of a file, repeated. */
export async function readRepeated(file: string, tile: number): Promise<Image[]> {
  return (await readImage(file)).map((channel) => repeatImage(channel, tile));
}

/** Into the planes of the run before, as the peer's allocator hands them out, and into new ones. */
async function timeStack(
  backend: Backend,
  image: readonly Image[],
  specification: string,
  repeat: number,
  work: string,
  peer: Pick<Row, "peer" | "peerMs">,
): Promise<Row[]> {
  const shape = { numChannels: image.length, dimensions: dimensions(image[0]) };
  const plan = planFeatures(specification, shape);
  const source = openSource(image);
  const again = (into?: FeatureStack) => computeStack(backend, source, plan, { into });
  const warm = performance.now() + WARM_UP;
  let last: FeatureStack | undefined;
  while (performance.now() < warm) last = await again(last);
  const used = await withPeakMemory(() => medianMs(again, repeat));
  const fresh = await withPeakMemory(() => medianMs(() => again(), repeat));
  return [
    { work, ms: used.result.ms, peakMB: used.peakMB, ...peer },
    { work: `${work}, new arrays`, ms: fresh.result.ms, peakMB: fresh.peakMB, ...peer },
  ];
}
