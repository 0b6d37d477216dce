import { MersenneTwister } from "./mersenne_twister.ts";

/**
 * How often the bootstrap of each tree drew each sample, tree by tree: what a forest's random state
 * decides before it grows. The array is the same for every tree and valid until the next one.
 *
 * A sample that a tree drew 0 times is out of that tree's bag.
 */
export function* bootstrapCounts(
  numSamples: number,
  numTrees: number,
  randomState: number,
): Generator<Uint32Array> {
  const seeds = new MersenneTwister(randomState);
  const draws = new MersenneTwister(0);
  const counts = new Uint32Array(numSamples);
  for (let tree = 0; tree < numTrees; tree++) {
    draws.seed(seeds.below(0x7fffffff));
    counts.fill(0);
    for (let i = 0; i < numSamples; i++) counts[draws.below(numSamples)]++;
    yield counts;
  }
}
