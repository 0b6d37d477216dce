import type { LabelRuns } from "./label_runs.ts";

/** Runs whose labels have no gaps, and what the labels were. */
export interface NumberedRuns {
  readonly runs: LabelRuns;
  /** The label of every object in the label image, ascending. */
  readonly labels: Uint32Array;
  /** Whether the labels were 1, 2, … already. */
  readonly isSequential: boolean;
}

/** Labels up to this are looked up in an array, larger ones in a map. */
const MAX_LOOKUP = 2 ** 26;

/** Numbers the objects 1, 2, … in the order of their labels; labels that do not occur are left out. */
export function numberObjects(runs: LabelRuns): NumberedRuns {
  let largest = 0;
  for (let run = 0; run < runs.length; run++) {
    if (runs.label[run] > largest) largest = runs.label[run];
  }
  const labels = largest <= MAX_LOOKUP ? occurring(runs, largest) : distinct(runs);
  const isSequential = labels.length === largest;
  if (isSequential) return { runs, labels, isSequential };
  const label = new Uint32Array(runs.length);
  if (largest <= MAX_LOOKUP) {
    const numbers = new Uint32Array(largest + 1);
    labels.forEach((value, i) => numbers[value] = i + 1);
    for (let run = 0; run < label.length; run++) label[run] = numbers[runs.label[run]];
  } else {
    const numbers = new Map(Array.from(labels, (value, i) => [value, i + 1]));
    for (let run = 0; run < label.length; run++) label[run] = numbers.get(runs.label[run])!;
  }
  return { runs: { ...runs, label }, labels, isSequential };
}

function occurring(runs: LabelRuns, largest: number): Uint32Array {
  const occurs = new Uint8Array(largest + 1);
  for (let run = 0; run < runs.length; run++) occurs[runs.label[run]] = 1;
  let count = 0;
  for (let label = 1; label <= largest; label++) count += occurs[label];
  const labels = new Uint32Array(count);
  for (let label = 1, next = 0; label <= largest; label++) {
    if (occurs[label]) labels[next++] = label;
  }
  return labels;
}

function distinct(runs: LabelRuns): Uint32Array {
  return Uint32Array.from(new Set(runs.label.subarray(0, runs.length))).sort();
}
