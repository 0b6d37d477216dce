import type { Region, Tile } from "../backend.ts";
import * as source from "../cpu/features_wasm.ts";
import { startKernels } from "../cpu/kernels.ts";
import { Block, memory } from "../cpu/memory.ts";
import { pixelCount } from "../image/image.ts";
import { Encoder, type StripProgram } from "./encode_cpu.ts";
import { type Extent, pixelPointer, type Place, placePlane, planExtents } from "./layout_cpu.ts";
import { planPasses } from "./passes_cpu.ts";
import type { FeaturePlan } from "./plan_types.ts";
import { uniteRegions } from "./regions.ts";
import { planStrips } from "./strips_cpu.ts";

/** How the work is divided. */
export interface StripOptions {
  /** How many threads there are. Default 1. */
  readonly numThreads?: number;
  /** How many strips are computed before their results are taken. Default 1. */
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
 * not shared.
 */
export class StripRun implements Disposable {
  readonly bands: readonly Band[];
  /** The memory of each thread. */
  readonly rooms: readonly number[];
  readonly #blocks = new DisposableStack();

  constructor(
    tile: Tile,
    plan: FeaturePlan,
    wanted: ReadonlySet<number>,
    core: Region,
    maxima: ReadonlyMap<number, number>,
    { numThreads = 1, stripsPerBand = 1, numBuffers = 1 }: StripOptions = {},
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
    const bandStrips = Array.from(
      { length: Math.ceil(strips.length / stripsPerBand) },
      (_, i) => strips.slice(i * stripsPerBand, (i + 1) * stripsPerBand),
    );
    const regions = bandStrips.map((band) => band.reduce(uniteRegions));
    const planeBytes = Math.ceil(Math.max(...regions.map(pixelCount)) / 16) * 64 + 64;
    const buffers = Array.from(
      { length: Math.min(numBuffers, regions.length) },
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
    const jobs = [[prelude], ...bands.map((band) => band.programs)].map((programs) => ({
      programs,
      block: this.#make(4 * (programs.length + 2)),
    }));

    // All memory is there now, so that views of it stay.
    words.int32().set(encoder.words);
    constants.uint8().set(tables);
    const [preludeJob, ...bandJobs] = jobs.map(({ programs, block }) =>
      writeJob(block, programs, words.pointer)
    );
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

/** Runs the wanted steps on this thread and gives their results band by band. */
export function runStrips(
  tile: Tile,
  plan: FeaturePlan,
  wanted: ReadonlySet<number>,
  core: Region,
  maxima: ReadonlyMap<number, number>,
  take: (band: Band) => void,
): void {
  if (wanted.size === 0) return;
  using run = new StripRun(tile, plan, wanted, core, maxima);
  const { runStrips } = startKernels<source.Kernels>(source);
  for (const band of run.bands) {
    runStrips(band.job, run.rooms[0]);
    take(band);
  }
}
