// The objects of a label image as runs, the stretches of a row with one label: all that sums over
// the shape of objects need, as those of a run have closed forms; and sums over their intensities.

export { addIntensities, clearSums } from "./_intensities";

/** A bit for each of sixteen pixels that differs from the one before it. */
// @ts-ignore: decorator
@inline
function changesOf(at: usize): u32 {
  const low = i16x8.narrow_i32x4_s(change(at), change(at + 16));
  const high = i16x8.narrow_i32x4_s(change(at + 32), change(at + 48));
  return <u32>i8x16.bitmask(i8x16.narrow_i16x8_s(low, high));
}

// @ts-ignore: decorator
@inline
function change(at: usize): v128 {
  return i32x4.ne(v128.load(at), v128.load(at - 4));
}

/**
 * Finds the runs of all labels but 0 in rows that follow one another. Writes where each begins, the
 * column behind its end and its label, and for every row how many runs come before it; returns how
 * many there are. Four bytes before the first row and 60 behind the last are read.
 */
export function findRuns(
  labels: usize,
  width: i32,
  rows: i32,
  starts: usize,
  ends: usize,
  found: usize,
  firstOfRow: usize,
): i32 {
  // Addresses behind the last run: an open one has a start and a label but no end yet.
  let count: usize = 0;
  for (let row = 0; row < rows; row++, labels += <usize>width << 2, firstOfRow += 4) {
    store<i32>(firstOfRow, <i32>(count >> 2));
    let isInside = false;
    for (let x = 0; x < width; x += 16) {
      let changes = changesOf(labels + (<usize>x << 2));
      if (x == 0) changes = changes & ~1 | <u32>(load<i32>(labels) != 0);
      if (width - x < 16) changes &= (1 << (width - x)) - 1;
      for (; changes != 0; changes &= changes - 1) {
        const column = x + <i32>ctz(changes);
        if (isInside) {
          store<i32>(ends + count, column);
          count += 4;
        }
        const label = load<i32>(labels + (<usize>column << 2));
        isInside = label != 0;
        if (isInside) {
          store<i32>(starts + count, column);
          store<i32>(found + count, label);
        }
      }
    }
    if (isInside) {
      store<i32>(ends + count, width);
      count += 4;
    }
  }
  return <i32>(count >> 2);
}
