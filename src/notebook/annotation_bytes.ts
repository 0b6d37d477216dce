import { DaubError } from "../errors.ts";

/** Appends whole numbers, small ones in few bytes, and bytes. */
export class ByteWriter {
  #bytes = new Uint8Array(64);
  #length = 0;

  /** A whole number from 0 to 2^53 - 1: seven bits a byte, lowest first. */
  unsigned(value: number): this {
    while (value >= 128) {
      this.byte(value % 128 + 128);
      value = Math.floor(value / 128);
    }
    return this.byte(value);
  }

  /** A whole number of either sign; close to 0 is short. */
  signed(value: number): this {
    return this.unsigned(value < 0 ? -2 * value - 1 : 2 * value);
  }

  /** One byte. */
  byte(value: number): this {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
    return this;
  }

  /** Bytes as they are; their number is not written. */
  bytes(bytes: Uint8Array): this {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
    return this;
  }

  /** What was written so far. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length + count));
    grown.set(this.#bytes);
    this.#bytes = grown;
  }
}

/** Reads what a {@linkcode ByteWriter} wrote; refuses to read past the end. */
export class ByteReader {
  /** The next byte to be read. */
  position = 0;

  constructor(readonly source: Uint8Array) {}

  /** How many bytes are left. */
  get left(): number {
    return this.source.length - this.position;
  }

  /** See {@linkcode ByteWriter.unsigned}. */
  unsigned(): number {
    let value = 0;
    for (let scale = 1; scale < 2 ** 53; scale *= 128) {
      const byte = this.byte();
      value += byte % 128 * scale;
      if (byte < 128 && Number.isSafeInteger(value)) return value;
      if (byte < 128) break;
    }
    throw damaged("a whole number", this.position);
  }

  /** See {@linkcode ByteWriter.signed}. */
  signed(): number {
    const value = this.unsigned();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  /** One byte. */
  byte(): number {
    if (this.position >= this.source.length) throw damaged("more bytes", this.position);
    return this.source[this.position++];
  }

  /** The next `count` bytes, not copied. */
  bytes(count: number): Uint8Array {
    if (count > this.left) throw damaged(`${count} more bytes`, this.position);
    return this.source.subarray(this.position, this.position += count);
  }
}

/** The error for bytes that no {@linkcode ByteWriter} wrote. */
export function damaged(expected: string, position: number): DaubError {
  return new DaubError(
    "annotation",
    `Expected ${expected} in the painted history but its bytes are damaged at ${position}. ` +
      `Start with an empty annotation, or open the label image saved beside it.`,
    { expected, where: `byte ${position}` },
  );
}
