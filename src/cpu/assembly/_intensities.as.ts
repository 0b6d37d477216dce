// Sums over the intensities of objects, from their runs, in 64-bit floats two pixels at a time.

/** What is kept of an object, as 64-bit floats. */
const MIN: usize = 0;
const MAX: usize = 8;
/** One of the object's own values: differences to it lose nothing where they are squared. */
const PIVOT: usize = 16;
const DIFFERENCES: usize = 24; // and their squares
const SUM: usize = 40; // and that of intensities times x
const Y: usize = 56; // and times z
const BYTES: usize = 72;

/** Begins the sums of `count` objects. */
export function clearSums(sums: usize, count: i32): void {
  for (let i = 0; i < count; i++, sums += BYTES) {
    for (let at: usize = 0; at < BYTES; at += 8) store<f64>(sums + at, 0);
    store<f64>(sums, Infinity, MIN);
    store<f64>(sums, -Infinity, MAX);
  }
}

/** Two neighbouring pixels as 64-bit floats. */
// @ts-ignore: decorator
@inline
function pair<T>(at: usize): v128 {
  if (isFloat<T>()) {
    return sizeof<T>() == 8 ? v128.load(at) : f64x2.promote_low_f32x4(v128.load64_zero(at));
  }
  if (sizeof<T>() == 4) {
    const whole = v128.load64_zero(at);
    return isSigned<T>()
      ? f64x2.convert_low_i32x4_s(whole)
      : f64x2.convert_low_i32x4_u(whole);
  }
  let half: v128;
  if (sizeof<T>() == 1) {
    const bytes = v128.load16_splat(at);
    half = isSigned<T>() ? i16x8.extend_low_i8x16_s(bytes) : i16x8.extend_low_i8x16_u(bytes);
  } else {
    half = v128.load32_zero(at);
  }
  return f64x2.convert_low_i32x4_s(
    isSigned<T>() ? i32x4.extend_low_i16x8_s(half) : i32x4.extend_low_i16x8_u(half),
  );
}

/** The two numbers of a vector, added. */
// @ts-ignore: decorator
@inline
function both(sums: v128): f64 {
  return f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
}

/** Adds to two numbers that follow one another. */
// @ts-ignore: decorator
@inline
function add(at: usize, first: f64, second: f64): void {
  const more = f64x2.replace_lane(f64x2.splat(first), 1, second);
  v128.store(at, f64x2.add(v128.load(at), more));
}

/** Adds the pixels `at` to `end` of a row, the first of them at column `x`, to an object. */
// @ts-ignore: decorator
@inline
function addRun<T>(object: usize, at: usize, end: usize, x: i32, y: i32, z: i32): void {
  let low = load<f64>(object, MIN);
  let high = load<f64>(object, MAX);
  if (low > high) store<f64>(object, <f64> load<T>(at), PIVOT);
  const pivot = load<f64>(object, PIVOT);
  const length = <f64> ((end - at) / sizeof<T>());
  let total: f64 = 0;
  let square: f64 = 0;
  let moment: f64 = 0;
  let column: f64 = 0;
  const lastPair = end - 2 * sizeof<T>();
  if (at <= lastPair) {
    let lows = f64x2.splat(low);
    let highs = f64x2.splat(high);
    let totals = f64x2.splat(0);
    let squares = f64x2.splat(0);
    let moments = f64x2.splat(0);
    let columns = f64x2(0, 1);
    for (; at <= lastPair; at += 2 * sizeof<T>()) {
      const values = pair<T>(at);
      // As comparisons decide: what is not a number is never the least or the largest.
      lows = f64x2.pmin(lows, values);
      highs = f64x2.pmax(highs, values);
      const differences = f64x2.sub(values, f64x2.splat(pivot));
      totals = f64x2.add(totals, differences);
      squares = f64x2.add(squares, f64x2.mul(differences, differences));
      moments = f64x2.add(moments, f64x2.mul(columns, values));
      columns = f64x2.add(columns, f64x2.splat(2));
    }
    low = min<f64>(f64x2.extract_lane(lows, 0), f64x2.extract_lane(lows, 1));
    high = max<f64>(f64x2.extract_lane(highs, 0), f64x2.extract_lane(highs, 1));
    total = both(totals);
    square = both(squares);
    moment = both(moments);
    column = f64x2.extract_lane(columns, 0);
  }
  if (at < end) {
    const value = <f64> load<T>(at);
    if (value < low) low = value;
    if (value > high) high = value;
    const difference = value - pivot;
    total += difference;
    square += difference * difference;
    moment += column * value;
  }
  const whole = total + pivot * length;
  store<f64>(object, low, MIN);
  store<f64>(object, high, MAX);
  add(object + DIFFERENCES, total, square);
  add(object + SUM, whole, moment + whole * <f64> x);
  add(object + Y, whole * <f64> y, whole * <f64> z);
}

/** Adds the runs of the rows `row` to `endRow` of a volume, whose pixels follow one another. */
function addRows<T>(
  pixels: usize,
  width: i32,
  height: i32,
  row: i32,
  endRow: i32,
  firstOfRow: usize,
  starts: usize,
  ends: usize,
  labels: usize,
  sums: usize,
): void {
  const first = load<i32>(firstOfRow);
  for (; row < endRow; row++, pixels += <usize> width * sizeof<T>(), firstOfRow += 4) {
    const last = <usize> (load<i32>(firstOfRow, 4) - first) << 2;
    const y = row % height;
    const z = row / height;
    for (let run = <usize> (load<i32>(firstOfRow) - first) << 2; run < last; run += 4) {
      const start = load<i32>(starts + run);
      const end = load<i32>(ends + run);
      addRun<T>(
        sums + <usize> (load<i32>(labels + run) - 1) * BYTES,
        pixels + <usize> start * sizeof<T>(),
        pixels + <usize> end * sizeof<T>(),
        start,
        y,
        z,
      );
    }
  }
}

/**
 * Adds the intensities of runs, labelled from 1, to the sums of their objects. `type` says what
 * pixels are, in the order of the cases; `firstOfRow` counts runs before every row and behind the
 * last one, from any number, while the lists of runs begin with the first row's.
 */
export function addIntensities(
  pixels: usize,
  type: i32,
  width: i32,
  height: i32,
  row: i32,
  endRow: i32,
  firstOfRow: usize,
  starts: usize,
  ends: usize,
  labels: usize,
  sums: usize,
): void {
  const w = width, h = height, f = firstOfRow;
  if (type == 0) addRows<u8>(pixels, w, h, row, endRow, f, starts, ends, labels, sums);
  else if (type == 1) addRows<i8>(pixels, w, h, row, endRow, f, starts, ends, labels, sums);
  else if (type == 2) addRows<u16>(pixels, w, h, row, endRow, f, starts, ends, labels, sums);
  else if (type == 3) addRows<i16>(pixels, w, h, row, endRow, f, starts, ends, labels, sums);
  else if (type == 4) addRows<u32>(pixels, w, h, row, endRow, f, starts, ends, labels, sums);
  else if (type == 5) addRows<i32>(pixels, w, h, row, endRow, f, starts, ends, labels, sums);
  else if (type == 6) addRows<f32>(pixels, w, h, row, endRow, f, starts, ends, labels, sums);
  else addRows<f64>(pixels, w, h, row, endRow, f, starts, ends, labels, sums);
}
