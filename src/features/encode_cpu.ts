import type { Region } from "../backend.ts";
import {
  type Extent,
  hasMargin,
  marginsOf,
  partOfPlace,
  pixelPointer,
  type Place,
  placePlane,
  Room,
} from "./layout_cpu.ts";
import type { Pass } from "./passes_cpu.ts";
import type { Vec3 } from "./plan_types.ts";
import { sameRegion } from "./regions.ts";

/** The commands of the kernels; see `src/cpu/assembly/features.as.ts`. */
const EXTEND = 1;
const COPY = 2;
const CONVOLVE = 3;
const STENCIL = 4;
const COMBINE = 5;
const RAISE = 6;
const EXTREMUM = 7;
const ROW_SUMS = 8;
const MERGE = 9;
const SMALL_MEDIAN = 10;
const LARGE_MEDIAN = 11;
const VARIANCE = 12;
const PREDICT = 13;

/** Kernels across rows copy their columns where they reach farther than this. */
const PACKED_RADIUS = 24;
/** Pixels of a row that are copied, with their neighbours, to be convolved along it. */
const ROW_PART = 512;
/** Pixels, margins included, that a large median ranks at a time. */
const RANKED_PIXELS = 1 << 16;
const STATISTICS = { minimum: 0, maximum: 1, mean: 2 };

/** What computes one strip. */
export interface StripProgram {
  /** Where its commands start in the list of words. */
  readonly start: number;
  /** How much memory of its own it needs. */
  readonly bytes: number;
}

/** What predicts the pixels of a strip from its features. */
export interface StripPrediction {
  /** The address of the job; see `src/forest/prediction_job.ts`. */
  readonly job: number;
  /** How much memory a thread needs for it. */
  readonly scratchBytes: number;
  /** The job's pixels, row by row. */
  readonly core: Region;
  /** The pass of each feature; undefined where it is 0 everywhere. */
  readonly features: readonly (number | undefined)[];
  /** The address of a row of zeros. */
  readonly zeros: number;
}

/** Writes commands that compute the wanted passes of strips. */
export class Encoder {
  readonly #words: number[];
  readonly #passes: readonly Pass[];
  readonly #inputs: ReadonlyMap<number, Place>;
  readonly #tables: number;
  #room = new Room();

  /**
   * @param inputs The planes of the passes that need no computing.
   * @param tables The address of the passes' tables.
   * @param words The list to append to.
   */
  constructor(
    passes: readonly Pass[],
    inputs: ReadonlyMap<number, Place>,
    tables: number,
    words: number[],
  ) {
    this.#words = words;
    this.#passes = passes;
    this.#inputs = inputs;
    this.#tables = tables;
  }

  /**
   * Appends the commands that compute a strip, write wanted passes to their places, and predict
   * from passes where that is asked for.
   *
   * @param results Where passes lie that are kept; with room behind every row for whole vectors.
   */
  encode(
    strip: Region,
    extents: readonly (Extent | undefined)[],
    results: ReadonlyMap<number, Place>,
    prediction?: StripPrediction,
  ): StripProgram {
    const passes = this.#passes;
    const start = this.#words.length;
    this.#room = new Room();
    const lastUse = passes.map((_, i) => i);
    passes.forEach(({ inputs }, i) => {
      if (extents[i]) { for (const input of inputs) lastUse[input] = i; }
    });
    for (const feature of prediction?.features ?? []) {
      if (feature !== undefined) lastUse[feature] = passes.length;
    }
    const places: Place[] = [];
    const rooms = new Map<number, number>();
    passes.forEach((pass, i) => {
      const extent = extents[i];
      if (!extent) return;
      const input = this.#inputs.get(i);
      const result = results.get(i);
      const isCopied = result && (input || hasMargin(extent) || !sameRegion(extent.region, strip));
      if (input) places[i] = input;
      else if (result && !isCopied) {
        places[i] = partOfPlace(result, strip);
        this.#run(pass, places[i], pass.inputs.map((from) => places[from]));
      } else {
        const { bytes } = placePlane(0, extent.region, extent.padded);
        const room = this.#room.take(bytes);
        rooms.set(i, room);
        // Odd: it counts from the thread's own memory.
        places[i] = placePlane(room + 1, extent.region, extent.padded).place;
        this.#run(pass, places[i], pass.inputs.map((from) => places[from]));
        if (hasMargin(extent)) this.#extend(places[i]);
      }
      if (result && isCopied) this.#copy(places[i], result, strip);
      for (const done of new Set([...pass.inputs, i])) {
        const room = rooms.get(done);
        if (lastUse[done] === i && room !== undefined) this.#room.give(room);
      }
    });
    if (prediction) this.#predict(strip, prediction, places);
    this.#words.push(0);
    return { start, bytes: this.#room.size };
  }

  /** Appends the commands that repeat the edges of planes around them. */
  encodeEdges(planes: Iterable<Place>): StripProgram {
    const start = this.#words.length;
    for (const place of planes) if (hasMargin(place)) this.#extend(place);
    this.#words.push(0);
    return { start, bytes: 0 };
  }

  #predict(strip: Region, prediction: StripPrediction, places: readonly Place[]): void {
    const { job, scratchBytes, core, features, zeros } = prediction;
    const { x, y, z, width, height, depth } = strip;
    const scratch = this.#scratch(4 * features.length + 64 + scratchBytes);
    const slice = core.width * core.height;
    const first = (z - core.z) * slice + (y - core.y) * core.width;
    const planes = features.flatMap((pass) => {
      if (pass === undefined) return [zeros, 0, 0];
      return [pixelPointer(places[pass], x, y, z), places[pass].stride, places[pass].slice];
    });
    const size = [width, height, depth];
    this.#push(PREDICT, [...size, first, slice, job, scratch, features.length, ...planes]);
  }

  #copy(from: Place, to: Place, { x, y, z, width, height, depth }: Region): void {
    this.#push(COPY, [
      ...[pixelPointer(to, x, y, z), to.stride, to.slice],
      ...[pixelPointer(from, x, y, z), from.stride, from.slice],
      ...[width, height, depth],
    ]);
  }

  #extend(place: Place): void {
    const { width, height, depth } = place.region;
    const [before, behind] = marginsOf(place);
    const margins = before.flatMap((margin, axis) => [margin, behind[axis]]);
    const { pointer, stride, slice } = place;
    this.#push(EXTEND, [pointer, stride, slice, width, height, depth, ...margins]);
  }

  #run(pass: Pass, out: Place, sources: readonly Place[]): void {
    const { region } = out;
    const { width, height, depth } = region;
    const size = [width, height, depth];
    const to = [out.pointer, out.stride, out.slice];
    const from = sources.map((source) => [
      pixelPointer(source, region.x, region.y, region.z),
      source.stride,
      source.slice,
    ]);
    const plain = [...to, ...from[0] ?? [], ...size];
    switch (pass.kind) {
      case "input":
        return;
      case "convolve": {
        const scratch = this.#scratch(convolutionScratch(pass.axis, size, pass.radius));
        const weights = this.#tables + pass.weights;
        return this.#push(CONVOLVE, [...plain, pass.axis, pass.radius, weights, scratch]);
      }
      case "stencil":
        return this.#push(STENCIL, [...plain, pass.code]);
      case "combine":
        return this.#push(COMBINE, [...to, ...from[0], ...from[1], ...size, Number(pass.divide)]);
      case "raise":
        return this.#push(RAISE, [...plain, Number(pass.gamma), this.#tables + pass.numbers]);
      case "extremum": {
        const line = size[pass.axis] + 2 * pass.radius + 16;
        const scratch = this.#scratch(pass.axis === 0 ? 4 * line : 64 * line);
        const largest = Number(pass.largest);
        return this.#push(EXTREMUM, [...plain, pass.axis, pass.radius, largest, scratch]);
      }
      case "row_sums":
        return this.#push(ROW_SUMS, [...plain, pass.radius]);
      case "merge": {
        const scratch = this.#scratch(4 * pass.rows.length);
        const rows = pass.rows.flatMap(({ input, y, z }) => {
          const [pointer, stride, slice] = from[input];
          return [pointer + y * stride + z * slice, stride, slice];
        });
        const statistic = STATISTICS[pass.statistic];
        return this.#push(MERGE, [
          ...[...to, ...size, statistic, pass.size, scratch, pass.rows.length],
          ...rows,
        ]);
      }
      case "small_median": {
        const { rows, network, networkEnd, middle, size: count } = pass;
        const [, stride, slice] = from[0];
        const offsets = rows.flatMap(({ y, z, halfWidth }) =>
          Array.from(
            { length: 2 * halfWidth + 1 },
            (_, i) => z * slice + y * stride + 4 * (i - halfWidth),
          )
        );
        const scratch = this.#scratch(64 * count);
        return this.#push(SMALL_MEDIAN, [
          ...plain,
          ...[this.#tables + network, this.#tables + networkEnd, middle, scratch, count],
          ...offsets,
        ]);
      }
      case "large_median": {
        const block = rankedBlock(size, pass.reach);
        const padded = block.map((length, axis) => length + 2 * pass.reach[axis]);
        const scratch = this.#scratch(21 * padded[0] * padded[1] * padded[2] + (1 << 14));
        return this.#push(LARGE_MEDIAN, [
          ...[...plain, ...pass.reach, pass.size >> 1, ...block, scratch],
          ...[this.#tables + pass.rows, pass.numRows],
        ]);
      }
      case "variance": {
        const [, ry, rz] = pass.reach;
        const doubles = 2 * Math.ceil(width / 2);
        const rows = height * depth + (height + 2 * ry) * (depth + 2 * rz);
        const scratch = this.#scratch(16 * doubles * rows);
        const root = Number(pass.squareRoot);
        const groups = this.#tables + pass.groups;
        return this.#push(VARIANCE, [...plain, ry, rz, pass.size, root, groups, scratch]);
      }
    }
  }

  /** Memory that the command after this may use while it runs. */
  #scratch(bytes: number): number {
    const start = this.#room.take(bytes);
    this.#room.give(start);
    return start + 1;
  }

  #push(command: number, values: readonly number[]): void {
    this.#words.push(command, values.length + 2);
    for (const value of values) this.#words.push(value);
  }
}

/** The size of the blocks that large medians are computed in. */
function rankedBlock([width, height, depth]: readonly number[], [rx, ry, rz]: Vec3): number[] {
  const w = Math.min(width, Math.max(depth > 1 ? 64 : 256, 4 * rx));
  const d = Math.min(depth, Math.max(16, 2 * rz + 1));
  const rows = Math.floor(RANKED_PIXELS / ((w + 2 * rx) * (d + 2 * rz))) - 2 * ry;
  const h = Math.min(height, Math.max(rows, 2 * ry + 1));
  return [w, h, d];
}

/** The bytes into which a convolution copies what it reads. */
function convolutionScratch(axis: number, size: readonly number[], radius: number): number {
  if (axis === 0) return 16 * (Math.min(size[0], ROW_PART) + 2 * radius) + 128;
  return radius > PACKED_RADIUS ? 64 * (size[axis] + 2 * radius) : 0;
}
