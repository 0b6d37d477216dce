import { floatOfOrderedBits } from "./float_order.ts";
import type { WordList } from "./word_list.ts";

/** Words of a ranked feature in the head of a list, as `cpu/assembly/_ranks.as.ts` reads it. */
export const RANKED_WORDS = 4;

/** So few thresholds are compared one by one. */
const FEW = 16;

/** The thresholds of a search tree with six levels and of one with five. */
const MOST = 63;
const MOST_OF_FIVE = 31;

/** An estimate of the machine instructions that the rank of a pixel takes. */
export function rankCost(numThresholds: number): number {
  return numThresholds <= FEW ? 1 + 0.65 * numThresholds : sizesOf(numThresholds).reduce(
    (cost, size) => cost + (size <= MOST_OF_FIVE ? 12 : 18),
    0,
  );
}

/**
 * Appends what ranks the values of a feature among its thresholds.
 *
 * @param thresholds Distinct, as ordered bits, ascending.
 */
export function pushRankedFeature(list: WordList, feature: number, thresholds: Int32Array): void {
  const floats = Float32Array.from(thresholds, floatOfOrderedBits);
  if (floats.length <= FEW) return list.push(feature, floats.length, list.append(floats), 0);
  const trees: Uint8Array[] = [];
  let start = 0;
  for (const size of sizesOf(floats.length)) {
    trees.push(searchTree(floats.subarray(start, start + size)));
    start += size;
  }
  const bytes = new Uint8Array(trees.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const tree of trees) {
    bytes.set(tree, at);
    at += tree.length;
  }
  list.push(feature, floats.length, list.append(bytes), trees.length);
}

/** How many thresholds each tree has. */
function sizesOf(numThresholds: number): number[] {
  const numTrees = Math.ceil(numThresholds / MOST);
  return Array.from(
    { length: numTrees },
    (_, i) =>
      Math.floor((i + 1) * numThresholds / numTrees) - Math.floor(i * numThresholds / numTrees),
  );
}

/** A search tree, filled up with infinity behind its thresholds; as the kernels describe it. */
function searchTree(thresholds: Float32Array): Uint8Array {
  const numLevels = thresholds.length <= MOST_OF_FIVE ? 5 : 6;
  const at = (level: number, i: number) =>
    thresholds[(2 * i + 1) * 2 ** (numLevels - 1 - level) - 1] ?? Infinity;
  const parts: Uint8Array[] = [
    new Uint8Array(Int32Array.of(thresholds.length, numLevels - 5, 0, 0).buffer),
    new Uint8Array(Float32Array.of(at(1, 0), at(0, 0), at(1, 1), 0).buffer),
  ];
  for (let level = 2; level < numLevels; level++) {
    const entries = Float32Array.from({ length: 2 ** level }, (_, i) => at(level, i));
    const bytes = new Uint8Array(entries.buffer);
    const stride = Math.max(16, entries.length);
    const planes = new Uint8Array(4 * stride);
    bytes.forEach((byte, i) => planes[(i % 4) * stride + Math.floor(i / 4)] = byte);
    parts.push(planes);
  }
  const tree = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let end = 0;
  for (const part of parts) {
    tree.set(part, end);
    end += part.length;
  }
  return tree;
}
