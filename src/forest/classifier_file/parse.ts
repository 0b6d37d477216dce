import { DaubError } from "../../errors.ts";
import type { Forest, Tree, Votes } from "../forest.ts";
import type { ClassifierFile } from "./classifier_file.ts";
import {
  countEntry,
  type Header,
  parseHeader,
  refuseEntry,
  requiredCount,
  requiredEntry,
} from "./header.ts";
import { type Footer, parseFooter, parsePreamble } from "./kernel_frame.ts";
import { isRoundedUp, thresholdRoundedTo } from "./rounding.ts";
import { Scanner } from "./scanner.ts";
import { parseTrees } from "./trees.ts";
import { parseVersion, type VersionFacts } from "./version_line.ts";

/** The deepest tree that is read; APOC, which writes recursively, cannot write deeper ones. */
const DEEPEST = 1000;

/** The largest limit of the depth that a header may state. */
const LARGEST_DEPTH = 1e5;

/** Class images hold bytes. */
const LARGEST_CLASS = 255;

/** The most numbers (nodes × classes) that the votes may need: half a gigabyte. */
const LARGEST_FOREST = 2 ** 26;

/** The header lines that are understood; the others are kept as they are. */
const KNOWN_KEYS = new Set([
  "classifier_class_name",
  "feature_specification",
  "num_ground_truth_dimensions",
  "num_classes",
  "num_features",
  "max_depth",
  "num_trees",
  "feature_importances",
  "positive_class_identifier",
  "apoc_version",
]);

/**
 * Reads a classifier file: the OpenCL text that APOC and this library write after training. Files of
 * every version of APOC are read; what the oldest do not say gets the value that APOC assumes.
 *
 * A file of APOC gives a forest that compares as OpenCL does, `"below"`; one of ours gives a forest
 * that classifies every pixel as it did before it was saved. Votes are counts or fractions as the
 * leaves hold them.
 *
 * @param where The name of the file, for error messages.
 * @throws {DaubError} `classifier` when the text is no classifier file, is cut off, or contradicts
 * itself.
 */
export function parseClassifierFile(text: string, where?: string): ClassifierFile {
  const place = where ?? "the classifier file";
  if (typeof text !== "string") {
    throw new DaubError(
      "classifier",
      `Expected the text of ${place} but found ${typeof text}. Read the file as text, or load it.`,
      { expected: "text", found: typeof text, where },
    );
  }
  const header = parseHeader(text, place);
  const { entries } = header;
  const numClasses = requiredCount(header, "num_classes", place);
  const numFeatures = requiredCount(header, "num_features", place);
  if (numClasses > LARGEST_CLASS) {
    refuseEntry("num_classes", `at most ${LARGEST_CLASS}`, numClasses, place);
  }
  const maxDepth = statedDepth(header, place);
  const numTrees = requiredCount(header, "num_trees", place);
  checkMemory(text, header.end, numTrees, numClasses, place);
  const facts = parseVersion(entries.get("apoc_version"), place);

  const scanner = new Scanner(text, header.end, place);
  parsePreamble(scanner, numFeatures, numClasses);
  let decisions = 0;
  const trees = parseTrees(scanner, {
    numFeatures,
    numClasses,
    numTrees,
    maxDepth: Math.min(maxDepth ?? DEEPEST, DEEPEST),
    toThreshold(literal, decision) {
      decisions = decision + 1;
      const { comparison, roundedUp = "" } = facts;
      return comparison === "at_most" && isRoundedUp(roundedUp, decision)
        ? thresholdRoundedTo(literal)
        : literal;
    },
  });
  if (((facts.roundedUp?.length ?? 0) - 1) * 4 >= decisions) {
    refuseEntry("apoc_version", `roundings of ${decisions} decisions`, "more", place);
  }
  const footer = parseFooter(scanner, numClasses);

  const forest: Forest = {
    classes: classNumbers(footer, facts, numClasses, place),
    numFeatures,
    maxDepth: maxDepth ?? trees.reduce((depth, tree) => Math.max(depth, depthOf(tree)), 1),
    ...(facts.randomState !== undefined && { randomState: facts.randomState }),
    votes: votesOf(trees, numClasses, facts.votes, place),
    comparison: facts.comparison,
    trees,
    featureImportances: importances(header, numFeatures, place),
  };
  const { apocVersion, daubVersion } = facts;
  const positiveClass = countEntry(header, "positive_class_identifier", place);
  const outputProbabilityOfClass = forest.classes[footer.probabilityOf ?? -1];
  const extraEntries = new Map([...entries].filter(([key]) => !KNOWN_KEYS.has(key)));
  return {
    className: className(header, footer),
    featureSpecification: requiredEntry(header, "feature_specification", place),
    groundTruthDimensions: countEntry(header, "num_ground_truth_dimensions", place) ?? 2,
    ...(positiveClass !== undefined && { positiveClass }),
    ...(outputProbabilityOfClass !== undefined && { outputProbabilityOfClass }),
    ...(facts.intensities !== undefined && { integerIntensities: true }),
    forest,
    ...(apocVersion !== undefined && { apocVersion }),
    ...(daubVersion !== undefined && { daubVersion }),
    ...(extraEntries.size > 0 && { extraEntries }),
  };
}

/** Refuses what would need far more memory than its text, before any is taken. */
function checkMemory(
  text: string,
  kernel: number,
  numTrees: number,
  numClasses: number,
  where: string,
): void {
  let numNodes = numTrees;
  for (let at = text.indexOf("if", kernel); at >= 0; at = text.indexOf("if", at + 2)) numNodes += 2;
  if (numNodes * numClasses <= LARGEST_FOREST) return;
  throw new DaubError(
    "classifier",
    `Expected at most ${LARGEST_FOREST} votes, nodes times classes, in ${where} but found ` +
      `${numNodes * numClasses}. Train with fewer or shallower trees.`,
    { expected: LARGEST_FOREST, found: numNodes * numClasses, where },
  );
}

/** The oldest files do not name their kind, but can be told apart. */
function className({ entries }: Header, { probabilityOf }: Footer): string {
  const stated = entries.get("classifier_class_name")?.trim();
  if (stated) return stated;
  if (entries.has("positive_class_identifier")) return "ObjectSegmenter";
  return probabilityOf === undefined ? "PixelClassifier" : "ProbabilityMapper";
}

/** The depth that the header states; Python's None means no limit. */
function statedDepth(header: Header, where: string): number | undefined {
  if (header.entries.get("max_depth")?.trim() === "None") return undefined;
  const depth = requiredCount(header, "max_depth", where);
  return depth <= LARGEST_DEPTH
    ? depth
    : refuseEntry("max_depth", `at most ${LARGEST_DEPTH}`, depth, where);
}

function depthOf({ left, right }: Tree): number {
  const depth = new Int32Array(left.length);
  let deepest = 0;
  for (let node = 0; node < left.length; node++) {
    if (left[node] < 0) continue;
    depth[left[node]] = depth[right[node]] = depth[node] + 1;
    deepest = Math.max(deepest, depth[node] + 1);
  }
  return deepest;
}

function classNumbers(
  footer: Footer,
  facts: VersionFacts,
  numClasses: number,
  where: string,
): readonly number[] {
  if (footer.classes) return footer.classes;
  const classes = facts.classes ?? Array.from({ length: numClasses }, (_, k) => k + 1);
  const ascends = classes.every((number, k) =>
    number > (classes[k - 1] ?? 0) && number <= LARGEST_CLASS
  );
  if (classes.length !== numClasses || !ascends) {
    refuseEntry(
      "apoc_version",
      `${numClasses} ascending class numbers from 1 to ${LARGEST_CLASS}`,
      classes.slice(0, 10).join(" "),
      where,
    );
  }
  return classes;
}

/** Whether the leaves hold counts or fractions; leaves of a single vote each are either. */
function votesOf(
  trees: readonly Tree[],
  numClasses: number,
  stated: Votes | undefined,
  where: string,
): Votes {
  let areWhole = true;
  let areFractions = true;
  for (const { left, counts } of trees) {
    for (let node = 0; node < left.length; node++) {
      if (left[node] >= 0) continue;
      let sum = 0;
      for (let k = node * numClasses; k < (node + 1) * numClasses; k++) {
        if (!Number.isInteger(counts[k])) areWhole = false;
        sum += counts[k];
      }
      if (Math.abs(sum - 1) > 1e-6) areFractions = false;
    }
  }
  if (areFractions && !(areWhole && stated === "count")) return "fraction";
  if (areWhole) return "count";
  throw new DaubError(
    "classifier",
    `Expected the leaves of ${where} to hold whole counts, or fractions that sum to 1, but found ` +
      `neither. Use a file as APOC or Daub wrote it.`,
    { expected: "whole counts or fractions that sum to 1", where },
  );
}

function importances(header: Header, numFeatures: number, where: string): Float64Array {
  const text = header.entries.get("feature_importances")?.trim();
  if (!text) return new Float64Array(0);
  const values = text.split(",").map((word) => word.trim() === "" ? NaN : Number(word));
  if (values.length !== numFeatures || !values.every(Number.isFinite)) {
    const found = values.length === numFeatures ? text.slice(0, 40) : `${values.length}`;
    refuseEntry("feature_importances", `${numFeatures} finite numbers`, found, where);
  }
  return Float64Array.from(values);
}
