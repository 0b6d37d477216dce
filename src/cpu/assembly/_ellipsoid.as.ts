// Windows that are not boxes: their rows first, which many windows share, then these merged.

/** The sums of rows of `2 radius + 1` pixels: one row of results. */
export function rowSums(out: usize, from: usize, end: usize, radius: i32): void {
  const margin = (<usize> radius) << 2;
  for (; from < end; from += 16, out += 16) {
    let low = f64x2.splat(0), high = f64x2.splat(0);
    for (let p = from - margin; p <= from + margin; p += 4) {
      low = f64x2.add(low, f64x2.promote_low_f32x4(v128.load64_zero(p)));
      high = f64x2.add(high, f64x2.promote_low_f32x4(v128.load64_zero(p, 8)));
    }
    v128.store64_lane(out, f32x4.demote_f64x2_zero(low), 0);
    v128.store64_lane(out, f32x4.demote_f64x2_zero(high), 0, 8);
  }
}

/**
 * Merges rows into a row of windows. `table` holds `count` addresses of rows; statistic 0 is the
 * minimum, 1 the maximum, 2 the sum divided by `size`.
 */
export function mergeRows(
  out: usize,
  bytes: usize,
  table: usize,
  count: i32,
  statistic: i32,
  size: f64,
): void {
  const end = table + ((<usize> count) << 2);
  for (let x: usize = 0; x < bytes; x += 16) {
    if (statistic == 2) {
      let low = f64x2.splat(0), high = f64x2.splat(0);
      for (let t = table; t < end; t += 4) {
        const p = <usize> load<u32>(t) + x;
        low = f64x2.add(low, f64x2.promote_low_f32x4(v128.load64_zero(p)));
        high = f64x2.add(high, f64x2.promote_low_f32x4(v128.load64_zero(p, 8)));
      }
      const share = f64x2.splat(size);
      v128.store64_lane(out + x, f32x4.demote_f64x2_zero(f64x2.div(low, share)), 0);
      v128.store64_lane(out + x, f32x4.demote_f64x2_zero(f64x2.div(high, share)), 0, 8);
    } else {
      let value = v128.load(<usize> load<u32>(table) + x);
      for (let t = table + 4; t < end; t += 4) {
        const row = v128.load(<usize> load<u32>(t) + x);
        value = statistic == 1 ? f32x4.max(value, row) : f32x4.min(value, row);
      }
      v128.store(out + x, value);
    }
  }
}
