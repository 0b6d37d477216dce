import { DaubError } from "../../errors.ts";
import type { Forest, Tree } from "../forest.ts";
import type { ClassifierFile } from "./classifier_file.ts";
import { TITLE } from "./header.ts";
import { type Footer, formatFooter, formatPreamble } from "./kernel_frame.ts";
import { formatPythonFloat } from "./python_float.ts";
import { encodeRounding } from "./rounding.ts";
import { formatVersion } from "./version_line.ts";

/**
 * The text of a classifier file that APOC opens and runs. For the same forest it equals APOC's own
 * text, but for the line that names the version, where facts stand that APOC has no place for.
 *
 * A forest that compares `"at_most"`, as scikit-learn does, loses nothing on the way through the
 * file; APOC, which compares `"below"`, decides otherwise where a value equals a threshold.
 *
 * @throws {DaubError} `classifier` when the parts do not fit each other or cannot be written.
 */
export function formatClassifierFile(file: ClassifierFile): string {
  const { forest } = file;
  check(file);
  const numClasses = forest.classes.length;
  const roundedUp: boolean[] = [];
  const body: string[] = [formatPreamble(forest.numFeatures, numClasses)];
  for (const tree of forest.trees) formatTree(tree, forest, body, roundedUp);
  const footer: Footer = file.outputProbabilityOfClass === undefined
    ? { classes: forest.classes }
    : { probabilityOf: forest.classes.indexOf(file.outputProbabilityOfClass) };
  body.push(formatFooter(footer, numClasses));
  return formatHeader(file, roundedUp) + body.join("");
}

function formatHeader(file: ClassifierFile, roundedUp: readonly boolean[]): string {
  const { forest, positiveClass } = file;
  const { classes, comparison, featureImportances, maxDepth, randomState } = forest;
  const isNumberedThrough = classes.every((number, k) => number === k + 1);
  const entries: [string, string | number][] = [
    ["classifier_class_name", file.className],
    ["feature_specification", file.featureSpecification],
    ["num_ground_truth_dimensions", file.groundTruthDimensions],
    ["num_classes", classes.length],
    ["num_features", forest.numFeatures],
    ["max_depth", Number.isFinite(maxDepth) ? maxDepth : "None"],
    ["num_trees", forest.trees.length],
  ];
  if (featureImportances.length > 0) {
    entries.push(["feature_importances", Array.from(featureImportances, formatPythonFloat).join()]);
  }
  if (positiveClass !== undefined) entries.push(["positive_class_identifier", positiveClass]);
  for (const entry of file.extraEntries ?? []) entries.push(entry);
  const version = formatVersion({
    comparison,
    randomState,
    ...(forest.votes === "count" && hasSingleVotes(forest) && { votes: "count" }),
    ...(file.outputProbabilityOfClass !== undefined && !isNumberedThrough && { classes }),
    ...(file.integerIntensities && { intensities: "integer" }),
    ...(comparison === "at_most" && { roundedUp: encodeRounding(roundedUp) }),
  });
  entries.push(["apoc_version", version]);
  const lines = entries.map(([key, value]) => `${key} = ${value}`);
  for (const line of lines) checkLine(line);
  return ["/*", TITLE, ...lines, "*/", ""].join("\n");
}

/** Whether every leaf holds exactly one vote, so that a reader would take counts for fractions. */
function hasSingleVotes({ trees, classes }: Forest): boolean {
  return trees.every(({ left, counts }) =>
    left.every((child, node) => child >= 0 || leafTotal(counts, node, classes.length) === 1)
  );
}

/** Appends a tree, first branches first, without recursion. */
function formatTree(tree: Tree, forest: Forest, out: string[], roundedUp: boolean[]): void {
  const { feature, threshold, left, right } = tree;
  // Nodes to write next, the last first, each behind the text that leads to it.
  const pending: { node: number; depth: number; before: string }[] = [
    { node: 0, depth: 0, before: "" },
  ];
  while (pending.length > 0) {
    const { node, depth, before } = pending.pop()!;
    out.push(before);
    if (node < 0) continue;
    const indent = " ".repeat(depth);
    if (left[node] < 0) {
      formatLeaf(tree, node, forest, `${indent}s`, out);
      continue;
    }
    const literal = Math.fround(threshold[node]);
    if (!Number.isFinite(literal)) refuse("thresholds that fit 32 bits", threshold[node]);
    roundedUp.push(literal > threshold[node]);
    out.push(`${indent}if(i${feature[node]}<${formatPythonFloat(literal)}){\n`);
    pending.push(
      { node: -1, depth, before: `${indent}}\n` },
      { node: right[node], depth: depth + 1, before: `${indent}} else {\n` },
      { node: left[node], depth: depth + 1, before: "" },
    );
  }
}

function formatLeaf(
  { counts }: Tree,
  node: number,
  { classes, votes }: Forest,
  prefix: string,
  out: string[],
): void {
  const total = leafTotal(counts, node, classes.length);
  // Leaves that hold fractions already are written as they are: their sum is 1 but for rounding.
  const divisor = votes === "count" || Math.abs(total - 1) <= 1e-6 ? 1 : total;
  for (let k = 0; k < classes.length; k++) {
    const count = counts[node * classes.length + k];
    if (count > 0) out.push(`${prefix}${k}+=${formatPythonFloat(count / divisor)};\n`);
  }
}

function leafTotal(counts: Float64Array, node: number, numClasses: number): number {
  let total = 0;
  for (let k = node * numClasses; k < (node + 1) * numClasses; k++) total += counts[k];
  return total;
}

/** Refuses what would give a file that cannot be read again. */
function check({ className, forest, outputProbabilityOfClass }: ClassifierFile): void {
  const { classes, featureImportances, numFeatures, trees } = forest;
  if (!/^\w+$/.test(className)) refuse("a class name of letters", className);
  if (trees.length === 0) refuse("at least one tree", 0);
  if (classes.length === 0) refuse("at least one class", 0);
  if (featureImportances.length > 0 && featureImportances.length !== numFeatures) {
    refuse(`importances of ${numFeatures} features`, featureImportances.length);
  }
  if (outputProbabilityOfClass !== undefined && !classes.includes(outputProbabilityOfClass)) {
    refuse(`one of the classes ${classes.join(", ")}`, outputProbabilityOfClass);
  }
}

function checkLine(line: string): void {
  if (/[\r\n]|\*\//.test(line)) {
    refuse("header lines without line ends and comment marks", line.slice(0, 80));
  }
}

function refuse(expected: string, found: string | number): never {
  throw new DaubError(
    "classifier",
    `Expected ${expected} for a classifier file but found ${found}. Train the classifier anew.`,
    { expected, found },
  );
}
