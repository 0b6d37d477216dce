const SIZE = 624;
const SHIFT = 397;
const UPPER = 0x80000000;
const LOWER = 0x7fffffff;
const TWIST = 0x9908b0df;

/**
 * MT19937 with the integer seeding and the bounded draws of NumPy's `RandomState`, whose streams
 * scikit-learn's forests are made of.
 *
 * Source: Matsumoto and Nishimura, "Mersenne Twister", ACM TOMACS 8 (1998).
 */
export class MersenneTwister {
  readonly #state = new Int32Array(SIZE);
  #next = SIZE;

  /** @param seed An unsigned 32-bit integer. */
  constructor(seed: number) {
    this.seed(seed);
  }

  /** Starts the stream of another seed. */
  seed(seed: number): void {
    const state = this.#state;
    let word = seed | 0;
    state[0] = word;
    for (let i = 1; i < SIZE; i++) {
      word = (Math.imul(1812433253, word ^ (word >>> 30)) + i) | 0;
      state[i] = word;
    }
    this.#next = SIZE;
  }

  /** The next unsigned 32-bit integer. */
  uint32(): number {
    if (this.#next === SIZE) this.#twist();
    let word = this.#state[this.#next++];
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c5680;
    word ^= (word << 15) & 0xefc60000;
    word ^= word >>> 18;
    return word >>> 0;
  }

  /**
   * A uniform integer of 0 ≤ x < bound, as `RandomState.randint(bound)`: draws under the smallest
   * sufficient bit mask until one fits; nothing is drawn where only 0 is possible.
   */
  below(bound: number): number {
    const largest = bound - 1;
    if (largest <= 0) return 0;
    const mask = 0xffffffff >>> Math.clz32(largest);
    for (;;) {
      const value = (this.uint32() & mask) >>> 0;
      if (value <= largest) return value;
    }
  }

  #twist(): void {
    const state = this.#state;
    let i = 0;
    for (; i < SIZE - SHIFT; i++) {
      const word = (state[i] & UPPER) | (state[i + 1] & LOWER);
      state[i] = state[i + SHIFT] ^ (word >>> 1) ^ (-(word & 1) & TWIST);
    }
    for (; i < SIZE - 1; i++) {
      const word = (state[i] & UPPER) | (state[i + 1] & LOWER);
      state[i] = state[i + SHIFT - SIZE] ^ (word >>> 1) ^ (-(word & 1) & TWIST);
    }
    const word = (state[SIZE - 1] & UPPER) | (state[0] & LOWER);
    state[SIZE - 1] = state[SHIFT - 1] ^ (word >>> 1) ^ (-(word & 1) & TWIST);
    this.#next = 0;
  }
}
