import { dirname, join } from "node:path";
import { DaubError } from "../errors.ts";
import { resolveFeatures } from "../features/presets.ts";
import { parseFeatures } from "../features/specification.ts";
import { checkDimensions } from "./check_dimensions.ts";
import { checkPurpose, measuresOnly } from "./check_options.ts";
import { loadClassifier, openClassifier, type SavedClassifier } from "./classifier.ts";
import { type Companion, findCompanionsOf } from "./companions.ts";
import { findInputs, identify, type Input, type Inputs, isPath } from "./inputs.ts";
import { Journal } from "./journal.ts";
import { classNames, isObjectKind, type Kind, type Purpose } from "./kinds.ts";
import type { Options } from "./options.ts";
import { checkWritable, refuseInputs } from "./result_paths.ts";
import { bundledSample } from "./sample.ts";
import { usageError } from "./usage_error.ts";

/** A run with everything found that can be found before computing. */
export interface Preparation {
  readonly inputs: readonly Input[];
  /** Images that cannot be worked on, in a run that goes on nevertheless. */
  readonly problems: readonly DaubError[];
  readonly purpose: Purpose;
  /** A classifier that was saved earlier. */
  readonly saved?: SavedClassifier;
  /** Where to save the one that is trained. */
  readonly save?: string;
  /** The identities of the files being read. */
  readonly reading: ReadonlySet<string>;
  /** What is remembered of runs over several images, and of the sample. */
  readonly journal?: Journal;
}

/**
 * Checks everything that can be checked before computing: the images and what belongs to them, the
 * classifier, and the feature specification.
 */
export async function prepare(options: Options): Promise<Preparation> {
  const { classifier } = options;
  if (classifier === undefined) checkFeatures(options);
  const { inputs, problems } = await findAll(options);
  const saved = classifier === undefined
    ? undefined
    : await loadClassifier(classifier, options.kind);
  const purpose = measuresOnly(options) ? "measure" : saved?.kind ?? options.kind ?? "object";
  checkPurpose(options, purpose);
  const tool = saved && openClassifier(saved);
  if (tool && "dimensions" in tool) checkDimensions(options, tool.dimensions);
  const save = saved || purpose === "measure"
    ? undefined
    : options.save ?? join(options.out, `${classNames[purpose as Kind]}.cl`);
  const files = inputs.flatMap(({ source, annotation, labels, truth }) => [
    source,
    ...[annotation, labels, truth].filter((name) => name !== undefined),
  ]);
  if (classifier !== undefined) files.push(classifier);
  const reading = new Set(await Promise.all(files.filter(isPath).map(identify)));
  if (save !== undefined) await refuseInputs([save], reading);
  await checkWritable(options.out, "--out");
  if (save !== undefined) await checkWritable(dirname(save), "--save");
  const isMany = inputs.length + problems.length > 1;
  await Journal.removeSecondNames(options.out);
  const journal = isMany || options.bare ? await Journal.read(options.out) : undefined;
  return { inputs, problems, purpose, saved, save, reading, journal };
}

function isSample({ images, labels }: Options): boolean {
  return images.length === 0 && labels.length === 0;
}

/** The images with the files that belong to them. */
async function findAll(
  options: Options,
): Promise<{ inputs: readonly Input[]; problems: readonly DaubError[] }> {
  const { annotations, truths, channels } = options;
  if (isSample(options)) return { inputs: [{ ...bundledSample(), channels }], problems: [] };
  const isLabelsOnly = options.images.length === 0;
  const found = isLabelsOnly
    ? await findInputs(options.labels, [...annotations, ...truths], "labels")
    : await findInputs(options.images, [...annotations, ...options.labels, ...truths]);
  const problems = problemsOf(found, options);
  const lists: [Companion, readonly string[]][] = [
    ["annotation", annotations],
    ["labels", isLabelsOnly ? [] : options.labels],
    ["truth", truths],
  ];
  if (channels && isLabelsOnly) {
    throw usageError(
      "Expected an IMAGE beside --channels but found --labels only. Name the image, or leave " +
        "--channels out.",
    );
  }
  let inputs: readonly Input[] = found.inputs.map((input) =>
    channels ? { ...input, channels } : input
  );
  for (const [companion, given] of lists) {
    const files = await findCompanionsOf(found.groups, companion, given);
    inputs = inputs.map((input, i) => {
      const file = files.get(found.inputs[i]);
      return file === undefined ? input : { ...input, [companion]: file };
    });
    if (!isLabelsOnly) await refuseItself(inputs, companion);
    if (companion === "annotation" || given.length === 0) continue;
    expectAll(inputs, companion, found.problems.length > 0);
  }
  return { inputs, problems };
}

/** Refuses an image in the place of what belongs to it, as when a folder is named twice. */
async function refuseItself(inputs: readonly Input[], companion: Companion): Promise<void> {
  for (const { source, [companion]: file } of inputs) {
    if (file === undefined || !isPath(source) || !isPath(file)) continue;
    if (await identify(file) !== await identify(source)) continue;
    const what = companion === "annotation"
      ? "the strokes painted on it"
      : companion === "labels"
      ? "the objects found in it"
      : "what is true of it";
    throw usageError(
      `Expected --${companion} to name another file than the image, with ${what}, but found ` +
        `${source} itself. Name the ${companion === "annotation" ? "strokes" : "label image"}.`,
      { found: source, where: `--${companion}` },
    );
  }
}

/** Refuses a part of the images to lack labels or a truth. */
function expectAll(inputs: readonly Input[], companion: Companion, hasProblems: boolean): void {
  const missing = inputs.filter((input) => input[companion] === undefined);
  if (missing.length === 0 || hasProblems) return;
  const names = missing.map(({ source }) => source);
  throw usageError(
    `Expected --${companion} for every IMAGE but found none for ${names.join(", ")}. Add ` +
      `--${companion} for each in the same order, or name a folder that holds a file for each.`,
    { found: names, where: `--${companion}` },
  );
}

/** The names that stand for nothing, where the run can do without them. */
function problemsOf({ problems }: Inputs, options: Options): DaubError[] {
  // Nothing can be done without the images to train on, which come first.
  const needed = options.images.slice(0, options.annotations.length);
  for (const { name, error } of problems) {
    if (!options.continueOnError || needed.includes(name)) throw error;
  }
  return problems.map(({ error }) => error);
}

/** Refuses a specification on the command line before anything is read. */
function checkFeatures({ features, kind }: Options): void {
  if (features === undefined || (kind && isObjectKind(kind))) return;
  try {
    parseFeatures(resolveFeatures(features));
  } catch (error) {
    if (!(error instanceof DaubError)) throw error;
    const { message, expected, found } = error;
    throw usageError(`--features: ${message}`, { expected, found, where: "--features" });
  }
}
