/** Disjoint sets of the numbers 0, 1, …; `parents[i]` is i at a root and smaller elsewhere. */
export function singletons(length: number): Uint32Array<ArrayBuffer> {
  const parents = new Uint32Array(length);
  for (let i = 0; i < length; i++) parents[i] = i;
  return parents;
}

/** Joins the sets of two members; the smaller root becomes the root of both. */
export function union(parents: Uint32Array, a: number, b: number): void {
  const rootA = find(parents, a);
  const rootB = find(parents, b);
  if (rootA < rootB) parents[rootB] = rootA;
  else parents[rootA] = rootB;
}

/** The root of a member's set, halving the path to it. */
function find(parents: Uint32Array, member: number): number {
  let parent = parents[member];
  while (parent !== member) {
    const grandparent = parents[parent];
    parents[member] = grandparent;
    member = grandparent;
    parent = parents[member];
  }
  return member;
}

/**
 * Replaces parents by the number of their set, from 1 in the order of the roots, and returns how
 * many sets there are. A parent comes before its children, so one pass is enough.
 */
export function numberSets(parents: Uint32Array): number {
  let count = 0;
  for (let i = 0; i < parents.length; i++) {
    parents[i] = parents[i] === i ? ++count : parents[parents[i]];
  }
  return count;
}
