/**
 * Comparators that bring the median of `size` values to the place in their middle, in order: each
 * leaves the smaller of two values at its first place.
 *
 * Batcher's odd-even merge sort (1968), without those comparators that the middle does not depend
 * on.
 */
export function medianNetwork(size: number): [low: number, high: number][] {
  const needed = new Set([size >> 1]);
  const network: [number, number][] = [];
  for (const [low, high] of sortingNetwork(size).reverse()) {
    if (!needed.has(low) && !needed.has(high)) continue;
    needed.add(low).add(high);
    network.push([low, high]);
  }
  return network.reverse();
}

function sortingNetwork(size: number): [number, number][] {
  const network: [number, number][] = [];
  for (let p = 1; p < size; p *= 2) {
    for (let k = p; k >= 1; k /= 2) {
      for (let j = k % p; j + k < size; j += 2 * k) {
        for (let i = 0; i < Math.min(k, size - j - k); i++) {
          const isSameBlock = Math.floor((i + j) / (2 * p)) === Math.floor((i + j + k) / (2 * p));
          if (isSameBlock) network.push([i + j, i + j + k]);
        }
      }
    }
  }
  return network;
}
