import type { PixelArray } from "../image/image.ts";
import { encodeRuns, RunDecoder } from "./label_runs.ts";
import { Fields, protocolError } from "./protocol_fields.ts";
import { inPieces } from "./take_turns.ts";

/** Numbers on their way: how they are packed, and how many they are. */
export interface PackedArray {
  readonly type: string;
  readonly length: number;
  readonly packing: "raw" | "runs" | "deflated runs";
  readonly bytes: Uint8Array;
}

const TYPES = {
  Uint8Array,
  Uint16Array,
  Uint32Array,
  Int8Array,
  Int16Array,
  Int32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
};

/** The name of an array's type, as {@linkcode arrayOfType} knows it. */
export function typeName(array: PixelArray): string {
  return Object.prototype.toString.call(array).slice(8, -1);
}

/**
 * An empty array of a type.
 *
 * @throws {DaubError} `server` when there is no such type or so many numbers find no room.
 */
export function arrayOfType(type: string, length: number): PixelArray {
  const make = Object.hasOwn(TYPES, type) ? TYPES[type as keyof typeof TYPES] : undefined;
  if (make === undefined) throw protocolError("a type of pixels", type);
  try {
    return new make(length);
  } catch {
    throw protocolError("numbers that fit into memory", length);
  }
}

/**
 * Labels and classes as runs; other numbers as they are, which is faster than deflating.
 *
 * @param isFar Whether the runs are deflated too. That leaves a third of the bytes, but takes longer
 * than sending them to a page on the same machine. Default false.
 */
export async function packArray(array: PixelArray, isFar = false): Promise<PackedArray> {
  const type = typeName(array);
  const { length } = array;
  if (array instanceof Uint8Array || array instanceof Uint32Array) {
    const runs = encodeRuns(array);
    return isFar
      ? { type, length, packing: "deflated runs", bytes: await deflate(runs) }
      : { type, length, packing: "runs", bytes: runs };
  }
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  return { type, length, packing: "raw", bytes };
}

/**
 * Reads what {@linkcode packArray} packed.
 *
 * @param length How many numbers there must be.
 * @throws {DaubError} `server` when it is damaged or of another type or length.
 */
export async function unpackArray(
  value: unknown,
  expected: string,
  length: number,
): Promise<PixelArray> {
  const fields = new Fields(value, "packed numbers");
  const type = fields.word("type", [expected]);
  fields.integer("length", length, length);
  const packing = fields.word("packing", ["raw", "runs", "deflated runs"]);
  const bytes = fields.bytes("bytes", Infinity);
  fields.end();
  const array = arrayOfType(type, length);
  if (packing !== "raw" && (array instanceof Uint8Array || array instanceof Uint32Array)) {
    // The longest run takes eight bytes and the largest label five.
    const runs = packing === "runs" ? bytes : await inflate(bytes, 13 * length);
    const decoder = new RunDecoder(runs, array);
    await inPieces(() => decoder.step());
  } else if (packing === "raw" && bytes.length === array.byteLength) {
    new Uint8Array(array.buffer).set(bytes);
  } else {
    throw protocolError(`${array.byteLength} bytes`, bytes.length);
  }
  return array;
}

async function deflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  return await collect(through(bytes, new CompressionStream("deflate-raw")), Infinity);
}

async function inflate(bytes: Uint8Array, most: number): Promise<Uint8Array> {
  try {
    const copy = new Uint8Array(bytes);
    return await collect(through(copy, new DecompressionStream("deflate-raw")), most);
  } catch (cause) {
    if ((cause as Error)?.name === "DaubError") throw cause;
    throw protocolError("deflated bytes", "damaged ones");
  }
}

function through(
  bytes: Uint8Array<ArrayBuffer>,
  transform: CompressionStream | DecompressionStream,
): ReadableStream<Uint8Array> {
  return new Blob([bytes]).stream().pipeThrough(transform);
}

async function collect(stream: ReadableStream<Uint8Array>, most: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of stream) {
    parts.push(part);
    length += part.length;
    if (length > most) throw protocolError(`at most ${most} bytes`, length);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
