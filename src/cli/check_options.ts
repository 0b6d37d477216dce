import type { Arguments } from "./arguments.ts";
import { isObjectKind, objectKinds, type Purpose } from "./kinds.ts";
import { optionTable } from "./option_table.ts";
import type { Options } from "./options.ts";
import { usageError } from "./usage_error.ts";

const OBJECT_KINDS = `--kind ${objectKinds.join(", ")}`;

/**
 * Refuses options that contradict each other, and says which go together.
 *
 * @throws {DaubError} `options`
 */
export function checkCombination(options: Options, given: Arguments): void {
  checkNames(given);
  if (options.kind !== undefined) checkPurpose(options, options.kind);
  checkSource(options, given);
  const { images, labels, save } = options;
  const measures = measuresOnly(options);
  if (labels.length > 0 && options.classifier === undefined && !measures) checkLabels(options);
  if (measures) checkPurpose(options, "measure");
  const isSample = images.length === 0 && labels.length === 0;
  for (const [name, list] of listsOf(options)) {
    if (isSample && list.length > 0) {
      throw usageError(
        `Expected an IMAGE beside --${name} but found none. Name an image, folder, glob or URL.`,
      );
    }
    const most = images.length || labels.length;
    if (list.length > most) {
      throw usageError(
        `Expected at most one --${name} for each IMAGE, ${most} in all, but found ` +
          `${list.length}. The first belongs to the first IMAGE, the second to the second.`,
        { expected: most, found: list.length, where: `--${name}` },
      );
    }
  }
  if (save !== undefined && !/\.cl$/i.test(save)) {
    throw usageError(
      `Expected a name that ends in .cl behind --save, as APOC wants it, but found "${save}". ` +
        `Try --save ${save}.cl.`,
    );
  }
}

/** Whether the objects in label images are only to be measured or compared with the truth. */
export function measuresOnly(options: Options): boolean {
  const { annotations, classifier, labels, kind } = options;
  return labels.length > 0 && annotations.length === 0 && classifier === undefined &&
    kind === undefined;
}

function listsOf({ annotations, labels, truths }: Options): [string, readonly string[]][] {
  return [["annotation", annotations], ["labels", labels], ["truth", truths]];
}

/** Refuses names that are empty. */
function checkNames({ values, lists }: Arguments): void {
  for (const name of ["out", "annotation", "classifier", "labels", "truth", "save"]) {
    if (values.get(name) !== "" && !lists.get(name)?.includes("")) continue;
    throw usageError(`Expected a name behind --${name} but found nothing. Give one.`);
  }
}

/** Refuses a run that does not say by which classifier, trained or saved. */
function checkSource(options: Options, given: Arguments): void {
  const { images, annotations: [annotation], classifier } = options;
  if (annotation !== undefined && classifier !== undefined) {
    throw usageError(
      "Expected either --annotation STROKES, to train a classifier, or --classifier FILE.cl, to " +
        "apply a saved one, but found both. Leave one of them out.",
    );
  }
  if (classifier !== undefined) {
    const surplus = optionTable.filter(({ name, trains }) => trains && given.values.has(name));
    if (surplus.length > 0) {
      throw usageError(
        `Expected no ${surplus.map(({ name }) => `--${name}`).join(", ")} beside --classifier: ` +
          `a saved classifier is applied as it is. Leave that out, or train anew with ` +
          `--annotation STROKES.`,
      );
    }
    if (images.length === 0 && options.labels.length === 0) {
      throw usageError(
        "Expected an IMAGE beside --classifier but found none. Name an image, folder, glob or URL.",
      );
    }
    return;
  }
  if (annotation !== undefined) return;
  if (measuresOnly(options)) {
    const surplus = optionTable.filter(({ name, trains }) => trains && given.values.has(name));
    if (options.statistics) throw withoutClassifier("--statistics");
    if (surplus.length > 0) throw withoutClassifier(`--${surplus[0].name}`);
    if (options.measure !== undefined || options.truths.length > 0) return;
    throw usageError(
      `Expected --measure or --truth TRUTH beside --labels alone, or ${OBJECT_KINDS} with ` +
        `--annotation STROKES or --classifier FILE.cl, but found none of them. Add what is to be ` +
        `done with the objects.`,
    );
  }
  if (images.length > 0 || options.labels.length > 0) {
    const isAboutObjects = options.labels.length === 0 && options.kind === undefined &&
      (options.measure !== undefined || options.truths.length > 0);
    throw usageError(
      `Expected --annotation STROKES, to train on ${images[0] ?? options.labels[0]}, or ` +
        `--classifier FILE.cl, to apply a saved classifier, ` +
        (isAboutObjects
          ? "or --labels LABELS, to measure or compare objects as they are, but found none of them"
          : "but found neither") +
        `. Add one of them.`,
    );
  }
}

function withoutClassifier(option: string) {
  return usageError(
    `Expected --annotation STROKES or --classifier FILE.cl beside ${option} but found neither. ` +
      `Add one of them, or leave ${option} out.`,
  );
}

/** Refuses labels for a classifier of pixels that is to be trained. */
function checkLabels({ kind }: Options): void {
  if (kind !== undefined && isObjectKind(kind)) return;
  throw usageError(
    `Expected ${OBJECT_KINDS} beside --labels and --annotation but found ` +
      `${kind === undefined ? "no --kind" : `--kind ${kind}`}. Add what is to be learnt of the ` +
      `objects, or leave --labels out to train on the pixels of IMAGE.`,
  );
}

/** Refuses options that mean nothing for a purpose, given or read from a classifier. */
export function checkPurpose(options: Options, purpose: Purpose): void {
  const { connectivity, format, positiveClass, labels, measure, truths } = options;
  if (isObjectKind(purpose) && labels.length === 0) {
    throw usageError(
      `Expected --labels LABELS beside --kind ${purpose}, which works on objects found before, but ` +
        `found none. Find them with --kind object first.`,
    );
  }
  if (!isObjectKind(purpose) && purpose !== "measure" && labels.length > 0) {
    throw usageError(
      `Expected --labels with ${OBJECT_KINDS}, or with --measure and --truth alone, but found it ` +
        `with --kind ${purpose}, which finds its own. Leave --labels out.`,
    );
  }
  if (connectivity !== undefined && purpose !== "object") {
    throw usageError(
      `Expected --connectivity with objects only, because it says which pixels form one, but ` +
        `found it with ${describe(purpose)}. Leave --connectivity out.`,
    );
  }
  const hasClass = ["object", "probability", "object-selector"].includes(purpose);
  if (positiveClass !== undefined && !hasClass) {
    throw usageError(
      `Expected --class with --kind object, probability or object-selector but found it with ` +
        `${describe(purpose)}. Leave --class out.`,
    );
  }
  if (format === "png" && purpose === "probability") {
    throw usageError(
      "Expected --format tif for probabilities, which are fractions on several pages, but found " +
        "png. Leave --format png out.",
    );
  }
  const isOfPixels = purpose === "pixel" || purpose === "probability";
  if (measure !== undefined && isOfPixels) {
    throw usageError(
      `Expected --measure with kinds that find objects (object, ${objectKinds.join(", ")}) or ` +
        `with --labels alone but found it with --kind ${purpose}. Leave --measure out.`,
    );
  }
  if (truths.length > 0 && (purpose === "probability" || purpose === "object-classifier")) {
    throw usageError(
      `Expected --truth with --kind object, pixel, object-selector or object-merger, or with ` +
        `--labels alone, but found it with --kind ${purpose}. Leave --truth out.`,
    );
  }
}

function describe(purpose: Purpose): string {
  return purpose === "measure" ? "--labels alone" : `--kind ${purpose}`;
}
