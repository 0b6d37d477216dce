import { readClassifierText } from "../classifiers/classifier.ts";
import { ObjectClassifier } from "../classifiers/object_classifier.ts";
import { ObjectMerger } from "../classifiers/object_merger.ts";
import { ObjectSegmenter } from "../classifiers/object_segmenter.ts";
import { ObjectSelector } from "../classifiers/object_selector.ts";
import { PixelClassifier } from "../classifiers/pixel_classifier.ts";
import { ProbabilityMapper } from "../classifiers/probability_mapper.ts";
import { DaubError } from "../errors.ts";
import { parseClassifierFile } from "../forest/classifier_file/mod.ts";
import { classNames, type Kind, kinds, type ObjectKind, type PixelKind } from "./kinds.ts";

/** The classes of classifiers by kind. */
export const classifierTypes = {
  "object": ObjectSegmenter,
  "pixel": PixelClassifier,
  "probability": ProbabilityMapper,
  "object-classifier": ObjectClassifier,
  "object-selector": ObjectSelector,
  "object-merger": ObjectMerger,
} as const;

/** A classifier of one of the kinds that work on pixels. */
export type PixelTool = InstanceType<typeof classifierTypes[PixelKind]>;

/** A classifier of one of the kinds that work on objects. */
export type ObjectTool = InstanceType<typeof classifierTypes[ObjectKind]>;

/** A classifier of any kind. */
export type Tool = PixelTool | ObjectTool;

/** A classifier as it is saved, which is what is told from one thread to another. */
export interface SavedClassifier {
  readonly kind: Kind;
  readonly text: string;
  /** What messages call it. */
  readonly where?: string;
}

/** The kind of a classifier. */
export function kindOf({ className }: Tool): Kind {
  return kinds.find((kind) => classNames[kind] === className)!;
}

/**
 * Reads a saved classifier.
 *
 * @param kind What it must be for; anything when undefined.
 * @throws {DaubError} `classifier` when the file is damaged or for something else.
 */
export async function loadClassifier(source: string, kind?: Kind): Promise<SavedClassifier> {
  const { text } = await readClassifierText(source);
  const className = kind ? classNames[kind] : parseClassifierFile(text, source).className;
  const found = kinds.find((kind) => classNames[kind] === className);
  if (found === undefined) {
    throw new DaubError(
      "classifier",
      `Expected a classifier of pixels or objects (${Object.values(classNames).join(", ")}) but ` +
        `found ${className} in ${source}. Choose a file that was trained on strokes.`,
      { expected: Object.values(classNames), found: className, where: source },
    );
  }
  const saved = { kind: found, text, where: source };
  openClassifier(saved);
  return saved;
}

/**
 * Understands a saved classifier.
 *
 * @throws {DaubError} `classifier` when it is damaged or for something else.
 */
export function openClassifier({ kind, text, where }: SavedClassifier): Tool {
  return classifierTypes[kind].parse(text, where);
}
