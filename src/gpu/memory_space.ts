interface Gap {
  readonly start: number;
  readonly length: number;
}

/** Stretches of a memory that is shared out by hand, each taken at the first place where it fits. */
export class MemorySpace {
  /** What is free, in order and without neighbours. */
  #gaps: Gap[];
  readonly #taken = new Map<number, number>();

  /** From `start` up to, but not including, `end`. */
  constructor(start: number, end: number) {
    this.#gaps = [{ start, length: end - start }];
  }

  /** Where a stretch of this length begins; `undefined` when there is no room. */
  take(length: number): number | undefined {
    const at = this.#gaps.findIndex((gap) => gap.length >= length);
    if (at < 0) return undefined;
    const { start, length: free } = this.#gaps[at];
    const rest = { start: start + length, length: free - length };
    this.#gaps.splice(at, 1, ...(rest.length > 0 ? [rest] : []));
    this.#taken.set(start, length);
    return start;
  }

  /** Gives the stretch that begins here back; what was not taken here is left alone. */
  free(start: number): void {
    const length = this.#taken.get(start);
    if (length === undefined) return;
    this.#taken.delete(start);
    const merged: Gap[] = [];
    for (const gap of [...this.#gaps, { start, length }].sort((a, b) => a.start - b.start)) {
      const last = merged.at(-1);
      const touches = last && last.start + last.length === gap.start;
      if (touches) merged.pop();
      merged.push(touches ? { start: last.start, length: last.length + gap.length } : gap);
    }
    this.#gaps = merged;
  }
}
