// Forest inference. Built by scripts/build_wasm.ts.

/** Floats as integers of the same order: both zeros are 0, NaN is larger than infinity. */
export function orderFloats(from: usize, to: usize, length: i32): void {
  const magnitude = i32x4.splat(0x7fffffff);
  const infinity = i32x4.splat(0x7f800000);
  const lowest = i32x4.splat(0x80000000);
  for (let i = 0; i < length; i += 4) {
    const at = (<usize>i) << 2;
    const bits = v128.load(from + at);
    const isNegative = i32x4.shr_s(bits, 31);
    const ordered = v128.bitselect(i32x4.sub(lowest, bits), bits, isNegative);
    const isNaN = i32x4.gt_s(v128.and(bits, magnitude), infinity);
    v128.store(to + at, v128.bitselect(magnitude, ordered, isNaN));
  }
}
