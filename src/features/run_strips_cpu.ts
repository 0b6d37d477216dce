import type { Region, Tile } from "../backend.ts";
import * as source from "../cpu/pixels_wasm.ts";
import { startKernels } from "../cpu/kernels.ts";
import { Block, memory } from "../cpu/memory.ts";
import type { WorkerPool } from "../cpu/pool.ts";
import { pixelCount } from "../image/image.ts";
import { Encoder, type StripPrediction, type StripProgram } from "./encode_cpu.ts";
import { type Extent, pixelPointer, type Place, placePlane, planExtents } from "./layout_cpu.ts";
import { planPasses } from "./passes_cpu.ts";
import type { FeaturePlan } from "./plan_types.ts";
import { uniteRegions } from "./regions.ts";
import { planSections, type Sections } from "./sections_cpu.ts";

/** Less than this is not worth waking threads for. */
const MIN_SHARED_PIXELS = 2 ** 16;

/** Bytes of results that threads compute before they are taken. */
const BAND_BYTES = 4 * 2 ** 20;

/** What is computed before strips may take so much. */
const EARLY_BYTES = 48 * 2 ** 20;

/** A call of the kernel runs all strips. */
const ALL = 2 ** 30;

/** What features are predicted from, without being kept. */
export interface ForestOfStrips {
  /** The address of the prediction's job. */
  readonly job: number;
  /** How much memory a thread needs for it. */
  readonly scratchBytes: number;
}

/** How the work is divided. */
export interface StripOptions {
  /** How many threads there are. Default 1. */
  readonly numThreads?: number;
  /** How many bands' results are kept until they are overwritten. Default 1. */
  readonly numBuffers?: number;
  /** What is computed before strips may take about so much. Default 48 MiB. */
  readonly earlyBytes?: number;
  /** What the pixels of every strip go through; then no results are kept. */
  readonly forest?: ForestOfStrips;
}

/** Strips that are computed together. */
export interface Band {
  readonly region: Region;
  /** The jobs that come before, in which what only looks along strips is computed. */
  readonly early: readonly number[];
  /** The address of their job, for the kernel `runStrips`. */
  readonly job: number;
  /** The results of the wanted steps, in the kernels' memory. */
  readonly planes: ReadonlyMap<number, Float32Array>;
  /** From a row of a result to the next, in pixels; slices follow one another. */
  readonly stride: number;
}

/**
 * The steps that the wanted ones depend on, divided into strips for the kernels. What they read and
 * write lies in the kernels' memory while this lives; none may be allocated meanwhile where it is
 * not shared. Threads compute a band while the results of the one before it are taken.
 *
 * What only looks along a strip is computed for many of them beforehand, by {@linkcode prepare}: a
 * blur along the rows is not computed twice where strips overlap.
 */
export class StripRun implements Disposable {
  readonly bands: readonly Band[];
  /** The memory of each thread. */
  readonly rooms: readonly number[];
  /** A job without strips. */
  readonly noJob: number;
  readonly #blocks = new DisposableStack();

  constructor(
    tile: Tile,
    plan: FeaturePlan,
    wanted: ReadonlySet<number>,
    core: Region,
    maxima: ReadonlyMap<number, number>,
    { numThreads = 1, numBuffers = 1, earlyBytes = EARLY_BYTES, forest }: StripOptions = {},
  ) {
    const { passes, ofStep, tables } = planPasses(plan, wanted, maxima);
    const wantedPasses = new Set(Array.from(wanted, (step) => ofStep.get(step)!));
    const kept = forest ? new Set<number>() : wantedPasses;
    const whole: Region = { ...tile, x: 0, y: 0, z: 0 };
    const plans = planSections(
      passes,
      wantedPasses,
      core,
      whole,
      { numThreads, numKept: forest ? 2 * wantedPasses.size : 1, earlyBytes },
    );
    const inputs = new Map(
      Array.from(plans.inputs, ([pass, extent]) => [pass, this.#place(extent)]),
    );
    const early = this.#placeEarly(plans);
    const constants = this.#make(tables.length + 16);
    const words: number[] = [];
    const prelude = new Encoder(passes, inputs, constants.pointer, words).encodeEdges(
      inputs.values(),
    );
    const bandStrips = plans.sections.map(({ strips }) => {
      if (forest) return [strips];
      const stripBytes = 4 * pixelCount(strips[0]) * Math.max(1, kept.size);
      const perThread = numThreads > 1 ? Math.ceil(BAND_BYTES / stripBytes / numThreads) : 1;
      return chunks(strips, perThread * numThreads);
    });
    const stride = Math.ceil(core.width / 16) * 16;
    const rows = bandStrips.flat().map((strips) => {
      const { height, depth } = strips.reduce(uniteRegions);
      return height * depth;
    });
    const planeBytes = 64 + 4 * stride * Math.max(...rows);
    const buffers = Array.from(
      { length: Math.min(rows.length, numBuffers) },
      () => this.#make(planeBytes * kept.size),
    );
    const zeros = this.#make(forest ? 4 * stride + 64 : 0);
    const prediction: StripPrediction | undefined = forest && {
      ...forest,
      core,
      features: plan.features.map(({ step }) => ofStep.get(step)),
      zeros: zeros.pointer,
    };
    const sections = plans.sections.map(({ earlyStrips }, i) => {
      const encoder = new Encoder(passes, inputs, constants.pointer, words);
      const programs = earlyStrips.map((strip) =>
        encoder.encode(strip, planExtents(passes, plans.early, strip, whole), early[i])
      );
      return { programs, edges: encoder.encodeEdges(early[i].values()) };
    });
    let buffer = 0;
    const bands = bandStrips.flatMap((list, section) => {
      const encoder = new Encoder(
        passes,
        new Map([...inputs, ...early[section]]),
        constants.pointer,
        words,
      );
      return list.map((strips, i) => {
        const region = strips.reduce(uniteRegions);
        const pointer = buffers[buffer++ % buffers.length].pointer;
        const results = new Map(
          Array.from(kept, (pass, k) => [pass, result(pointer + k * planeBytes, region, stride)]),
        );
        const programs = strips.map((strip) => {
          const extents = planExtents(passes, wantedPasses, strip, whole, plans.early);
          return encoder.encode(strip, extents, results, prediction);
        });
        return { region, results, programs, section: i === 0 ? section : undefined };
      });
    });
    const list = this.#make(4 * words.length);
    const strips = [...sections, ...bands].flatMap(({ programs }) => programs);
    const roomBytes = Math.max(...strips.map(({ bytes }) => bytes));
    this.rooms = Array.from({ length: numThreads }, () => this.#make(roomBytes).pointer);
    const job = (programs: readonly StripProgram[]) => ({
      programs,
      block: this.#make(4 * (programs.length + 2)),
    });
    const preludeJob = job([prelude]);
    const noJob = job([]);
    const sectionJobs = sections.map(({ programs, edges }) => [job(programs), job([edges])]);
    const bandJobs = bands.map(({ programs }) => job(programs));

    // All memory is there now, so that views of it stay.
    list.int32().set(words);
    constants.uint8().set(tables);
    zeros.uint8().fill(0);
    for (const { block, programs } of [preludeJob, noJob, ...sectionJobs.flat(), ...bandJobs]) {
      writeJob(block, programs, list.pointer);
    }
    this.noJob = noJob.block.pointer;
    const data = new Float32Array(memory.buffer);
    for (const [i, place] of inputs) {
      const pass = passes[i];
      if (pass.kind === "input") load(tile, tile.channels[pass.channel], place, data);
    }
    this.#runAlone(preludeJob.block.pointer);
    this.bands = bands.map(({ region, results, section }, i) => ({
      region,
      early: (section === undefined ? [] : sectionJobs[section]).map(({ block }) => block.pointer),
      job: bandJobs[i].block.pointer,
      stride,
      planes: new Map(
        Array.from(forest ? [] : wanted, (step) => {
          const { pointer } = results.get(ofStep.get(step)!)!;
          const length = stride * region.height * region.depth;
          return [step, new Float32Array(memory.buffer, pointer, length)];
        }),
      ),
    }));
  }

  /** Computes what the strips of a band read, on this thread. */
  prepareAlone({ early }: Band): void {
    for (const job of early) this.#runAlone(job);
  }

  /** Computes what the strips of a band read, on all threads. */
  async prepare(pool: WorkerPool, { early }: Band): Promise<void> {
    if (early.length === 0) return;
    const [strips, edges] = early;
    await this.run(pool, strips);
    // Edges are too little to wake threads for.
    this.#runAlone(edges);
  }

  /** Runs a job on the threads, the calling one with pauses for its other tasks. */
  async run(pool: WorkerPool, job: number): Promise<void> {
    const lists = this.rooms.map((room, thread) => [job, room, thread === 0 ? 1 : ALL]);
    await pool.runInPieces(source, "runStrips", lists, () => {}, () => {});
  }

  [Symbol.dispose](): void {
    this.#blocks.dispose();
  }

  #runAlone(job: number): void {
    startKernels<source.Kernels>(source).runStrips(job, this.rooms[0], ALL);
  }

  #make(bytes: number): Block {
    return this.#blocks.use(new Block(bytes));
  }

  #place({ region, padded }: Extent): Place {
    const { bytes } = placePlane(0, region, padded);
    return placePlane(this.#make(bytes).pointer, region, padded).place;
  }

  /** What is computed before the strips of a section; sections use the same memory in turn. */
  #placeEarly({ early, sections }: Sections): Map<number, Place>[] {
    const pointers = new Map(Array.from(early, (pass) => {
      const sizes = sections.map(({ early }) => {
        const { region, padded } = early.get(pass)!;
        return placePlane(0, region, padded).bytes;
      });
      return [pass, this.#make(Math.max(...sizes)).pointer];
    }));
    return sections.map(({ early }) =>
      new Map(Array.from(early, ([pass, { region, padded }]) => {
        return [pass, placePlane(pointers.get(pass)!, region, padded).place];
      }))
    );
  }
}

/** A plane without margins. */
function result(pointer: number, region: Region, floats: number): Place {
  const stride = 4 * floats;
  return { pointer, stride, slice: stride * region.height, region, padded: region };
}

/** The next strip to compute, how many there are, and the addresses of their programs. */
function writeJob(block: Block, programs: readonly StripProgram[], words: number): void {
  block.int32().set([0, programs.length, ...programs.map(({ start }) => words + 4 * start)]);
}

function load(tile: Tile, channel: Float32Array, place: Place, data: Float32Array): void {
  const { x, y, z, width, height, depth } = place.region;
  for (let k = z; k < z + depth; k++) {
    for (let j = y; j < y + height; j++) {
      const from = (k * tile.height + j) * tile.width + x;
      data.set(channel.subarray(from, from + width), pixelPointer(place, x, j, k) / 4);
    }
  }
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, i) => items.slice(i * size, (i + 1) * size));
}

/** What {@linkcode runStrips} is given, and what takes the results of every band. */
export type StripArguments = [
  tile: Tile,
  plan: FeaturePlan,
  wanted: ReadonlySet<number>,
  core: Region,
  maxima: ReadonlyMap<number, number>,
  take: (band: Band) => void,
];

/** Runs the wanted steps on this thread. */
export function runStrips(...[tile, plan, wanted, core, maxima, take]: StripArguments): void {
  if (wanted.size === 0) return;
  using run = new StripRun(tile, plan, wanted, core, maxima);
  const kernels = startKernels<source.Kernels>(source);
  for (const band of run.bands) {
    run.prepareAlone(band);
    kernels.runStrips(band.job, run.rooms[0], ALL);
    take(band);
  }
}

/** Runs the wanted steps on all threads. */
export async function runStripsTogether(pool: WorkerPool, ...args: StripArguments): Promise<void> {
  const { numThreads } = pool;
  const [tile, plan, wanted, core, maxima, take] = args;
  if (numThreads === 1 || pixelCount(core) < MIN_SHARED_PIXELS) return runStrips(...args);
  if (wanted.size === 0) return;
  using run = new StripRun(tile, plan, wanted, core, maxima, { numThreads, numBuffers: 2 });
  const kernels = startKernels<source.Kernels>(source);
  const { bands, rooms, noJob } = run;
  for (let i = 0; i < bands.length; i++) {
    await run.prepare(pool, bands[i]);
    // The others begin; this thread takes what they did before, then helps.
    const { job } = bands[i];
    const others = pool.run(
      source,
      "runStrips",
      rooms.map((room, thread) => [thread === 0 ? noJob : job, room, ALL]),
    );
    try {
      if (i > 0) take(bands[i - 1]);
      kernels.runStrips(job, rooms[0], ALL);
    } finally {
      await others;
    }
  }
  take(bands[bands.length - 1]);
}
