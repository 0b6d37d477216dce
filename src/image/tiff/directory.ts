import { DaubError } from "../../errors.ts";

/** The bytes of each TIFF field type; types not listed are unknown and their fields are ignored. */
const TYPE_SIZES: Readonly<Record<number, number>> = {
  1: 1, // BYTE
  2: 1, // ASCII
  3: 2, // SHORT
  4: 4, // LONG
  5: 8, // RATIONAL
  6: 1, // SBYTE
  7: 1, // UNDEFINED
  8: 2, // SSHORT
  9: 4, // SLONG
  10: 8, // SRATIONAL
  11: 4, // FLOAT
  12: 8, // DOUBLE
  13: 4, // IFD
  16: 8, // LONG8
  17: 8, // SLONG8
  18: 8, // IFD8
};

/** More directories than any microscope writes: beyond it a file only keeps us busy. */
const MAX_DIRECTORIES = 1_000_000;

/** One field of a directory: where its values lie. */
interface Field {
  readonly type: number;
  readonly count: number;
  readonly offset: number;
}

/** The bytes of a TIFF file and how to read numbers from them. */
export interface TiffBytes {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly littleEndian: boolean;
  /** Whether offsets and counts have 64 bits. */
  readonly big: boolean;
  /** What messages call the file. */
  readonly where: string;
}

/** One image file directory, whose fields are read, within bounds, when they are asked for. */
export class Directory {
  /** Where it lies in the file. */
  readonly offset: number;
  readonly #file: TiffBytes;
  readonly #fields: ReadonlyMap<number, Field>;

  constructor(file: TiffBytes, offset: number, fields: ReadonlyMap<number, Field>) {
    this.offset = offset;
    this.#file = file;
    this.#fields = fields;
  }

  /** Whether the directory has a field. */
  has(tag: number): boolean {
    return this.#fields.has(tag);
  }

  /** The first value of a field, or `missing`. */
  number(tag: number, missing: number): number;
  number(tag: number): number | undefined;
  number(tag: number, missing?: number): number | undefined {
    return this.numbers(tag, 1)?.[0] ?? missing;
  }

  /** The values of a numeric field, at most `limit`; rationals as their quotient. */
  numbers(tag: number, limit = Infinity): number[] | undefined {
    const field = this.#fields.get(tag);
    if (!field) return undefined;
    this.#check(tag, field);
    const count = Math.min(field.count, limit);
    const values = new Array<number>(count);
    const size = TYPE_SIZES[field.type];
    for (let i = 0; i < count; i++) values[i] = this.#value(field.type, field.offset + i * size);
    return values;
  }

  /** The first value of a rational field, upside down: the extent of a pixel from its density. */
  reciprocal(tag: number): number | undefined {
    const field = this.#fields.get(tag);
    if (field?.type !== 5) return undefined;
    this.#check(tag, field);
    const { view, littleEndian } = this.#file;
    const denominator = view.getUint32(field.offset + 4, littleEndian);
    return denominator / view.getUint32(field.offset, littleEndian);
  }

  /** The text of a field, without what follows its first NUL. */
  text(tag: number): string | undefined {
    const field = this.#fields.get(tag);
    if (!field || TYPE_SIZES[field.type] !== 1) return undefined;
    this.#check(tag, field);
    const bytes = this.#file.bytes.subarray(field.offset, field.offset + field.count);
    const end = bytes.indexOf(0);
    return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
  }

  #check(tag: number, { type, count, offset }: Field): void {
    if (offset + count * TYPE_SIZES[type] <= this.#file.bytes.length) return;
    throw damaged(
      this.#file,
      `a file at least as long as its field ${tag} says`,
      `${count} values at byte ${offset} of ${this.#file.bytes.length}`,
    );
  }

  #value(type: number, at: number): number {
    const { view, littleEndian } = this.#file;
    switch (type) {
      case 3:
        return view.getUint16(at, littleEndian);
      case 4:
      case 13:
        return view.getUint32(at, littleEndian);
      case 5:
        return view.getUint32(at, littleEndian) / view.getUint32(at + 4, littleEndian);
      case 6:
        return view.getInt8(at);
      case 8:
        return view.getInt16(at, littleEndian);
      case 9:
        return view.getInt32(at, littleEndian);
      case 10:
        return view.getInt32(at, littleEndian) / view.getInt32(at + 4, littleEndian);
      case 11:
        return view.getFloat32(at, littleEndian);
      case 12:
        return view.getFloat64(at, littleEndian);
      case 16:
      case 18:
        return Number(view.getBigUint64(at, littleEndian));
      case 17:
        return Number(view.getBigInt64(at, littleEndian));
      default:
        return view.getUint8(at);
    }
  }
}

/** Whether bytes begin as a classic or a BigTIFF file does. */
export function isTiff(bytes: Uint8Array): boolean {
  const [a, b, c, d] = bytes;
  const little = a === 0x49 && b === 0x49 && (c === 42 || c === 43) && d === 0;
  const big = a === 0x4d && b === 0x4d && c === 0 && (d === 42 || d === 43);
  return little || big;
}

/**
 * Walks the chain of directories, refusing one that leaves the file or comes back to where it was.
 *
 * @throws {DaubError} `file` when the chain is cyclic, endless or leaves the file.
 */
export function readDirectories(
  bytes: Uint8Array,
  where: string,
): { file: TiffBytes; directories: Directory[] } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const littleEndian = bytes[0] === 0x49;
  const big = bytes.length >= 4 && view.getUint16(2, littleEndian) === 43;
  const file: TiffBytes = { bytes, view, littleEndian, big, where };
  const headerSize = big ? 16 : 8;
  if (bytes.length < headerSize) {
    throw damaged(file, `a header of ${headerSize} bytes`, `${bytes.length} bytes`);
  }
  if (big && (view.getUint16(4, littleEndian) !== 8 || view.getUint16(6, littleEndian) !== 0)) {
    throw damaged(file, "BigTIFF offsets of 8 bytes", "another size");
  }
  const directories: Directory[] = [];
  const visited = new Set<number>();
  let offset = readOffset(file, big ? 8 : 4);
  while (offset !== 0) {
    if (visited.has(offset)) {
      throw damaged(
        file,
        "directories that follow one another",
        `directory ${directories.length + 1} leading back to an earlier one at byte ${offset}`,
      );
    }
    if (directories.length >= MAX_DIRECTORIES) {
      throw damaged(file, `at most ${MAX_DIRECTORIES} directories`, "more");
    }
    visited.add(offset);
    const { directory, next } = readDirectory(file, offset, directories.length + 1);
    directories.push(directory);
    offset = next;
  }
  if (directories.length === 0) throw damaged(file, "at least one image", "none");
  return { file, directories };
}

function readDirectory(file: TiffBytes, offset: number, ordinal: number) {
  const { bytes, view, littleEndian, big } = file;
  const countSize = big ? 8 : 2;
  const entrySize = big ? 20 : 12;
  const offsetSize = big ? 8 : 4;
  const outside = (end: number) =>
    damaged(
      file,
      `directory ${ordinal} within the file`,
      `one that ends at byte ${end} of ${bytes.length}`,
    );
  if (offset + countSize > bytes.length) throw outside(offset + countSize);
  const count = big
    ? Number(view.getBigUint64(offset, littleEndian))
    : view.getUint16(offset, littleEndian);
  const end = offset + countSize + count * entrySize;
  if (end + offsetSize > bytes.length) throw outside(end + offsetSize);
  const fields = new Map<number, Field>();
  for (let at = offset + countSize; at < end; at += entrySize) {
    const tag = view.getUint16(at, littleEndian);
    const type = view.getUint16(at + 2, littleEndian);
    const size = TYPE_SIZES[type];
    if (size === undefined || fields.has(tag)) continue;
    const valueCount = big
      ? Number(view.getBigUint64(at + 4, littleEndian))
      : view.getUint32(at + 4, littleEndian);
    const valueAt = at + 4 + offsetSize;
    const inline = valueCount * size <= offsetSize;
    fields.set(tag, {
      type,
      count: valueCount,
      offset: inline ? valueAt : readOffset(file, valueAt),
    });
  }
  return { directory: new Directory(file, offset, fields), next: readOffset(file, end) };
}

function readOffset({ view, littleEndian, big }: TiffBytes, at: number): number {
  return big ? Number(view.getBigUint64(at, littleEndian)) : view.getUint32(at, littleEndian);
}

/** The error for a TIFF file whose parts contradict one another. */
export function damaged(
  file: { where: string },
  expected: string,
  found: string,
  cause?: unknown,
): DaubError {
  return new DaubError(
    "file",
    `Expected ${expected} in ${file.where} but found ${found}. The TIFF file is cut off or ` +
      `damaged; copy or export it again.`,
    { expected, found, where: file.where, cause },
  );
}
