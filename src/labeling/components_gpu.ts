import type { Labels } from "../backend.ts";
import type { Batch, BufferRange } from "../gpu/batch.ts";
import type { Gpu } from "../gpu/gpu.ts";
import type { Kernel } from "../gpu/kernel.ts";
import { exclusiveScan } from "../gpu/scan.ts";
import { pixelCount, type Size } from "../image/image.ts";
import { labelComponentsCpu } from "./components_cpu.ts";
import tileCode from "./component_tiles.wgsl" with { type: "text" };
import code from "./components.wgsl" with { type: "text" };
import { checkLabelling, neighbourhood } from "./connectivity.ts";
import type { Connectivity } from "./labels.ts";
import { mergeStrips } from "./seams.ts";
import { planStrips } from "./strips.ts";

const THREADS = 256;

/** The tiles of the kernel that labels them, in words of 32 pixels and rows. */
const TILE = { words: 4, rows: 32 };

/** Even where a device could bind more: beyond this, larger strips are no faster. */
const MAX_STRIP_BYTES = 2 ** 30;

/** What a label may take; the fewer bits, the less is read back. */
type LabelBits = 8 | 16 | 32;

/** So many objects are expected to find room in bytes again; a few more may come without harm. */
const FEW_OBJECTS = 127;

/** How many objects the last labelling on a device found. */
const lastCounts = new WeakMap<Gpu, number>();

const LABEL_ARRAYS = { 8: Uint8Array, 16: Uint16Array, 32: Uint32Array };

/** Where the labels of a batch will be. */
export interface LabelBuffers {
  /** One label per pixel, padded to whole words. */
  readonly labels: BufferRange;
  /** Of each label. */
  readonly bits: LabelBits;
  /** One u32: the number of objects. */
  readonly count: BufferRange;
}

/**
 * Connected components on the GPU, with one readback. Images whose labels exceed a binding are
 * labelled in strips, with the same result.
 *
 * @param maxBytes The largest buffer to use. Default: what the device can bind.
 * @param into To be overwritten by the labels and returned. Default a new array.
 * @throws {DaubError} `options` for a wrong connectivity or class number, `image` for classes that
 * do not fill the size, `backend` when the GPU fails.
 */
export async function labelComponentsGpu(
  gpu: Gpu,
  classes: Uint8Array,
  size: Size,
  positiveClass: number,
  connectivity: Connectivity,
  maxBytes: number = Math.min(gpu.maxBindingBytes, MAX_STRIP_BYTES),
  into?: Uint32Array,
): Promise<Labels> {
  checkLabelling(classes, size, positiveClass, connectivity);
  const maxRows = Math.floor(maxBytes / bytesPerRow(size.width));
  // A single row that no binding holds; the twin gives the same labels.
  if (maxRows < 1) return labelComponentsCpu(classes, size, positiveClass, connectivity);
  const strips = planStrips(size, maxRows);
  const labels = strips.length > 1 ? into ?? new Uint32Array(pixelCount(size)) : into;
  const counts: number[] = [];
  for (const strip of strips) {
    const from = strip.firstRow * size.width;
    const part = classes.subarray(from, from + pixelCount(strip)) as Uint8Array<ArrayBuffer>;
    const place = strips.length > 1 ? labels!.subarray(from, from + part.length) : into;
    const found = await withFewestBits(gpu, async (bits) => {
      using batch = gpu.batch();
      const input = { buffer: batch.upload(part), size: part.length + (-part.length & 3) };
      const result = appendComponents(batch, input, strip, positiveClass, connectivity, bits);
      const read = readLabels(gpu, batch, result, part.length, place);
      await batch.submit();
      return await read;
    });
    if (strips.length === 1) return found;
    counts.push(found.count);
  }
  return mergeStrips(labels!, size, connectivity, strips, counts);
}

/**
 * Labels in as few bits as the last ones on the device suggest, 16 at first, and where there are
 * more objects than these number, again in as many as are needed.
 *
 * @param label Its result is `undefined` where the bits are too few.
 */
export async function withFewestBits<T>(
  gpu: Gpu,
  label: (bits: LabelBits) => Promise<T | undefined>,
): Promise<T> {
  const last = lastCounts.get(gpu) ?? 2 ** 16 - 1;
  let bits: LabelBits = last <= FEW_OBJECTS ? 8 : fewestBits(last);
  for (;;) {
    const found = await label(bits);
    if (found !== undefined) return found;
    // The count may be that of another image by now: more bits than before are needed anyway.
    bits = bits === 8 ? fewestBits(lastCounts.get(gpu)!) : 32;
  }
}

/** The fewest bits, beyond a byte, that number so many objects. */
function fewestBits(count: number): 16 | 32 {
  return count < 2 ** 16 ? 16 : 32;
}

/**
 * Asks for labels before a batch is submitted; to be awaited after. `undefined` where there are more
 * objects than their bits number.
 *
 * @param into To be overwritten by the labels. Default a new array.
 */
export function readLabels(
  gpu: Gpu,
  batch: Batch,
  buffers: LabelBuffers,
  numPixels: number,
  into?: Uint32Array,
): Promise<Labels | undefined> {
  const labels = takeLabels(gpu, batch, buffers, numPixels, into);
  // A failure is thrown by `submit`; without this it would be reported a second time.
  labels.catch(() => {});
  return labels;
}

async function takeLabels(
  gpu: Gpu,
  batch: Batch,
  { labels, count, bits }: LabelBuffers,
  numPixels: number,
  into: Uint32Array | undefined,
): Promise<Labels | undefined> {
  const [labelBytes, countBytes] = [batch.read(labels), batch.read(count)];
  const [numObjects] = new Uint32Array(await countBytes);
  lastCounts.set(gpu, numObjects);
  if (numObjects >= 2 ** bits) return undefined;
  const found = new LABEL_ARRAYS[bits](await labelBytes, 0, numPixels);
  into?.set(found);
  const own = into ?? (found instanceof Uint32Array ? found : new Uint32Array(found));
  return { labels: own, count: numObjects };
}

/** Whether an image's labels fit into one binding, as {@linkcode appendComponents} needs it. */
export function fitsOneStrip(gpu: Gpu, size: Size): boolean {
  const rows = size.height * size.depth;
  return rows * bytesPerRow(size.width) <= gpu.maxBindingBytes;
}

/**
 * Appends connected components to a batch; nothing is read back. The connectivity may be 2D or 3D
 * for a single plane.
 *
 * @param classes One byte per pixel in raster order, padded to whole words.
 * @param bits Of a label. The labels are right if there are no more objects than these number.
 */
export function appendComponents(
  batch: Batch,
  classes: BufferRange,
  size: Size,
  positiveClass: number,
  connectivity: Connectivity,
  bits: LabelBits = 32,
): LabelBuffers {
  const { width, height, depth } = size;
  const wordsPerRow = Math.ceil(width / 32);
  const numWords = wordsPerRow * height * depth;
  const numPixels = pixelCount(size);
  const parameters = Uint32Array.of(
    width,
    height,
    depth,
    wordsPerRow,
    positiveClass,
    bits,
  );
  // Pooled buffers may be longer than a binding can be, so every range says its size.
  const temporary = (length: number) => ({
    buffer: batch.temporary(length * 4),
    size: length * 4,
  });
  const words = temporary(numWords);
  const parents = temporary(numWords * 16);
  const roots = temporary(numWords);
  const offsets = temporary(numWords + 1);
  const labelWords = Math.ceil(numPixels * bits / 32);
  const labels = temporary(labelWords);
  const corners = neighbourhood(connectivity).reach;
  const numTiles = Math.ceil(wordsPerRow / TILE.words) * Math.ceil(height / TILE.rows) * depth;
  batch.dispatch(tilesKernel(corners), parameters, [classes, words, parents], numTiles);
  const buffers = [words, parents, roots, offsets, labels];
  const run = (entryPoint: string, invocations: number) => {
    const kernel = componentsKernel(entryPoint, corners);
    batch.dispatch(kernel, parameters, buffers, Math.ceil(invocations / THREADS));
  };
  run("merge_tiles", numWords);
  run("flatten", numWords);
  exclusiveScan(batch, offsets, numWords + 1);
  run("relabel", labelWords);
  const count = temporary(1);
  batch.copy({ buffer: offsets.buffer, offset: numWords * 4, size: 4 }, count);
  return { labels, count, bits };
}

function tilesKernel(corners: 0 | 1): Kernel {
  return {
    name: "component_tiles",
    code: tileCode,
    buffers: ["read", "read_write", "read_write"],
    constants: { corners },
  };
}

function componentsKernel(entryPoint: string, corners: 0 | 1): Kernel {
  const write = "read_write";
  return {
    name: "components",
    code,
    entryPoint,
    buffers: [write, write, write, write, write],
    constants: { corners },
  };
}

/** The larger of the bytes that a row's labels and its union-find nodes take. */
function bytesPerRow(width: number): number {
  return Math.max(width * 4, Math.ceil(width / 32) * 64);
}
