// Operations on single values whose results are given as bits, because compilers may assume that there
// are no floats but finite ones.

const SIGN = 0x80000000u;
const INFINITE = 0x7f800000u;
const NOT_A_NUMBER = 0x7fc00000u;

fn is_zero(bits: u32) -> bool {
  return (bits & ~SIGN) == 0u;
}

fn is_nan(bits: u32) -> bool {
  return (bits & ~SIGN) > INFINITE;
}

fn divide(value: f32, other: f32) -> u32 {
  let a = bitcast<u32>(value);
  let b = bitcast<u32>(other);
  if (is_nan(a) || is_nan(b) || (is_zero(a) && is_zero(b))) {
    return NOT_A_NUMBER;
  }
  if (is_zero(b)) {
    return INFINITE | ((a ^ b) & SIGN);
  }
  return bitcast<u32>(value / other);
}

fn scale(bits: u32, factor: f32) -> u32 {
  if ((bits & ~SIGN) == INFINITE) {
    return bits ^ (bitcast<u32>(factor) & SIGN);
  }
  if (is_nan(bits)) {
    return bits;
  }
  return bitcast<u32>(bitcast<f32>(bits) * factor);
}

// (value × factors.x)^exponent × factors.y, the exponent given in two parts.
fn raise(value: f32, exponent: vec2<f32>, factors: vec2<f32>, parity: u32) -> u32 {
  return scale(power(value * factors.x, exponent, parity), factors.y);
}

// IEEE 754's pow. The built-in one is allowed to lose half of the digits. `parity` is 0 where the
// exponent is no whole number, 1 where it is even, 2 where it is odd.
fn power(value: f32, parts: vec2<f32>, parity: u32) -> u32 {
  let bits = bitcast<u32>(value);
  let exponent = parts.x + parts.y;
  if (exponent == 0.0) {
    return bitcast<u32>(1.0f);
  }
  let negative = (bits & SIGN) != 0u;
  let sign = select(0u, SIGN, negative && parity == 2u);
  let magnitude = bits & ~SIGN;
  if (magnitude > INFINITE) {
    return NOT_A_NUMBER;
  }
  // Subnormal numbers count as zero, as the hardware may have it.
  if (magnitude < 0x00800000u) {
    return sign | select(0u, INFINITE, exponent < 0.0);
  }
  if (magnitude == INFINITE) {
    return sign | select(0u, INFINITE, exponent > 0.0);
  }
  if (negative && parity == 0u) {
    return NOT_A_NUMBER;
  }

  // magnitude = mantissa * 2^scale, the mantissa between sqrt(1/2) and sqrt(2).
  var mantissa = bitcast<f32>((magnitude & 0x007fffffu) | 0x3f800000u);
  var scale = f32(magnitude >> 23u) - 127.0;
  if (mantissa > 1.41421356) {
    mantissa *= 0.5;
    scale += 1.0;
  }
  let s = (mantissa - 1.0) / (mantissa + 1.0);
  let s2 = s * s;
  let logarithm = s * (2.88539008 +
    s2 * (0.961796694 + s2 * (0.577078016 + s2 * (0.412198583 + s2 * 0.320598898))));

  // The first part of the exponent has so few digits that its product with the scale is exact.
  let product = parts.x * scale;
  let whole = round(product);
  let rest = (product - whole) + (parts.y * scale + exponent * logarithm);
  let more = round(rest);
  let x = (rest - more) * 0.693147181;
  let power_of_rest = 1.0 + x * (1.0 + x * (0.5 + x * (0.166666667 + x * (0.0416666667 +
    x * (0.00833333333 + x * (0.00138888889 + x * 0.000198412698))))));
  let doublings = i32(clamp(whole + more, -300.0, 300.0));
  if (doublings > 128) {
    return sign | INFINITE;
  }
  if (doublings < -150) {
    return sign;
  }
  let half = doublings / 2;
  let result = power_of_rest * power_of_two(half) * power_of_two(doublings - half);
  return sign | bitcast<u32>(result);
}

fn power_of_two(exponent: i32) -> f32 {
  return bitcast<f32>(u32(exponent + 127) << 23u);
}
