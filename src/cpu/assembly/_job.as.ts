// A prediction, as a list of 32-bit words that `src/forest/prediction_job.ts` writes; all addresses
// and offsets are in bytes.

export const PLANES = 0; // address of the addresses of the feature planes
export const NUM_FEATURES = 4;
export const BLOCK = 8; // pixels in a block, a multiple of 32
export const NUM_TREES = 12;
export const COMPLETE = 16; // the first levels of every tree, as complete trees
export const TREE_BYTES = 20; // of one of them or, of two levels, a pair
export const LEVELS = 24; // 2 to 5
export const NODES = 28; // the other levels; 0 where the first are all
export const BELOW = 32; // how many other levels each tree has
export const LEAVES = 36; // what leaves add, where nodes do not hold it
export const NUM_SUMS = 40;
export const NUM_CLASSES = 44;
export const IS_COUNT = 48; // votes are 32-bit floats rather than integers
export const WHOLE = 52; // the second sum is this minus the first, where NUM_SUMS < NUM_CLASSES
export const MARGIN = 56; // sums that are as close as this do not decide
export const NUMBERS = 60; // class numbers, bytes
export const CLASSES = 64; // bytes, one a pixel; 0 unless asked for
export const TABLES = 68; // the forest as tables; 0 where trees are looked at
export const PROBABILITIES = 72; // address of the addresses of the planes
export const UNCERTAINTY = 76;
export const TOTAL = 80; // the sum of all votes as a 64-bit float; 0 where pixels differ
export const NEXT = 88; // the next pixel that no thread works on
export const LENGTH = 92; // the number of pixels
export const ROOTS = 96; // address of each tree's root among these nodes: a threshold, a feature or
// -1, and the offset of the left child, which the right one follows; at a leaf that of its votes
export const EXACT_NODES = 100;
export const EXACT_VOTES = 104; // what leaves add to each class, as 64-bit floats
export const MOST = 108; // what a tree adds to a class at most; 0 where all votes are wanted
