import type { Region, Tile } from "../backend.ts";
import type { Batch, BufferRange } from "../gpu/batch.ts";
import { pixelCount } from "../image/image.ts";
import { dispatchCrop, encodePasses } from "./encode_gpu.ts";
import { TILE_OPERATIONS } from "./kernels_gpu.ts";
import { type KernelPass, type Pass, powerNumbers } from "./passes_gpu.ts";
import { dilateRegion, intersectRegions, wholeRegion } from "./regions.ts";
import type { TilePlan, TilePlane, TileStep } from "./tile_plan_gpu.ts";
import { uploadChannel } from "./upload_gpu.ts";

/** Words of the program that the kernel of tiles has room for. */
export const PROGRAM_WORDS = 4096;

/** What the kernel of tiles reads beside the forest. */
export interface TileFilters {
  readonly channels: BufferRange;
  readonly planes: BufferRange;
  readonly numInstructions: number;
  /** Instructions and weights; see `tile.wgsl`. */
  readonly program: Uint32Array;
}

/** A plane of the image in one of the two buffers. */
interface ImagePlane {
  readonly isChannel: boolean;
  /** The first value in the buffer. */
  readonly start: number;
  readonly region: Region;
}

/** Floats between allowed beginnings of a binding. */
const ALIGNMENT = 64;

const NOWHERE = 0xffffffff;

/** What {@linkcode encodeTileFilters} prepares. */
export interface TileFilterRequest {
  readonly tile: Tile;
  readonly core: Region;
  readonly passes: readonly Pass[];
  readonly plan: TilePlan;
  /** The most bytes of a binding. */
  readonly maxBytes: number;
}

/**
 * Uploads the tile, appends the passes that the kernel of tiles leaves to others, and writes down
 * what it does itself. `undefined`, and nothing is appended, where that does not fit a binding.
 */
export function encodeTileFilters(
  batch: Batch,
  { tile, core, passes, plan, maxBytes }: TileFilterRequest,
): TileFilters | undefined {
  const layout = layOutPlanes(tile, core, passes, plan);
  if (Math.max(layout.channelFloats, layout.planeFloats) * 4 > maxBytes) return undefined;
  const program = writeProgram(passes, plan, layout.planes);
  if (program.words.length > PROGRAM_WORDS) return undefined;

  const channels = batch.temporary(Math.max(1, layout.channelFloats) * 4);
  const planes = batch.temporary(Math.max(1, layout.planeFloats) * 4);
  const channelRanges: BufferRange[] = [];
  passes.forEach((pass, i) => {
    if (pass.kind !== "input") return;
    const range = rangeOf(channels, layout.planes[i]!);
    uploadChannel(batch, tile, pass.channel, range);
    channelRanges[pass.channel] = range;
  });
  encodeSeparatePasses(batch, tile, passes, plan, layout.planes, planes, channelRanges);
  const { words, numInstructions } = program;
  return {
    channels: { buffer: channels, size: Math.max(1, layout.channelFloats) * 4 },
    planes: { buffer: planes, size: Math.max(1, layout.planeFloats) * 4 },
    numInstructions,
    program: words,
  };
}

function layOutPlanes(tile: Tile, core: Region, passes: readonly Pass[], { steps }: TilePlan) {
  const planes: (ImagePlane | undefined)[] = [];
  const whole = wholeRegion(tile);
  let channelFloats = 0;
  let planeFloats = 0;
  passes.forEach(({ kind }, i) => {
    if (kind !== "input") return;
    planes[i] = { isChannel: true, start: channelFloats, region: whole };
    channelFloats += align(pixelCount(tile));
  });
  for (const { pass, isLoaded, halo } of steps) {
    if (!isLoaded || planes[pass]) continue;
    const region = intersectRegions(dilateRegion(core, [...halo, 0]), whole);
    planes[pass] = { isChannel: false, start: planeFloats, region };
    planeFloats += align(pixelCount(region));
  }
  return { planes, channelFloats, planeFloats };
}

/** Computes the planes that the kernel of tiles loads, and what these are computed from. */
function encodeSeparatePasses(
  batch: Batch,
  tile: Tile,
  passes: readonly Pass[],
  { isSeparate }: TilePlan,
  layout: readonly (ImagePlane | undefined)[],
  buffer: GPUBuffer,
  channels: readonly BufferRange[],
): void {
  const isRead = new Set(passes.flatMap((pass, i) => isSeparate[i] ? pass.inputs : []));
  const kept = passes.flatMap((_, i) => isSeparate[i] || isRead.has(i) ? [i] : []);
  const numbers = new Map(kept.map((pass, i) => [pass, i]));
  const separate = kept.map((i): Pass => {
    const pass = passes[i];
    if (pass.kind === "input") return pass;
    return { ...pass, inputs: pass.inputs.map((input) => numbers.get(input)!) };
  });
  const wanted = new Map(kept.flatMap((pass, i) => {
    const plane = layout[pass];
    return plane && !plane.isChannel ? [[i, plane] as const] : [];
  }));
  const regions = new Map(Array.from(wanted, ([i, { region }]) => [i, region]));
  encodePasses(batch, { tile, passes: separate, wanted: regions, channels }, {
    place: (i) => rangeOf(buffer, wanted.get(i)!),
    take: (i, from) => {
      if (from.range.buffer === buffer) return;
      const plane = wanted.get(i)!;
      dispatchCrop(batch, from, { range: rangeOf(buffer, plane), region: plane.region });
    },
  });
}

function rangeOf(buffer: GPUBuffer, { start, region }: ImagePlane): BufferRange {
  return { buffer, offset: start * 4, size: pixelCount(region) * 4 };
}

function writeProgram(
  passes: readonly Pass[],
  { shape, steps }: TilePlan,
  layout: readonly (ImagePlane | undefined)[],
): { words: Uint32Array; numInstructions: number } {
  const numInstructions = steps.reduce((sum, { copies }) => sum + 1 + copies.length, 0);
  const weights = new WeightList(numInstructions * 16);
  const places = new Map(steps.map(({ pass, plane }) => [pass, plane]));
  const words = steps.flatMap((step): number[] => {
    const { pass, isLoaded, plane, feature = NOWHERE, copies } = step;
    const source = plane ?? { start: feature, stride: shape.width, halo: [0, 0] };
    const result = describePlane(plane ?? { start: NOWHERE, stride: 0, halo: [0, 0] });
    const instruction = isLoaded
      ? describeLoad(layout[pass]!, feature, result)
      : describeFilter(passes[pass] as KernelPass, step, result, places, weights);
    const nothing = [NOWHERE, 0, 0, 0];
    return [
      ...instruction,
      ...copies.flatMap((copy) => [
        ...[TILE_OPERATIONS.copy, 0, 0, copy],
        ...nothing,
        ...describePlane(source),
        ...nothing,
      ]),
    ];
  });
  return { words: Uint32Array.from([...words, ...weights.words]), numInstructions };
}

function describeLoad(
  { isChannel, start, region }: ImagePlane,
  feature: number,
  result: readonly number[],
): number[] {
  const { x, y, width, height } = region;
  return [
    ...[TILE_OPERATIONS.load, isChannel ? 0 : 1, 0, feature],
    ...result,
    ...[start, 0, 0, 0],
    ...[x, y, width, height],
  ];
}

function describeFilter(
  { inTile, inputs, reach, table, power }: KernelPass,
  { feature = NOWHERE }: TileStep,
  result: readonly number[],
  places: ReadonlyMap<number, TilePlane | undefined>,
  weights: WeightList,
): number[] {
  const { operation, argument } = inTile!;
  const [first, second = first] = inputs.map((input) => describePlane(places.get(input)!));
  const last = power
    ? [...new Uint32Array(powerNumbers(power).buffer)]
    : table
    ? [weights.add(table as Float32Array<ArrayBuffer>), 0, 0, 0]
    : second;
  const radius = Math.max(...reach);
  return [operation, argument, radius, feature, ...result, ...first, ...last];
}

function describePlane({ start, stride, halo }: TilePlane): number[] {
  return [start, stride, ...halo];
}

/** The weights of convolutions behind the instructions, equal ones once. */
class WeightList {
  readonly words: number[] = [];
  readonly #start: number;
  readonly #starts = new Map<string, number>();

  constructor(start: number) {
    this.#start = start;
  }

  /** Where in the program the weights begin. */
  add(table: Float32Array<ArrayBuffer>): number {
    const key = table.join();
    let start = this.#starts.get(key);
    if (start === undefined) {
      start = this.#start + this.words.length;
      this.#starts.set(key, start);
      this.words.push(...new Uint32Array(table.buffer));
    }
    return start;
  }
}

function align(floats: number): number {
  return Math.ceil(floats / ALIGNMENT) * ALIGNMENT;
}
