/**
 * Random numbers that are the same on every machine: integer arithmetic, sums and square roots
 * alone, no function whose last digit depends on the platform. The generator is xorshift128
 * (Marsaglia 2003).
 */
export class Random {
  readonly #state: Uint32Array;

  constructor(seed: number) {
    this.#state = Uint32Array.of(seed, 0x9e3779b9, 0x243f6a88, 0xb7e15162);
    for (let i = 0; i < 64; i++) this.#next();
  }

  /** A number from `low` up to, but not including, `high`. */
  uniform(low = 0, high = 1): number {
    return low + (high - low) * (this.#next() / 2 ** 32);
  }

  /** A whole number from 0 to `count` - 1. */
  below(count: number): number {
    return Math.floor(this.uniform(0, count));
  }

  /** A number of mean 0 and standard deviation 1, bell-shaped: twelve uniform ones summed. */
  normal(): number {
    let sum = -6;
    for (let i = 0; i < 12; i++) sum += this.uniform();
    return sum;
  }

  /** A direction in the plane: a vector of length 1. */
  direction(): [x: number, y: number] {
    while (true) {
      const x = this.uniform(-1, 1);
      const y = this.uniform(-1, 1);
      const length = Math.sqrt(x * x + y * y);
      if (length > 0.1 && length <= 1) return [x / length, y / length];
    }
  }

  #next(): number {
    const state = this.#state;
    const t = state[3] ^ (state[3] << 11);
    const s = state[0];
    state[3] = state[2];
    state[2] = state[1];
    state[1] = s;
    state[0] = t ^ (t >>> 8) ^ s ^ (s >>> 19);
    return state[0];
  }
}
