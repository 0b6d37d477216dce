import { DaubError } from "../errors.ts";

const PAGE = 65536;

/** As many as a kernel's binary names; memory is committed only as it grows. */
const MAX_PAGES = 65536;

/** Every block begins at a multiple of this, and vectors may be read this far behind its end. */
const ALIGNMENT = 64;

/** Where memory is found for a block when none is free. */
const FIRST = 1024;

/** Whether threads can share memory here: in a browser, only in a cross-origin isolated page. */
export const canShare: boolean = typeof SharedArrayBuffer === "function";

/** The one memory of the kernels, shared between threads where that is possible. */
export const memory: WebAssembly.Memory = openMemory();

/** Where there is no WebAssembly, importing still works, and so does a GPU. */
function openMemory(): WebAssembly.Memory {
  if (typeof WebAssembly === "object") {
    return new WebAssembly.Memory({ initial: 1, maximum: MAX_PAGES, shared: canShare });
  }
  const grow = () => {
    throw missingWebAssembly();
  };
  // Only these are used; runtimes differ in what else a memory has.
  return { buffer: new ArrayBuffer(0), grow } as unknown as WebAssembly.Memory;
}

/** The error of a browser that cannot run the kernels. */
export function missingWebAssembly(cause?: unknown): DaubError {
  return new DaubError(
    "backend",
    "Expected WebAssembly with 128-bit vectors, in which the processor computes, but it is " +
      "missing here. Use a browser of 2023 or later, or allow WebAssembly in its settings.",
    { expected: "WebAssembly SIMD", cause },
  );
}

/**
 * A piece of the kernels' memory, free again when disposed.
 *
 * Views are of the memory as it is: where it is not shared, allocating detaches them, so take them
 * after all blocks of a computation are there.
 */
export class Block implements Disposable {
  /** The address, a multiple of 64. */
  readonly pointer: number;
  /** The bytes asked for. */
  readonly length: number;
  #isFree = false;

  /** Allocates; what it holds is not defined. */
  constructor(length: number) {
    this.length = length;
    this.pointer = take(sizeOf(length));
  }

  /** A view of `length` floats from a byte offset; default all of the block. */
  float32(offset = 0, length: number = (this.length - offset) >> 2): Float32Array {
    return new Float32Array(memory.buffer, this.pointer + offset, length);
  }

  /** A view of all of the block as 64-bit floats. */
  float64(): Float64Array {
    return new Float64Array(memory.buffer, this.pointer, this.length >> 3);
  }

  /** A view of `length` integers from a byte offset; default all of the block. */
  int32(offset = 0, length: number = (this.length - offset) >> 2): Int32Array {
    return new Int32Array(memory.buffer, this.pointer + offset, length);
  }

  /** A view of `length` bytes from a byte offset; default all of the block. */
  uint8(offset = 0, length: number = this.length - offset): Uint8Array {
    return new Uint8Array(memory.buffer, this.pointer + offset, length);
  }

  [Symbol.dispose](): void {
    if (this.#isFree) return;
    this.#isFree = true;
    give(this.pointer, sizeOf(this.length));
  }
}

/** Allocates a block and copies values into it. */
export function blockOf(values: ArrayBufferView): Block {
  const block = new Block(values.byteLength);
  block.uint8().set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  return block;
}

/** The address of an array that lies in the kernels' memory; undefined where it does not. */
export function pointerOf(values: ArrayBufferView): number | undefined {
  return values.byteLength > 0 && buffers.has(values.buffer) ? values.byteOffset : undefined;
}

/** Growing a shared memory gives it a new buffer and leaves the views of older ones alive. */
const buffers = new WeakSet<ArrayBufferLike>([memory.buffer]);

/** Free pieces by address, never touching one another; what lies behind `top` is free too. */
const gaps: { start: number; end: number }[] = [];
let top = FIRST;

function sizeOf(length: number): number {
  return (Math.floor(length / ALIGNMENT) + 2) * ALIGNMENT;
}

function take(size: number): number {
  const index = gaps.findIndex(({ start, end }) => end - start >= size);
  if (index >= 0) {
    const gap = gaps[index];
    const start = gap.start;
    gap.start += size;
    if (gap.start === gap.end) gaps.splice(index, 1);
    return start;
  }
  const missing = top + size - memory.buffer.byteLength;
  if (missing > 0) {
    memory.grow(Math.ceil(missing / PAGE));
    buffers.add(memory.buffer);
  }
  const start = top;
  top += size;
  return start;
}

function give(start: number, size: number): void {
  let index = gaps.findIndex((gap) => gap.start > start);
  if (index < 0) index = gaps.length;
  gaps.splice(index, 0, { start, end: start + size });
  const joins = (at: number) => at > 0 && at < gaps.length && gaps[at - 1].end === gaps[at].start;
  for (const at of [index + 1, index]) {
    if (joins(at)) gaps.splice(at - 1, 2, { start: gaps[at - 1].start, end: gaps[at].end });
  }
  if (gaps.at(-1)?.end === top) top = gaps.pop()!.start;
}
