// Operations on single pixels, and the cropping of a plane.

struct Geometry {
  // Of the plane written, in pixels.
  size: vec3<u32>,
  // Of the plane read; coordinates are clamped to it.
  source_size: vec3<u32>,
  // Where the first pixel written lies in the plane read.
  shift: vec3<i32>,
  radius: vec3<u32>,
  // Of the exponent: 0 when it is no whole number, 1 when it is even, 2 when it is odd.
  parity: u32,
  // The exponent in two parts, and the factors before and after the power.
  exponent: vec2<f32>,
  factors: vec2<f32>,
  // Size and shift of the second plane read.
  second_size: vec3<u32>,
  second_shift: vec3<i32>,
}

const CROP = 0u;
const SUBTRACT = 1u;
const DIVIDE = 2u;
const POWER = 3u;
override OPERATION: u32;

@group(0) @binding(0) var<uniform> geometry: Geometry;
@group(0) @binding(1) var<storage, read> source: array<f32>;
@group(0) @binding(2) var<storage, read> second: array<f32>;
// As bits: compilers may assume that there are no floats but finite ones.
@group(0) @binding(3) var<storage, read_write> result: array<u32>;

const SIGN = 0x80000000u;
const INFINITE = 0x7f800000u;
const NOT_A_NUMBER = 0x7fc00000u;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
) {
  let size = geometry.size;
  let index = (workgroup.x + workgroup.y * workgroups.x) * 64u + local;
  let position = vec3<u32>(index % size.x, index / size.x % size.y, index / size.x / size.y);
  if (position.z >= size.z) {
    return;
  }
  let value = source[place(position, geometry.shift, geometry.source_size)];
  switch (OPERATION) {
    case SUBTRACT: {
      let other = second[place(position, geometry.second_shift, geometry.second_size)];
      result[index] = bitcast<u32>(value - other);
    }
    case DIVIDE: {
      let other = second[place(position, geometry.second_shift, geometry.second_size)];
      result[index] = divide(value, other);
    }
    case POWER: {
      result[index] = scale(power(value * geometry.factors.x), geometry.factors.y);
    }
    default: {
      result[index] = bitcast<u32>(value);
    }
  }
}

fn place(position: vec3<u32>, shift: vec3<i32>, size: vec3<u32>) -> u32 {
  let p = vec3<u32>(vec3<i32>(position) + shift);
  return (p.z * size.y + p.y) * size.x + p.x;
}

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

// IEEE 754's pow. The built-in one is allowed to lose half of the digits.
fn power(value: f32) -> u32 {
  let bits = bitcast<u32>(value);
  let exponent = geometry.exponent.x + geometry.exponent.y;
  if (exponent == 0.0) {
    return bitcast<u32>(1.0f);
  }
  let negative = (bits & SIGN) != 0u;
  let sign = select(0u, SIGN, negative && geometry.parity == 2u);
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
  if (negative && geometry.parity == 0u) {
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
  let product = geometry.exponent.x * scale;
  let whole = round(product);
  let rest = (product - whole) + (geometry.exponent.y * scale + exponent * logarithm);
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
