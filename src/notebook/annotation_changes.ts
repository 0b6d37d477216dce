/** A rectangle of one slice in which pixels changed. */
export interface ChangedRegion {
  /** The index of the slice: `t * depth + z`. */
  readonly slice: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The changed runs of one tile, in the order they were written. */
export class TileRuns {
  /** The number of runs. */
  count = 0;
  #spans = new Uint32Array(16);
  #values = new Uint16Array(16);

  /** Notes that `length` pixels from `start` on went from class `before` to class `after`. */
  add(start: number, length: number, before: number, after: number): void {
    const last = this.count - 1;
    const value = before | after << 8;
    if (last >= 0 && this.#values[last] === value) {
      const span = this.#spans[last];
      if ((span >>> 16) + (span & 0xffff) + 1 === start) {
        this.#spans[last] = span + length;
        return;
      }
    }
    if (this.count === this.#spans.length) this.#resize(2 * this.count);
    this.#spans[this.count] = (start << 16 | (length - 1)) >>> 0;
    this.#values[this.count++] = value;
  }

  /** The first pixel of run `i`, as an index into the tile. */
  start(i: number): number {
    return this.#spans[i] >>> 16;
  }

  /** The number of pixels of run `i`. */
  length(i: number): number {
    return (this.#spans[i] & 0xffff) + 1;
  }

  /** The class of run `i` before the change. */
  before(i: number): number {
    return this.#values[i] & 0xff;
  }

  /** The class of run `i` after the change. */
  after(i: number): number {
    return this.#values[i] >>> 8;
  }

  /** Gives back the memory that was kept for more runs. */
  trim(): void {
    if (this.count < this.#spans.length) this.#resize(this.count);
  }

  #resize(capacity: number): void {
    const spans = new Uint32Array(capacity);
    const values = new Uint16Array(capacity);
    spans.set(this.#spans.subarray(0, this.count));
    values.set(this.#values.subarray(0, this.count));
    this.#spans = spans;
    this.#values = values;
  }
}

/** Everything that one command changed, by tile; enough to take it back and to do it again. */
export class ChangeSet {
  /** The runs by tile key. */
  readonly tiles = new Map<number, TileRuns>();

  /** The runs of one tile, to add to. */
  tile(key: number): TileRuns {
    let runs = this.tiles.get(key);
    if (runs === undefined) this.tiles.set(key, runs = new TileRuns());
    return runs;
  }

  /** Drops tiles without a change and spare memory. */
  trim(): void {
    for (const [key, runs] of this.tiles) {
      if (runs.count === 0) this.tiles.delete(key);
      else runs.trim();
    }
  }
}

/** The change that takes another one back. */
export function inverseOf(changes: ChangeSet): ChangeSet {
  const inverse = new ChangeSet();
  for (const [key, runs] of changes.tiles) {
    const back = inverse.tile(key);
    for (let i = runs.count - 1; i >= 0; i--) {
      back.add(runs.start(i), runs.length(i), runs.after(i), runs.before(i));
    }
  }
  inverse.trim();
  return inverse;
}
