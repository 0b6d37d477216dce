import type { LeafGroup } from "./leaf_groups.ts";
import { pushRankedFeature, RANKED_WORDS } from "./ranked_feature.ts";
import { WordList } from "./word_list.ts";

/** A table is indexed by 16-bit offsets, so it has at most so many entries. */
export const MAX_TABLE_ENTRIES = 2 ** 14;

/** Features of so few thresholds have their steps looked up in four vectors of bytes. */
export const MAX_SHORT = 62;

/**
 * The tables of groups of leaves, as `cpu/assembly/_tables.as.ts` reads them.
 *
 * @param thresholds The distinct thresholds of every feature as ordered bits, ascending.
 * @param leaves What every leaf adds: leaves × sums, whole numbers.
 */
export function writeTables(
  thresholds: readonly Int32Array[],
  groups: readonly LeafGroup[],
  leaves: ArrayLike<number>,
  numSums: number,
): Int32Array {
  const ranked = thresholds.flatMap((values, f) => values.length > 0 ? [f] : []);
  const list = new WordList(
    2 + RANKED_WORDS * ranked.length +
      groups.reduce((sum, { features }) => sum + 3 + 3 * features.length, 0),
  );
  list.push(ranked.length, groups.length);
  for (const f of ranked) pushRankedFeature(list, f, thresholds[f]);
  for (const group of groups) {
    const whole = wholeCuts(group, thresholds);
    const { features, cuts } = whole ?? group;
    const strides: number[] = [];
    let size = 1;
    cuts.forEach(({ length }, i) => {
      strides[i] = size;
      size *= length + 1;
    });
    const table = fillTable(whole ?? group, strides, size, leaves, numSums);
    list.push(features.length, list.append(table), 4 * size);
    features.forEach((f, i) => {
      if (whole) list.push(f, 2 * strides[i], 0);
      else {
        const steps = stepsOf(cuts[i], strides[i], thresholds[f].length);
        const numVectors = Math.ceil(steps.length / 16);
        if (thresholds[f].length > MAX_SHORT) list.push(f, 0, list.append(steps));
        else list.push(f, -numVectors, list.append(bytePlanes(steps, 16 * numVectors)));
      }
    });
  }
  return list.words();
}

/** The entries of a table that ranks lead into without translation; none if there are too many. */
export function wholeSize(
  { features }: LeafGroup,
  thresholds: readonly Int32Array[],
): number | undefined {
  const size = features.reduce((size, f) => size * (thresholds[f].length + 1), 1);
  return size > MAX_TABLE_ENTRIES ? undefined : size;
}

/** The group with all thresholds as cuts, so that ranks need no translation; none if too large. */
function wholeCuts(group: LeafGroup, thresholds: readonly Int32Array[]): LeafGroup | undefined {
  if (!wholeSize(group, thresholds)) return undefined;
  return { ...group, cuts: group.features.map((f) => Array.from(thresholds[f], (_, i) => i)) };
}

/** The lower bytes, then the upper ones. */
function bytePlanes(steps: Uint16Array, stride: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(2 * stride);
  steps.forEach((step, rank) => {
    bytes[rank] = step;
    bytes[stride + rank] = step >>> 8;
  });
  return bytes;
}

/** How far each rank leads into the table, in bytes. */
function stepsOf(
  cuts: readonly number[],
  stride: number,
  numThresholds: number,
): Uint16Array<ArrayBuffer> {
  const steps = new Uint16Array(2 * Math.ceil((numThresholds + 1) / 2));
  let place = 0;
  for (let rank = 0; rank <= numThresholds; rank++) {
    if (place < cuts.length && cuts[place] < rank) place++;
    steps[rank] = 4 * place * stride;
  }
  return steps;
}

/** Differences at the corners of every box, then their sums along one axis after the other. */
function fillTable(
  { features, cuts, boxes }: LeafGroup,
  strides: readonly number[],
  size: number,
  leaves: ArrayLike<number>,
  numSums: number,
): Int32Array<ArrayBuffer> {
  const table = new Int32Array(size * numSums);
  const placeOf = cuts.map((list) => new Map(list.map((cut, place) => [cut, place + 1])));
  for (const box of boxes) {
    let corners = [{ at: 0, sign: 1 }];
    box.features.forEach((f, index) => {
      const i = features.indexOf(f);
      const from = (placeOf[i].get(box.below[index]) ?? 0) * strides[i];
      const to = (placeOf[i].get(box.most[index]) ?? 0) * strides[i];
      corners = corners.flatMap(({ at, sign }) => {
        const start = { at: at + from, sign };
        return to === 0 ? [start] : [start, { at: at + to, sign: -sign }];
      });
    });
    for (let k = 0; k < numSums; k++) {
      const vote = leaves[box.leaf * numSums + k];
      for (const { at, sign } of corners) table[k * size + at] += sign * vote;
    }
  }
  cuts.forEach(({ length }, i) => {
    const stride = strides[i];
    const span = stride * (length + 1);
    for (let start = 0; start < table.length; start += span) {
      for (let at = start + stride; at < start + span; at++) table[at] += table[at - stride];
    }
  });
  return table;
}
