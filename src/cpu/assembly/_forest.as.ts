// Forest inference on ranges of pixels, in blocks whose features and votes stay in the cache.

import { clearBytes, copyBytes } from "./_memory";
import { sumTables } from "./_tables";
import { sumComplete } from "./_complete";
import { walkAll } from "./_walk";
import { finish } from "./_votes";
import {
  BLOCK,
  LENGTH,
  NEXT,
  NODES,
  NUM_CLASSES,
  NUM_FEATURES,
  NUM_SUMS,
  PLANES,
  PROBABILITIES,
  TABLES,
  UNCERTAINTY,
  WHOLE,
} from "./_job";

/** The bytes of scratch memory that a prediction needs. */
export function scratchBytes(job: usize): i32 {
  const numClasses = load<i32>(job, NUM_CLASSES);
  const numFeatures = load<i32>(job, NUM_FEATURES);
  const rows = numFeatures + 4 + 2 * max(2, numClasses);
  return (rows * 4 + numFeatures) * load<i32>(job, BLOCK) + numClasses * 8;
}

/** Pixels that a thread takes at once. */
const SHARE = 4096;

/** Predicts all pixels of a job, together with other threads that do the same. */
export function predict(job: usize, scratch: usize): void {
  const length = load<i32>(job, LENGTH);
  const planes = load<usize>(job, PLANES);
  while (true) {
    const start = atomic.add<i32>(job, SHARE, NEXT);
    if (start >= length) break;
    predictRow(job, planes, <usize>start << 2, start, min(SHARE, length - start), scratch);
  }
}

/** Predicts pixels that begin `from` bytes behind the planes and are the job's from `first` on. */
export function predictRow(
  job: usize,
  planes: usize,
  from: usize,
  first: i32,
  length: i32,
  scratch: usize,
): void {
  const block = load<i32>(job, BLOCK);
  const rowBytes = <usize>block << 2;
  const numFeatures = load<i32>(job, NUM_FEATURES);
  const numClasses = load<i32>(job, NUM_CLASSES);
  const zeros = scratch + rowBytes * numFeatures;
  const places = zeros + rowBytes;
  const sums = places + (rowBytes << 1);
  const ranks = sums + rowBytes * max(2, numClasses) + (<usize>numClasses << 3);
  const kept = ranks + <usize>block * numFeatures;
  for (let at = 0; at < length; at += block) {
    const count = min(block, length - at);
    const bytes = (<usize>count << 2) + 63 & ~63;
    const start = from + (<usize>at << 2);
    clearBytes(sums, rowBytes * numClasses);
    if (load<usize>(job, TABLES)) {
      sumTables(job, planes, start, scratch, places, sums, rowBytes, bytes);
    } else if (load<usize>(job, NODES)) {
      for (let f = 0; f < numFeatures; f++) {
        copyBytes(scratch + rowBytes * f, load<usize>(planes + (<usize>f << 2)) + start, bytes);
      }
      clearBytes(zeros, rowBytes);
      walkAll(job, planes, start, scratch, ranks, places, sums, kept, rowBytes, bytes);
    } else {
      sumComplete(job, planes, start, ranks, places, sums, rowBytes, bytes);
    }
    const needsBoth = load<usize>(job, PROBABILITIES) | load<usize>(job, UNCERTAINTY);
    if (load<i32>(job, NUM_SUMS) < numClasses && needsBoth) {
      const whole = i32x4.splat(load<i32>(job, WHOLE));
      for (let i: usize = 0; i < bytes; i += 16) {
        v128.store(sums + rowBytes + i, i32x4.sub(whole, v128.load(sums + i)));
      }
    }
    finish(job, planes, start, sums, places, rowBytes, first + at, count);
  }
}
