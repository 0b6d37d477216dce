// Bounds on the merit of all cuts within a bucket: from the class weights on the left before it, the
// cuts lead to those behind it, so they lie in the box between the two; the merit is convex.

import { bounds, cells, numClasses, totals } from "./_training_job";

/** The merit of a cut, both terms at once; a side without samples adds nothing. */
// @ts-ignore: decorator
@inline
function merit(left0: f64, left1: f64, zeros: f64, ones: f64): f64 {
  const first = f64x2.replace_lane(f64x2.splat(left0), 1, zeros - left0);
  const second = f64x2.replace_lane(f64x2.splat(left1), 1, ones - left1);
  const squares = f64x2.add(f64x2.mul(first, first), f64x2.mul(second, second));
  const sides = f64x2.max(f64x2.add(first, second), f64x2.splat(1));
  const terms = f64x2.div(squares, sides);
  return f64x2.extract_lane(terms, 0) + f64x2.extract_lane(terms, 1);
}

/**
 * Replaces the weights of every bucket by those before it and bounds the merit of its cuts, the one
 * before it included: a convex function is largest at a corner.
 *
 * @returns The largest merit of the cuts between buckets.
 */
export function boundTwoClasses(numBuckets: i32): f64 {
  const zeros = <f64>load<u32>(totals);
  const ones = <f64>load<u32>(totals, 4);
  let left0: f64 = 0;
  let left1: f64 = 0;
  let here: f64 = 0;
  let largest = -Infinity;
  for (let bucket: usize = 0; bucket < <usize>numBuckets; bucket++) {
    const cell = cells + (bucket << 3);
    const next0 = left0 + <f64>load<u32>(cell);
    const next1 = left1 + <f64>load<u32>(cell, 4);
    store<u32>(cell, <u32>left0);
    store<u32>(cell, <u32>left1, 4);
    let bound = -Infinity;
    if (next0 + next1 > left0 + left1) {
      if (left0 + left1 > 0) largest = max(largest, here);
      const end = merit(next0, next1, zeros, ones);
      bound = max(
        max(here, end),
        max(merit(next0, left1, zeros, ones), merit(left0, next1, zeros, ones)),
      );
      here = end;
      left0 = next0;
      left1 = next1;
    }
    store<f64>(bounds + (bucket << 3), bound);
  }
  return largest;
}

/**
 * The same for any number of classes: the merit's tangent at the bucket's beginning, at its largest
 * in the box, and the most that each term can be above its tangent.
 */
export function boundBuckets(numBuckets: i32, weight: f64, squares: f64): f64 {
  const bytes = <usize>numClasses << 2;
  let left: f64 = 0;
  let squaresLeft: f64 = 0;
  let squaresRight = squares;
  let largest = -Infinity;
  // Weights before a bucket are summed in the cells of the one behind the last.
  const sums = cells + <usize>numBuckets * bytes;
  for (let at: usize = 0; at < bytes; at += 4) store<u32>(sums + at, 0);
  for (let bucket: usize = 0; bucket < <usize>numBuckets; bucket++) {
    const cell = cells + bucket * bytes;
    let added: f64 = 0;
    for (let at: usize = 0; at < bytes; at += 4) added += <f64>load<u32>(cell + at);
    const right = weight - left;
    const behind = right - added;
    // Without samples on a side its term is at most its weight.
    const termLeft = left > 0 ? squaresLeft / left : 0;
    const termRight = behind > 0 ? squaresRight / right : right;
    if (left > 0 && added > 0) largest = max(largest, termLeft + squaresRight / right);
    let slope: f64 = 0;
    let aboveLeft: f64 = 0;
    let aboveRight: f64 = 0;
    for (let at: usize = 0; at < bytes; at += 4) {
      const more = <f64>load<u32>(cell + at);
      const before = <f64>load<u32>(sums + at);
      const rest = <f64>load<u32>(totals + at) - before;
      const shareLeft = left > 0 ? before / left : 0;
      const shareRight = rest / right;
      const slopeLeft = left > 0 ? 2 * shareLeft - termLeft / left : 1;
      const slopeRight = behind > 0 ? 2 * shareRight - termRight / right : 1;
      slope += more * max(0, slopeLeft - slopeRight);
      const mostLeft = max(more, shareLeft * added);
      const mostRight = max(more, shareRight * added);
      aboveLeft += mostLeft * mostLeft;
      aboveRight += mostRight * mostRight;
      store<u32>(cell + at, <u32>before);
      store<u32>(sums + at, <u32>(before + more));
      squaresLeft += more * (2 * before + more);
      squaresRight -= more * (2 * rest - more);
    }
    let bound = termLeft + termRight + slope;
    if (left > 0) bound += aboveLeft / left;
    if (behind > 0) bound += aboveRight / behind;
    store<f64>(bounds + (bucket << 3), added > 0 ? bound : -Infinity);
    left += added;
  }
  return largest;
}
