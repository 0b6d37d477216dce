/** The first plane minus, or divided by, the second: one row. */
export function combineRow(out: usize, a: usize, b: usize, end: usize, divide: bool): void {
  if (divide) {
    for (; a < end; a += 16, b += 16, out += 16) {
      v128.store(out, f32x4.div(v128.load(a), v128.load(b)));
    }
  } else {
    for (; a < end; a += 16, b += 16, out += 16) {
      v128.store(out, f32x4.sub(v128.load(a), v128.load(b)));
    }
  }
}

/** Every pixel of a row to the power of an exponent. */
export function powerRow(out: usize, p: usize, end: usize, exponent: f64): void {
  for (; p < end; p += 4, out += 4) {
    store<f32>(out, <f32> JSMath.pow(<f64> load<f32>(p), exponent));
  }
}

/** (x / maximum)^gamma × maximum for a row; all 0 where the maximum is 0. */
export function gammaRow(out: usize, p: usize, end: usize, gamma: f64, maximum: f64): void {
  for (; p < end; p += 4, out += 4) {
    const value = maximum == 0 ? 0 : JSMath.pow(<f64> load<f32>(p) / maximum, gamma) * maximum;
    store<f32>(out, <f32> value);
  }
}
