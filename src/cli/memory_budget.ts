/**
 * Gives out memory in the order in which it was asked for, up to a limit. Who asks for more than the
 * limit gets it when nobody else has any.
 */
export class MemoryBudget {
  readonly limit: number;
  #used = 0;
  readonly #waiting: { bytes: number; go: () => void }[] = [];

  /** @param limit In bytes. */
  constructor(limit: number) {
    this.limit = limit;
  }

  /** Waits until there is as much; dispose of the result to give it back. */
  async take(bytes: number): Promise<Disposable> {
    if (this.#waiting.length > 0 || !this.#fits(bytes)) {
      await new Promise<void>((go) => this.#waiting.push({ bytes, go }));
    } else {
      this.#used += bytes;
    }
    let isGiven = false;
    return {
      [Symbol.dispose]: () => {
        if (isGiven) return;
        isGiven = true;
        this.#give(bytes);
      },
    };
  }

  #fits(bytes: number): boolean {
    return this.#used === 0 || this.#used + bytes <= this.limit;
  }

  #give(bytes: number): void {
    this.#used -= bytes;
    while (this.#waiting.length > 0 && this.#fits(this.#waiting[0].bytes)) {
      const { bytes, go } = this.#waiting.shift()!;
      this.#used += bytes;
      go();
    }
  }
}

/** Half of the memory that is free, in bytes; 2 GiB where that is not told. */
export function defaultMemory(): number {
  try {
    return Deno.systemMemoryInfo().available / 2;
  } catch {
    return 2 * 2 ** 30;
  }
}
