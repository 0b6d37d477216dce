import type { Region, Tile } from "../backend.ts";
import * as source from "../cpu/features_wasm.ts";
import { startKernels } from "../cpu/kernels.ts";
import { Block, memory } from "../cpu/memory.ts";
import { Encoder } from "./encode_cpu.ts";
import {
  type Extent,
  hasMargin,
  pixelPointer,
  type Place,
  placePlane,
  planExtents,
} from "./layout_cpu.ts";
import { type Pass, planPasses } from "./passes_cpu.ts";
import type { FeaturePlan } from "./plan_types.ts";
import { planStrips } from "./strips_cpu.ts";

/** A strip of the plane of a wanted step; it is overwritten later. */
export interface StepStrip {
  readonly step: number;
  readonly region: Region;
  /** All of the kernels' memory. */
  readonly data: Float32Array;
  /** The index in `data` of a pixel of the tile. */
  indexOf(x: number, y: number, z: number): number;
}

/** Runs the steps that the wanted ones depend on, strip by strip. */
export function runStrips(
  tile: Tile,
  plan: FeaturePlan,
  wanted: ReadonlySet<number>,
  core: Region,
  maxima: ReadonlyMap<number, number>,
  take: (strip: StepStrip) => void,
): void {
  const { passes, ofStep, tables } = planPasses(plan, wanted, maxima);
  const stepsOf = new Map<number, number[]>();
  for (const step of wanted) {
    const pass = ofStep.get(step)!;
    stepsOf.set(pass, [...stepsOf.get(pass) ?? [], step]);
  }
  const wantedPasses = new Set(stepsOf.keys());
  const whole: Region = { ...tile, x: 0, y: 0, z: 0 };
  const extents = planExtents(passes, wantedPasses, core, whole);

  using blocks = new DisposableStack();
  const constants = blocks.use(new Block(tables.length + 16));
  const inputs = new Map<number, Place>();
  passes.forEach((pass, i) => {
    const extent = extents[i];
    if (pass.kind === "input" && extent) inputs.set(i, placeInput(extent, blocks));
  });
  const encoder = new Encoder(passes, inputs, constants.pointer);
  const preludes: number[] = [];
  for (const place of inputs.values()) {
    if (!hasMargin(place)) continue;
    preludes.push(encoder.words.length);
    encoder.extendInput(place);
  }
  const strips = planStrips(core, extents).map((strip) =>
    encoder.encode(strip, planExtents(passes, wantedPasses, strip, whole), wantedPasses)
  );
  const words = blocks.use(new Block(4 * encoder.words.length));
  const room = blocks.use(new Block(Math.max(0, ...strips.map(({ bytes }) => bytes))));

  // No memory is allocated from here on, so that views stay.
  words.int32().set(encoder.words);
  constants.uint8().set(tables);
  const data = new Float32Array(memory.buffer);
  for (const [i, place] of inputs) loadInput(tile, passes[i], place, data);
  const { runFilters } = startKernels<source.Kernels>(source);
  const run = (start: number) => runFilters(words.pointer + 4 * start, room.pointer);
  preludes.forEach(run);
  for (const { strip, parts } of strips) {
    for (const { start, pass, place } of parts) {
      run(start);
      const { pointer } = place;
      const at = pointer % 2 === 1 ? { ...place, pointer: room.pointer + pointer - 1 } : place;
      const indexOf = (x: number, y: number, z: number) => pixelPointer(at, x, y, z) / 4;
      for (const step of stepsOf.get(pass)!) take({ step, region: strip, data, indexOf });
    }
  }
}

function placeInput({ region, padded }: Extent, blocks: DisposableStack): Place {
  const { bytes } = placePlane(0, region, padded);
  const { pointer } = blocks.use(new Block(bytes));
  return placePlane(pointer, region, padded).place;
}

function loadInput(tile: Tile, pass: Pass, place: Place, data: Float32Array): void {
  if (pass.kind !== "input") return;
  const channel = tile.channels[pass.channel];
  const { x, y, z, width, height, depth } = place.region;
  for (let k = z; k < z + depth; k++) {
    for (let j = y; j < y + height; j++) {
      const from = (k * tile.height + j) * tile.width + x;
      data.set(channel.subarray(from, from + width), pixelPointer(place, x, j, k) / 4);
    }
  }
}
