import type { Region, Tile } from "../backend.ts";
import { DaubError } from "../errors.ts";
import type { Batch, BufferRange } from "../gpu/batch.ts";
import { pixelCount } from "../image/image.ts";
import { pointwiseKernel, WORKGROUP_SIZE } from "./kernels_gpu.ts";
import { type KernelPass, planPasses, type Power, type Program } from "./passes_gpu.ts";
import type { FeaturePlan, Vec3 } from "./plan_types.ts";
import { assignSlots, planRegions } from "./schedule_gpu.ts";

/** Pixels of a region of the tile, in raster order, on the device. */
export interface Plane {
  readonly range: BufferRange;
  /** In tile coordinates. */
  readonly region: Region;
}

/** Where the planes of wanted steps go. */
export interface PlaneSink {
  /** Takes the plane of a wanted step, which is overwritten by later dispatches. */
  take(step: number, plane: Plane): void;
  /** A place of the core's size for the plane of a step that no other step reads, if there is one. */
  place?(step: number): BufferRange | undefined;
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

/** Appends the dispatches that compute the planes of the wanted steps, each offered to the sink. */
export function encodePlanes(batch: Batch, request: PlaneRequest, sink: PlaneSink): void {
  const { tile, plan, wanted, core, maxima } = request;
  const program = planPasses(plan, wanted, (step) => knownMaximum(plan, maxima, step));
  const { passes, passOfStep } = program;
  const wantedPasses = wanted.map((step) => passOfStep[step]);
  const isPlaceable = placeable(program, wanted);
  const places = passes.map((_, i) =>
    isPlaceable(i) ? sink.place?.(wanted[wantedPasses.indexOf(i)]) : undefined
  );
  const { slots, numSlots } = assignSlots(program, (pass) => places[pass] !== undefined);
  const regions = planRegions(passes, new Set(wantedPasses), core, tile);
  const buffers = new Array<GPUBuffer | undefined>(numSlots);
  const planes: Plane[] = [];
  const tables = new Map<string, BufferRange>();
  const offer = (pass: number) => {
    wanted.forEach((step, i) => wantedPasses[i] === pass && sink.take(step, planes[pass]));
  };

  passes.forEach((pass, i) => {
    if (pass.kind !== "input") return;
    const buffer = batch.upload(tile.channels[pass.channel] as Float32Array<ArrayBuffer>);
    buffers[slots[i]] = buffer;
    planes[i] = { range: { buffer, offset: 0, size: pixelCount(tile) * 4 }, region: regions[i] };
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
    offer(i);
  });
}

/**
 * How many planes of the tile's size are alive at once beside those of the wanted steps that no
 * other step reads.
 */
export function countSlots(plan: FeaturePlan, wanted: readonly number[]): number {
  const program = planPasses(plan, wanted, () => 1);
  return assignSlots(program, placeable(program, wanted)).numSlots;
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
  { passes, passOfStep }: Program,
  wanted: readonly number[],
): (pass: number) => boolean {
  const uses = new Int32Array(passes.length);
  for (const step of wanted) uses[passOfStep[step]]++;
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
  if (power) writePower(block, power);
  write(80, extent(second));
  write(96, shift(region, second));
  return block;
}

/** The exponent goes as a sum of two numbers, the first with half the digits of a float. */
function writePower(block: DataView<ArrayBuffer>, { exponent, before, after }: Power): void {
  const isWhole = Number.isInteger(exponent);
  block.setUint32(60, !isWhole ? 0 : exponent % 2 === 0 ? 1 : 2, true);
  block.setFloat32(64, exponent, true);
  block.setUint32(64, block.getUint32(64, true) & 0xfffff000, true);
  block.setFloat32(68, exponent - block.getFloat32(64, true), true);
  block.setFloat32(72, before, true);
  block.setFloat32(76, after, true);
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

function knownMaximum(
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
