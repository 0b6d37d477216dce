// MT19937 with the integer seeding of NumPy's RandomState, four words at a time.
// Source: Matsumoto and Nishimura, "Mersenne Twister", ACM TOMACS 8 (1998).

/** Words of the generator, and numbers that it gives between two twists. */
export const TWISTER_WORDS: i32 = 624;

const SHIFT = 397;
const UPPER = 0x80000000;
const LOWER = 0x7fffffff;
const TWIST = 0x9908b0df;

/** Starts the stream of a seed; the first numbers follow after `twist`. */
export function seedTwister(state: usize, seed: u32): void {
  let word = seed;
  store<u32>(state, word);
  for (let i = 1; i < TWISTER_WORDS; i++) {
    word = 1812433253 * (word ^ (word >>> 30)) + i;
    store<u32>(state + (<usize>i << 2), word);
  }
}

// @ts-ignore: decorator
@inline
function twistOne(state: usize, i: i32, next: i32, far: i32): void {
  const word = (load<u32>(state + (<usize>i << 2)) & UPPER) |
    (load<u32>(state + (<usize>next << 2)) & LOWER);
  const mixed = (word >>> 1) ^ (-(word & 1) & TWIST);
  store<u32>(state + (<usize>i << 2), load<u32>(state + (<usize>far << 2)) ^ mixed);
}

// @ts-ignore: decorator
@inline
function twistFour(at: usize, far: usize): void {
  const word = v128.bitselect(v128.load(at), v128.load(at, 4), i32x4.splat(<i32>UPPER));
  const odd = i32x4.neg(v128.and(word, i32x4.splat(1)));
  const mixed = v128.xor(i32x4.shr_u(word, 1), v128.and(odd, i32x4.splat(<i32>TWIST)));
  v128.store(at, v128.xor(v128.load(far), mixed));
}

/** Makes the next words of the stream. */
export function twist(state: usize): void {
  let i = 0;
  for (; i + 4 <= TWISTER_WORDS - SHIFT; i += 4) {
    twistFour(state + (<usize>i << 2), state + (<usize>(i + SHIFT) << 2));
  }
  for (; i < TWISTER_WORDS - SHIFT; i++) twistOne(state, i, i + 1, i + SHIFT);
  const back = SHIFT - TWISTER_WORDS;
  for (; i + 4 < TWISTER_WORDS; i += 4) {
    twistFour(state + (<usize>i << 2), state + (<usize>(i + back) << 2));
  }
  for (; i < TWISTER_WORDS; i++) twistOne(state, i, (i + 1) % TWISTER_WORDS, i + back);
}

/** The number that a word of the state stands for. */
export function temper(word: u32): u32 {
  word ^= word >>> 11;
  word ^= (word << 7) & 0x9d2c5680;
  word ^= (word << 15) & 0xefc60000;
  return word ^ (word >>> 18);
}

/** Writes the numbers between two twists, cut to the bits of a mask. */
export function temperAll(numbers: usize, state: usize, mask: u32): void {
  const first = i32x4.splat(<i32>0x9d2c5680);
  const second = i32x4.splat(<i32>0xefc60000);
  const kept = i32x4.splat(mask);
  for (let at: usize = 0; at < <usize>TWISTER_WORDS << 2; at += 16) {
    let word = v128.load(state + at);
    word = v128.xor(word, i32x4.shr_u(word, 11));
    word = v128.xor(word, v128.and(i32x4.shl(word, 7), first));
    word = v128.xor(word, v128.and(i32x4.shl(word, 15), second));
    word = v128.xor(word, i32x4.shr_u(word, 18));
    v128.store(numbers + at, v128.and(word, kept));
  }
}
