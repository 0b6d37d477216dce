import { DaubError } from "../errors.ts";

/** The error for a message that the other side of the protocol would never send. */
export function protocolError(expected: string, found: unknown, where?: string): DaubError {
  const shown = typeof found === "number" || typeof found === "boolean"
    ? String(found)
    : typeof found === "string"
    ? `"${found.slice(0, 40)}"`
    : found === null
    ? "null"
    : typeof found;
  return new DaubError(
    "server",
    `Expected ${expected} in a message between page and server but found ${shown}. Reload the page.`,
    { expected, found: shown, where },
  );
}

/** Reads the fields of a message one by one and refuses every one that is not as it should be. */
export class Fields {
  readonly #values: Record<string, unknown>;
  readonly #read = new Set<string>();

  constructor(value: unknown, readonly of: string) {
    const prototype = value === null || typeof value !== "object"
      ? undefined
      : Object.getPrototypeOf(value);
    if (prototype !== Object.prototype) throw protocolError(`the fields of ${of}`, value, of);
    this.#values = value as Record<string, unknown>;
  }

  /** A whole number of a range. */
  integer(name: string, low = 0, high: number = Number.MAX_SAFE_INTEGER): number {
    const value = this.#take(name);
    if (Number.isSafeInteger(value) && (value as number) >= low && (value as number) <= high) {
      return value as number;
    }
    throw this.#wrong(name, `a whole number from ${low} to ${high}`, value);
  }

  /** A number of a range, whole or not. */
  number(name: string, low: number, high: number): number {
    const value = this.#take(name);
    if (typeof value === "number" && value >= low && value <= high) return value;
    throw this.#wrong(name, `a number from ${low} to ${high}`, value);
  }

  /** A text of at most so many characters that matches the pattern. */
  text(name: string, longest: number, pattern?: RegExp): string {
    const value = this.#take(name);
    if (typeof value === "string" && value.length <= longest && (pattern?.test(value) ?? true)) {
      return value;
    }
    throw this.#wrong(name, `a text of at most ${longest} characters`, value);
  }

  /** One of several words. */
  word<Word extends string | number>(name: string, words: readonly Word[]): Word {
    const value = this.#take(name);
    if (words.includes(value as Word)) return value as Word;
    throw this.#wrong(name, `one of ${words.join(", ")}`, value);
  }

  /** True or false. */
  flag(name: string): boolean {
    const value = this.#take(name);
    if (typeof value === "boolean") return value;
    throw this.#wrong(name, "true or false", value);
  }

  /** Bytes, at most so many. */
  bytes(name: string, longest: number): Uint8Array {
    const value = this.#take(name);
    if (value instanceof Uint8Array && value.length <= longest) return value;
    throw this.#wrong(name, `at most ${longest} bytes`, value);
  }

  /** A list of at most so many entries, each read by `read`. */
  list<T>(name: string, longest: number, read: (entry: unknown) => T): T[] {
    const value = this.#take(name);
    if (Array.isArray(value) && value.length <= longest) return value.map(read);
    throw this.#wrong(name, `a list of at most ${longest} entries`, value);
  }

  /** Whether a field that may be left out is there. */
  has(name: string): boolean {
    return this.#values[name] !== undefined;
  }

  /** A field of any kind, to be checked by the caller. */
  any(name: string): unknown {
    return this.#take(name);
  }

  /** Refuses fields that nobody asked for. */
  end(): void {
    for (const name of Object.keys(this.#values)) {
      if (!this.#read.has(name)) {
        throw protocolError(`no field ${name.slice(0, 40)}`, name, this.of);
      }
    }
  }

  #take(name: string): unknown {
    this.#read.add(name);
    return Object.hasOwn(this.#values, name) ? this.#values[name] : undefined;
  }

  #wrong(name: string, expected: string, value: unknown): DaubError {
    return protocolError(`${name} of ${this.of} to be ${expected}`, value, name);
  }
}
