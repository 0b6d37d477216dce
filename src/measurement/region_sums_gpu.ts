import type { Gpu } from "../gpu/gpu.ts";
import type { Size } from "../image/image.ts";
import type { LabelRuns } from "./label_runs.ts";
import {
  type ChannelSums,
  type DistanceSums,
  type NumberArray,
  type PerAxis,
  quotients,
  type RegionSums,
  type SumRequest,
} from "./region_sums.ts";
import { centralMoments, sumRegionsCpu } from "./region_sums_cpu.ts";
import {
  fitsObjects,
  type RegionJob,
  type RegionWords,
  runRegionJobs,
} from "./region_strips_gpu.ts";

/** Even where a device could bind more: beyond this, larger strips are no faster. */
const MAX_STRIP_BYTES = 2 ** 30;

/** The bits of scaled distances, and of intensities to be squared; 32-bit floats hold as many. */
const BITS = 23;

/** The bits of scaled intensities: more, so that an outlier leaves the others their digits. */
const FINE_BITS = 30;

/**
 * Sums over objects on the GPU, in whole numbers, so that they are the same in any order: boxes and
 * ranges first, then what is measured from them, then distances to the mass centres.
 *
 * Intensities that 32-bit floats cannot hold are left to the CPU, and so are objects that do not fit
 * the device.
 *
 * @param runs Labelled 1 to `count`, each at least once.
 * @param maxBytes The largest buffer to use. Default: what the device can bind.
 * @throws {DaubError} `backend` when the GPU fails.
 */
export async function sumRegionsGpu(
  gpu: Gpu,
  runs: LabelRuns,
  count: number,
  size: Size,
  channels: readonly NumberArray[],
  request: SumRequest,
  maxBytes: number = Math.min(gpu.maxBindingBytes, MAX_STRIP_BYTES),
): Promise<RegionSums> {
  if (
    count === 0 || !fitsObjects(gpu, count, size, maxBytes) || !channels.every(areFloats)
  ) {
    return sumRegionsCpu(runs, count, size, channels, request);
  }
  const images = channels.map((pixels) =>
    pixels instanceof Float32Array ? pixels : Float32Array.from(pixels)
  );
  const run = (jobs: readonly RegionJob[]) => runRegionJobs(gpu, runs, count, size, jobs, maxBytes);
  const [boxes, ...ranges] = await run([
    { entryPoint: "boxes", words: 13 },
    ...images.map((pixels): RegionJob => ({ entryPoint: "ranges", words: 2, pixels })),
  ]);
  const shape = readBoxes(boxes);
  const centroid = quotients(shape.sum, shape.area);
  const limits = ranges.map(readRange);
  const scales = limits.map(({ min, max }) => ({
    coarse: max.map((value, o) => scaleFor(value - min[o], BITS)),
    fine: max.map((value, o) => scaleFor(value - min[o], fineBits(shape, o))),
  }));
  const centroidFrames = distanceFrames(shape, centroid);
  const results = await run([
    ...request.moments ? [{ entryPoint: "moments", words: 12, frames: boxFrames(shape) }] : [],
    ...request.distances ? [{ entryPoint: "distances", words: 3, frames: centroidFrames }] : [],
    ...images.map((pixels, c) => ({
      entryPoint: "intensities",
      words: 13,
      pixels,
      frames: intensityFrames(shape, limits[c].min, scales[c]),
    })),
  ] as RegionJob[]);
  const moments = request.moments ? readMoments(results.shift()!, shape) : [];
  const distances = request.distances && readDistances(results.shift()!, centroidFrames, centroid);
  const sums = results.map((words, c) => readChannel(words, shape, limits[c], scales[c]));
  if (!request.distances) return { ...shape, moments, channels: sums };
  const centres = sums.map(({ weighted, sum }) => quotients(weighted, sum));
  const frames = centres.map((centre) => distanceFrames(shape, centre));
  const spread = await run(
    frames.map((frame): RegionJob => ({ entryPoint: "distances", words: 3, frames: frame })),
  );
  return {
    ...shape,
    moments,
    ...(distances && { distances }),
    channels: sums.map((channel, c) => ({
      ...channel,
      distances: readDistances(spread[c], frames[c], centres[c]),
    })),
  };
}

/** Whether 32-bit floats hold the intensities, digit for digit. */
function areFloats(pixels: NumberArray): boolean {
  const isWide = pixels instanceof Float64Array || pixels instanceof Int32Array ||
    pixels instanceof Uint32Array;
  return !isWide || pixels.every((value) => Object.is(Math.fround(value), value));
}

/** What intensities are multiplied by, per object. */
interface Scales {
  readonly fine: Float64Array;
  readonly coarse: Float64Array;
}

type Shape = Pick<RegionSums, "area" | "min" | "max" | "sum">;

function readBoxes(words: RegionWords): Shape {
  const complement = (word: number) => Float64Array.from(words.max(word), (value) => ~value >>> 0);
  const largest = (word: number) => Float64Array.from(words.max(word));
  return {
    area: words.sum(0, 1),
    min: [complement(1), complement(2), complement(3)],
    max: [largest(4), largest(5), largest(6)],
    sum: [words.sum(7), words.sum(9), words.sum(11)],
  };
}

function readRange(words: RegionWords): Pick<ChannelSums, "min" | "max"> {
  return {
    min: Float64Array.from(words.max(0), (bits) => floatInOrder(~bits >>> 0)),
    max: Float64Array.from(words.max(1), floatInOrder),
  };
}

const bits = new Uint32Array(1);
const float = new Float32Array(bits.buffer);

/** The float whose place in the order of all floats this is. */
function floatInOrder(place: number): number {
  bits[0] = place >= 2 ** 31 ? place - 2 ** 31 : ~place;
  return float[0];
}

/** The power of 2 by which everything up to `extent` takes fewer than so many bits. */
function scaleFor(extent: number, numBits: number): number {
  if (!(extent > 0) || !Number.isFinite(extent)) return 1;
  return 2 ** Math.min(100, Math.floor(numBits - Math.log2(extent)));
}

/** As many as leave sums times coordinates within 64 bits. */
function fineBits({ area, min, max }: Shape, o: number): number {
  const extent = Math.max(...[0, 1, 2].map((axis) => max[axis][o] - min[axis][o] + 1));
  return Math.max(BITS, Math.min(FINE_BITS, Math.floor(63 - Math.log2(area[o] * extent))));
}

/** The eight words per object that kernels know objects by. */
function makeFrames({ min }: Shape, floats: (object: number, into: Float32Array) => void) {
  const count = min[0].length;
  const words = new Uint32Array(8 * count);
  const values = new Float32Array(words.buffer);
  for (let o = 0; o < count; o++) {
    for (let axis = 0; axis < 3; axis++) words[8 * o + axis] = min[axis][o];
    floats(o, values.subarray(8 * o + 3, 8 * o + 8));
  }
  return words;
}

function boxFrames(shape: Shape): Uint32Array {
  return makeFrames(shape, () => {});
}

function intensityFrames(shape: Shape, low: Float64Array, { fine, coarse }: Scales): Uint32Array {
  return makeFrames(shape, (o, into) => {
    into[0] = coarse[o];
    into[3] = low[o];
    into[4] = fine[o];
  });
}

function distanceFrames(shape: Shape, centre: PerAxis): Uint32Array {
  return makeFrames(shape, (o, into) => {
    let farthest = 0;
    for (let axis = 0; axis < 3; axis++) {
      const from = centre[axis][o] - shape.min[axis][o];
      into[axis] = Number.isFinite(from) ? from : 0;
      const extent = shape.max[axis][o] - shape.min[axis][o];
      farthest += Math.max(Math.abs(into[axis]), Math.abs(extent - into[axis])) ** 2;
    }
    // Room for the rounding of 32-bit floats.
    into[4] = scaleFor(1.001 * Math.sqrt(farthest), BITS);
  });
}

function readMoments(words: RegionWords, shape: Shape): readonly Float64Array[] {
  return centralMoments([0, 2, 4, 6, 8, 10].map((word) => words.sum(word)), shape);
}

function readDistances(words: RegionWords, frames: Uint32Array, centre: PerAxis): DistanceSums {
  const values = new Float32Array(frames.buffer);
  const isKnown = centre[0].map((_, o) =>
    centre.every((axis) => Number.isFinite(axis[o])) ? 1 : NaN
  );
  const sum = words.sum(0).map((total, o) => isKnown[o] * total / values[8 * o + 7]);
  const largest = new Float32Array(words.max(2).buffer);
  return { sum, max: Float64Array.from(largest, (value, o) => isKnown[o] * value) };
}

/** Sums of intensities from those of scaled differences to the least. */
function readChannel(
  words: RegionWords,
  { area, sum, min: box }: Shape,
  { min, max }: Pick<ChannelSums, "min" | "max">,
  { fine, coarse }: Scales,
): ChannelSums {
  const scaled = words.sum(0);
  // A range that is not finite makes every sum so, and is told by whoever checks them.
  const total = scaled.map((value, o) => value / fine[o] + area[o] * min[o]);
  const weighted = ([2, 4, 6] as const).map((word, axis) =>
    words.sum(word).map((value, o) =>
      // From the box's first pixel, then from the image's.
      (value + box[axis][o] * scaled[o]) / fine[o] + min[o] * sum[axis][o]
    )
  ) as unknown as PerAxis;
  const rough = words.sum(8);
  const squares = words.sum(10, 3).map((value, o) =>
    Math.max(0, value - rough[o] * rough[o] / area[o]) / coarse[o] ** 2
  );
  const valid = total.map((value, o) => Number.isFinite(max[o] - min[o]) ? value : NaN);
  return { min, max, sum: valid, weighted, squares };
}
