// Training of a forest, in pieces, by any number of threads. A job is described in
// _training_job.as.ts; features are ranked first, then trees are grown from their ranks.

import { rankFeature } from "./_rank";
import {
  enter,
  HAS_WRONG,
  IS_CANCELLED,
  NEXT_FEATURE,
  NEXT_TREE,
  NUM_DONE,
  numFeatures,
  numSamples,
  numTrees,
  scratchSize,
  trees,
} from "./_training_job";
import { beginTree, growNode, hasTree } from "./_tree";

/** The bytes of scratch memory that each thread needs. */
export function scratchBytes(job: usize): usize {
  return scratchSize(job);
}

/**
 * Ranks features that no thread works on yet.
 *
 * @param budget How many values to look at about.
 * @returns Whether features may be left.
 */
export function rank(job: usize, scratch: usize, budget: f64): bool {
  enter(job, scratch);
  for (let done: f64 = 0; done < budget; done += 8 * numSamples) {
    if (atomic.load<i32>(job, IS_CANCELLED)) return false;
    const feature = atomic.add<i32>(job, 1, NEXT_FEATURE);
    if (feature >= numFeatures) return false;
    if (!rankFeature(feature)) atomic.store<i32>(job, 1, HAS_WRONG);
  }
  return true;
}

/**
 * Grows trees that no thread works on yet, or goes on with one. Scratch memory must begin with
 * zeros the first time, and belong to the same thread of work afterwards.
 *
 * @param budget How many values to look at about.
 * @returns Whether there may be more to do.
 */
export function grow(job: usize, scratch: usize, budget: f64): bool {
  enter(job, scratch);
  let done: f64 = 0;
  while (done < budget) {
    if (atomic.load<i32>(job, IS_CANCELLED)) return false;
    if (hasTree()) {
      done += growNode();
      if (!hasTree()) atomic.add<i32>(job, 1, NUM_DONE);
    } else {
      const tree = atomic.add<i32>(job, 1, NEXT_TREE);
      if (tree >= numTrees) return false;
      beginTree(tree, load<u32>(trees + (<usize>tree << 2)));
      done += 2 * numSamples;
    }
  }
  return true;
}
