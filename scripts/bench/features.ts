import type { Backend } from "../../src/backend.ts";
import { openBackend } from "../../src/backends/open_backend.ts";
import { planFeatures } from "../../src/features/plan.ts";
import { resolveFeatures } from "../../src/features/presets.ts";
import { computeStack } from "../../src/flow/features.ts";
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
  const peers = await runPeer<Record<string, number>>(python, PEERS, [
    ...["gaussian", image, `${tile}`, `${repeat}`],
    ...SIGMAS.map(String),
  ]);
  const rows: Row[] = [];
  for (const sigma of SIGMAS) {
    const time = await timeStack(backend, big, `gaussian_blur=${sigma}`, repeat);
    const work = `Gaussian, sigma ${sigma}, ${describeSize(big[0])}`;
    rows.push({ work, ...time, peer: "OpenCV", peerMs: peers[sigma] });
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
    const time = await timeStack(backend, big, specification, repeat);
    const work = `${specification.split(/\s+/).length} features (${name}), ${describeSize(big[0])}`;
    rows.push({ work, ...time, peer: "OpenCV", peerMs: peer.features });
  }
  return rows;
}

/** The sample repeated to 2032 × 2048 unless the command line says otherwise. */
export function tileOf({ tile }: BenchOptions): number {
  return tile === 1 ? 8 : tile;
}

/** An image of a file, repeated. */
export async function readRepeated(file: string, tile: number): Promise<Image[]> {
  return (await readImage(file)).map((channel) => repeatImage(channel, tile));
}

async function timeStack(
  backend: Backend,
  image: readonly Image[],
  specification: string,
  repeat: number,
): Promise<Pick<Row, "ms" | "peakMB">> {
  const shape = { numChannels: image.length, dimensions: dimensions(image[0]) };
  const plan = planFeatures(specification, shape);
  const source = openSource(image);
  const compute = () => computeStack(backend, source, plan);
  const warm = performance.now() + WARM_UP;
  while (performance.now() < warm) await compute();
  const { result, peakMB } = await withPeakMemory(() => medianMs(compute, repeat));
  return { ms: result.ms, peakMB };
}
