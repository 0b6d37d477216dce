import type { Region, Tile } from "../backend.ts";
import * as source from "../cpu/pixels_wasm.ts";
import { startKernels } from "../cpu/kernels.ts";
import { Block, memory } from "../cpu/memory.ts";
import type { WorkerPool } from "../cpu/pool.ts";
import { pixelCount } from "../image/image.ts";
import { Encoder, type StripProgram } from "./encode_cpu.ts";
import { type Extent, pixelPointer, type Place, placePlane, planExtents } from "./layout_cpu.ts";
import { planPasses } from "./passes_cpu.ts";
import type { FeaturePlan } from "./plan_types.ts";
import { uniteRegions } from "./regions.ts";
import { planStrips } from "./strips_cpu.ts";

/** Less than this is not worth waking threads for. */
const MIN_SHARED_PIXELS = 2 ** 16;

/** Bytes of results that threads compute before they are taken. */
const BAND_BYTES = 4 * 2 ** 20;

/** How the work is divided. */
export interface StripOptions {
  /** How many threads there are. Default 1. */
  readonly numThreads?: number;
  /** How many strips are computed before their results are taken. Default 1 for one thread. */
  readonly stripsPerBand?: number;
  /** How many bands' results are kept until they are overwritten. Default 1. */
  readonly numBuffers?: number;
}

/** Strips that are computed together. */
export interface Band {
  readonly region: Region;
  /** The address of their job, for the kernel `runStrips`. */
  readonly job: number;
  /** The results of the wanted steps, in the kernels' memory. */
  readonly planes: ReadonlyMap<number, Float32Array>;
}

/**
 * The steps that the wanted ones depend on, divided into strips for the kernels. What they read and
 * write lies in the kernels' memory while this lives; none may be allocated meanwhile where it is
 * not shared. Threads compute a band while the results of the one before it are taken.
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
    { numThreads = 1, stripsPerBand, numBuffers = 1 }: StripOptions = {},
  ) {
    const { passes, ofStep, tables } = planPasses(plan, wanted, maxima);
    const wantedPasses = new Set(Array.from(wanted, (step) => ofStep.get(step)!));
    const whole: Region = { ...tile, x: 0, y: 0, z: 0 };
    const extents = planExtents(passes, wantedPasses, core, whole);
    const constants = this.#make(tables.length + 16);
    const inputs = new Map<number, Place>();
    passes.forEach(({ kind }, i) => {
      if (kind === "input") inputs.set(i, this.#placeInput(extents[i]!));
    });
    const strips = planStrips(core, extents, numThreads);
    const stripBytes = 4 * pixelCount(strips[0]) * Math.max(1, wantedPasses.size);
    const perThread = numThreads > 1 ? Math.ceil(BAND_BYTES / stripBytes / numThreads) : 1;
    const bandStrips = chunks(strips, stripsPerBand ?? perThread * numThreads);
    const regions = bandStrips.map((band) => band.reduce(uniteRegions));
    const planeBytes = Math.ceil(Math.max(...regions.map(pixelCount)) / 16) * 64 + 64;
    const buffers = Array.from(
      { length: Math.min(regions.length, numBuffers) },
      () => this.#make(planeBytes * wantedPasses.size),
    );
    const encoder = new Encoder(passes, inputs, constants.pointer);
    const prelude = encoder.encodeInputs();
    const bands = regions.map((region, i) => {
      const { pointer } = buffers[i % buffers.length];
      const results = new Map(
        Array.from(wantedPasses, (pass, k) => [pass, compact(pointer + k * planeBytes, region)]),
      );
      const programs = bandStrips[i].map((strip) =>
        encoder.encode(strip, planExtents(passes, wantedPasses, strip, whole), results)
      );
      return { region, results, programs };
    });
    const words = this.#make(4 * encoder.words.length);
    const programs = bands.flatMap((band) => band.programs);
    const roomBytes = Math.max(...programs.map(({ bytes }) => bytes));
    this.rooms = Array.from({ length: numThreads }, () => this.#make(roomBytes).pointer);
    const jobs = [[prelude], [], ...bands.map((band) => band.programs)].map((programs) => ({
      programs,
      block: this.#make(4 * (programs.length + 2)),
    }));

    // All memory is there now, so that views of it stay.
    words.int32().set(encoder.words);
    constants.uint8().set(tables);
    const [preludeJob, noJob, ...bandJobs] = jobs.map(({ programs, block }) =>
      writeJob(block, programs, words.pointer)
    );
    this.noJob = noJob;
    const data = new Float32Array(memory.buffer);
    for (const [i, place] of inputs) {
      const pass = passes[i];
      if (pass.kind === "input") load(tile, tile.channels[pass.channel], place, data);
    }
    startKernels<source.Kernels>(source).runStrips(preludeJob, this.rooms[0]);
    this.bands = bands.map(({ region, results }, i) => ({
      region,
      job: bandJobs[i],
      planes: new Map(Array.from(wanted, (step) => {
        const { pointer } = results.get(ofStep.get(step)!)!;
        return [step, new Float32Array(memory.buffer, pointer, pixelCount(region))];
      })),
    }));
  }

  [Symbol.dispose](): void {
    this.#blocks.dispose();
  }

  #make(bytes: number): Block {
    return this.#blocks.use(new Block(bytes));
  }

  #placeInput({ region, padded }: Extent): Place {
    const { bytes } = placePlane(0, region, padded);
    return placePlane(this.#make(bytes).pointer, region, padded).place;
  }
}

/** A plane without margins and gaps. */
function compact(pointer: number, region: Region): Place {
  const stride = 4 * region.width;
  return { pointer, stride, slice: stride * region.height, region, padded: region };
}

/** The next strip to compute, how many there are, and the addresses of their programs. */
function writeJob(block: Block, programs: readonly StripProgram[], words: number): number {
  block.int32().set([0, programs.length, ...programs.map(({ start }) => words + 4 * start)]);
  return block.pointer;
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
    kernels.runStrips(band.job, run.rooms[0]);
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
    // The others begin; this thread takes what they did before, then helps.
    const { job } = bands[i];
    const others = pool.run(
      source,
      "runStrips",
      rooms.map((room, thread) => [thread === 0 ? noJob : job, room]),
    );
    try {
      if (i > 0) take(bands[i - 1]);
      kernels.runStrips(job, rooms[0]);
    } finally {
      await others;
    }
  }
  take(bands[bands.length - 1]);
}
