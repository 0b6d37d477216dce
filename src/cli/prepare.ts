import { dirname, join } from "node:path";
import { DaubError } from "../errors.ts";
import { parseFeatures } from "../features/specification.ts";
import { resolveFeatures } from "../features/presets.ts";
import { type Classifier, kindOf, loadClassifier } from "./classifier.ts";
import { inImage } from "./failure.ts";
import { findInputs, identify, type Input, isPath } from "./inputs.ts";
import { checkKind, type Options } from "./options.ts";
import { classNames } from "./result_names.ts";
import {
  checkWritable,
  type Destination,
  existingResults,
  findExisting,
  refuseInputs,
} from "./result_paths.ts";
import { bundledSample, SampleRecord } from "./sample.ts";
import { usageError } from "./usage_error.ts";
import { existingError } from "./write_error.ts";

/** A run with everything found that can be found before computing. */
export interface Preparation {
  readonly inputs: readonly Input[];
  /** Images that cannot be worked on, in a run that goes on nevertheless. */
  readonly problems: readonly DaubError[];
  readonly annotation?: string;
  /** A classifier that was saved earlier. */
  readonly saved?: Classifier;
  /** Where to save the one that is trained. */
  readonly save?: string;
  readonly destination: Destination;
  /** The identities of the files being read. */
  readonly reading: ReadonlySet<string>;
  readonly record?: SampleRecord;
  readonly mayReplace: (path: string) => boolean;
}

/**
 * Checks everything that can be checked before computing: the images, the classifier, the feature
 * specification, and that no result is there already.
 */
export async function prepare(options: Options): Promise<Preparation> {
  const sample = options.images.length === 0 ? bundledSample() : undefined;
  const annotation = sample?.annotation ?? options.annotation;
  const found = sample
    ? { inputs: [sample.image], problems: [] }
    : await findInputs(options.images, annotation === undefined ? [] : [annotation]);
  // Nothing can be done without the image to train on, which is the first.
  const isNeeded = (name: string) => annotation !== undefined && name === options.images[0];
  const problems: DaubError[] = [];
  for (const { name, error } of found.problems) {
    if (!options.continueOnError || isNeeded(name)) throw error;
    problems.push(error);
  }
  if (options.classifier === undefined) checkFeatures(options.features);
  const saved = options.classifier === undefined
    ? undefined
    : await loadClassifier(options.classifier, options.kind);
  const kind = saved ? kindOf(saved) : options.kind ?? "object";
  checkKind(options, kind);
  const save = saved ? undefined : options.save ?? join(options.out, `${classNames[kind]}.cl`);
  const destination: Destination = { out: options.out, kind, format: options.format };
  const record = sample && await SampleRecord.read(options.out);
  const own = options.bare && record ? await record.unchanged() : new Set<string>();
  // The record itself is no result, and is renewed by every run of the sample.
  const mayReplace = (path: string) => options.overwrite || own.has(path) || path === record?.path;
  const reading = await identifyAll([
    ...found.inputs.map(({ source }) => source),
    ...[annotation, options.classifier].filter((name) => name !== undefined),
  ]);
  if (save !== undefined) await refuseInputs([save], reading);
  const inputs: Input[] = [];
  const earlier = await findExisting(save === undefined ? [] : [save], mayReplace);
  for (const input of found.inputs) {
    const existing = (await existingResults(input, destination)).filter((p) => !mayReplace(p));
    const needed = annotation !== undefined && input === found.inputs[0];
    if (existing.length === 0) inputs.push(input);
    else if (needed || !options.continueOnError) earlier.push(...existing);
    else problems.push(inImage(existingError(existing), input.source));
  }
  if (earlier.length > 0) throw existingError(earlier);
  await checkWritable(options.out, "--out");
  if (save !== undefined) await checkWritable(dirname(save), "--save");
  return { inputs, problems, annotation, saved, save, destination, reading, record, mayReplace };
}

async function identifyAll(sources: readonly string[]): Promise<Set<string>> {
  return new Set(await Promise.all(sources.filter(isPath).map(identify)));
}

/** Refuses a specification on the command line before anything is read. */
function checkFeatures(features: string): void {
  try {
    parseFeatures(resolveFeatures(features));
  } catch (error) {
    if (!(error instanceof DaubError)) throw error;
    const { message, expected, found } = error;
    throw usageError(`--features: ${message}`, { expected, found, where: "--features" });
  }
}
