/** 32-bit words for the kernels: a head of known length, and behind it parts that it points to. */
export class WordList {
  readonly #head: number[] = [];
  readonly #parts: Int32Array[] = [];
  readonly #headLength: number;
  #end: number;

  constructor(headLength: number) {
    this.#headLength = headLength;
    this.#end = headLength;
  }

  /** Continues the head. */
  push(...words: number[]): void {
    for (const word of words) this.#head.push(word);
  }

  /** Appends a part of whole words; returns its place in bytes from the start of the list. */
  append({ buffer, byteOffset, byteLength }: ArrayBufferView<ArrayBuffer>): number {
    const part = new Int32Array(buffer, byteOffset, byteLength / 4);
    this.#parts.push(part);
    const place = 4 * this.#end;
    this.#end += part.length;
    return place;
  }

  words(): Int32Array {
    if (this.#head.length !== this.#headLength) {
      throw new RangeError(`The head has ${this.#head.length} words of ${this.#headLength}.`);
    }
    const words = new Int32Array(this.#end);
    words.set(this.#head);
    let at = this.#headLength;
    for (const part of this.#parts) {
      words.set(part, at);
      at += part.length;
    }
    return words;
  }
}
