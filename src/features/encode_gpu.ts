import type { Region, Tile } from "../backend.ts";
import { DaubError } from "../errors.ts";
import type { Batch, BufferRange } from "../gpu/batch.ts";
import { pixelCount } from "../image/image.ts";
import { pointwiseKernel, WORKGROUP_SIZE } from "./kernels_gpu.ts";
import {
  exponentParity,
  type KernelPass,
  type Pass,
  planPasses,
  powerNumbers,
} from "./passes_gpu.ts";
import type { FeaturePlan, Vec3 } from "./plan_types.ts";
import { assignSlots, planRegions } from "./schedule_gpu.ts";
import { uploadChannel } from "./upload_gpu.ts";

/** Pixels of a region of the tile, in raster order, on the device. */
export interface Plane {
  readonly range: BufferRange;
  /** In tile coordinates. */
  readonly region: Region;
}

/** Where wanted planes go, known by the number of their step or pass. */
export interface PlaneSink {
  /** Takes a wanted plane, which is overwritten by later dispatches. */
  take(index: number, plane: Plane): void;
  /** A place of the wanted size for a plane that nothing else reads, if there is one. */
  place?(index: number): BufferRange | undefined;
}

/** What {@linkcode encodePlanes} computes. */
export interface PlaneRequest {
  readonly tile: Tile;
  readonly plan: FeaturePlan;
  /** The steps whose planes are wanted, each once. */
  readonly wanted: readonly number[];
  /** Where they must be right. Planes of the tile itself come whole. */
  readonly core: Region;
  readonly maxima: ReadonlyMap<number, number>;
}

/** What {@linkcode encodePasses} computes. */
export interface PassRequest {
  readonly tile: Tile;
  /** Passes all of which are wanted or read by others. */
  readonly passes: readonly Pass[];
  /** The passes whose planes are wanted, and where they must be right. */
  readonly wanted: ReadonlyMap<number, Region>;
  /**
   * The tile's channels where they are on the device already, to be left as they are. Default: they
   * are uploaded.
   */
  readonly channels?: readonly BufferRange[];
}

/** Appends the dispatches that compute the planes of the wanted steps, each offered to the sink. */
export function encodePlanes(batch: Batch, request: PlaneRequest, sink: PlaneSink): void {
  const { tile, plan, wanted, core, maxima } = request;
  const { passes, passOfStep } = planPasses(plan, wanted, (s) => knownMaximum(plan, maxima, s));
  const stepsOf = new Map<number, number[]>();
  for (const step of wanted) {
    const steps = stepsOf.get(passOfStep[step]);
    if (steps) steps.push(step);
    else stepsOf.set(passOfStep[step], [step]);
  }
  const regions = new Map(Array.from(stepsOf.keys(), (pass) => [pass, core]));
  encodePasses(batch, { tile, passes, wanted: regions }, {
    place: (pass) => {
      const steps = stepsOf.get(pass)!;
      return steps.length === 1 ? sink.place?.(steps[0]) : undefined;
    },
    take: (pass, plane) => stepsOf.get(pass)!.forEach((step) => sink.take(step, plane)),
  });
}

/** Appends the dispatches of passes; the planes of the wanted ones are offered to the sink. */
export function encodePasses(
  batch: Batch,
  { tile, passes, wanted, channels }: PassRequest,
  sink: PlaneSink,
): void {
  const isPlaceable = placeable(passes, wanted.keys());
  const places = passes.map((pass, i) =>
    pass.kind === "input" ? channels?.[pass.channel] : isPlaceable(i) ? sink.place?.(i) : undefined
  );
  const { slots, numSlots } = assignSlots(passes, (pass) => places[pass] !== undefined);
  const regions = planRegions(passes, wanted, tile);
  const buffers = new Array<GPUBuffer | undefined>(numSlots);
  const planes: Plane[] = [];
  const tables = new Map<string, BufferRange>();

  passes.forEach((pass, i) => {
    if (pass.kind !== "input") return;
    let range = places[i];
    if (!range) {
      const size = pixelCount(tile) * 4;
      const buffer = batch.temporary(size);
      buffers[slots[i]] = buffer;
      range = { buffer, offset: 0, size };
      uploadChannel(batch, tile, pass.channel, range);
    }
    planes[i] = { range, region: regions[i] };
  });
  passes.forEach((pass, i) => {
    if (pass.kind === "kernel") {
      const region = regions[i];
      let range = places[i];
      if (!range) {
        const buffer = buffers[slots[i]] ??= batch.temporary(pixelCount(tile) * 4);
        range = { buffer, offset: 0, size: pixelCount(region) * 4 };
      }
      planes[i] = { range, region };
      dispatchPass(batch, pass, pass.inputs.map((input) => planes[input]), planes[i], tables);
    }
    if (wanted.has(i)) sink.take(i, planes[i]);
  });
}

/**
 * How many planes of the tile's size are alive at once beside those of the wanted steps that no
 * other step reads.
 */
export function countSlots(plan: FeaturePlan, wanted: readonly number[]): number {
  const { passes, passOfStep } = planPasses(plan, wanted, () => 1);
  const isPlaceable = placeable(passes, wanted.map((step) => passOfStep[step]));
  return assignSlots(passes, isPlaceable).numSlots;
}

/** Appends the copying of a plane's core. */
export function dispatchCrop(batch: Batch, from: Plane, to: Plane): void {
  const pass: KernelPass = {
    kind: "kernel",
    kernel: pointwiseKernel("crop"),
    inputs: [],
    reach: [0, 0, 0],
    outputs: [1, 1, 1],
  };
  dispatchPass(batch, pass, [from], to, new Map());
}

/** Whether the plane of a pass is wanted once and read by no other pass. */
function placeable(
  passes: readonly Pass[],
  wanted: Iterable<number>,
): (pass: number) => boolean {
  const uses = new Int32Array(passes.length);
  for (const pass of wanted) uses[pass]++;
  for (const { inputs } of passes) for (const input of inputs) uses[input] += 2;
  return (pass) => uses[pass] === 1 && passes[pass].kind === "kernel";
}

function dispatchPass(
  batch: Batch,
  pass: KernelPass,
  inputs: readonly Plane[],
  result: Plane,
  tables: Map<string, BufferRange>,
): void {
  const { kernel, outputs, table } = pass;
  const { region } = result;
  const buffers = inputs.map(({ range }) => range);
  // Kernels of two planes are fed one twice where the operation has one operand.
  const fixed = kernel.buffers.length - (table ? 2 : 1);
  while (buffers.length < fixed) buffers.push(buffers[0]);
  if (table) buffers.push(uploadTable(batch, table, tables));
  buffers.push(result.range);
  const invocations = Math.ceil(region.width / outputs[0]) *
    Math.ceil(region.height / outputs[1]) * Math.ceil(region.depth / outputs[2]);
  const geometry = describeGeometry(pass, inputs, region);
  batch.dispatch(kernel, geometry, buffers, Math.ceil(invocations / WORKGROUP_SIZE));
}

/** The uniform block that every filter reads; see `Geometry` in pointwise.wgsl. */
function describeGeometry(
  { reach, power }: KernelPass,
  inputs: readonly Plane[],
  region: Region,
): DataView<ArrayBuffer> {
  const block = new DataView(new ArrayBuffer(112));
  const write = (offset: number, vector: readonly number[]) =>
    vector.forEach((value, i) => block.setInt32(offset + 4 * i, value, true));
  const first = inputs[0].region;
  const second = (inputs[1] ?? inputs[0]).region;
  write(0, extent(region));
  write(16, extent(first));
  write(32, shift(region, first));
  write(48, reach);
  if (power) {
    block.setUint32(60, exponentParity(power.exponent), true);
    powerNumbers(power).forEach((value, i) => block.setFloat32(64 + 4 * i, value, true));
  }
  write(80, extent(second));
  write(96, shift(region, second));
  return block;
}

function extent({ width, height, depth }: Region): Vec3 {
  return [width, height, depth];
}

function shift(to: Region, from: Region): Vec3 {
  return [to.x - from.x, to.y - from.y, to.z - from.z];
}

/** Equal tables are uploaded once. */
function uploadTable(
  batch: Batch,
  table: NonNullable<KernelPass["table"]>,
  tables: Map<string, BufferRange>,
): BufferRange {
  const key = `${table.constructor.name} ${table.join()}`;
  let range = tables.get(key);
  if (!range) {
    range = { buffer: batch.upload(table), offset: 0, size: table.byteLength };
    tables.set(key, range);
  }
  return range;
}

/** @throws {DaubError} `features` when the maximum of a step is not known. */
export function knownMaximum(
  plan: FeaturePlan,
  maxima: ReadonlyMap<number, number>,
  step: number,
): number {
  const maximum = maxima.get(step);
  if (maximum === undefined) {
    throw new DaubError(
      "features",
      `Expected the maximum of ${plan.steps[step].name} over the whole image to be known.`,
      { where: plan.steps[step].name },
    );
  }
  return maximum;
}
