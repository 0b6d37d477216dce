/** What to find in the pixels of an image. */
export type PixelKind = "object" | "pixel" | "probability";

/** What to find out about objects that were found before. */
export type ObjectKind = "object-classifier" | "object-selector" | "object-merger";

/** What a classifier is for. */
export type Kind = PixelKind | ObjectKind;

/** What is done with an image: what a classifier is for, or to measure objects as they are. */
export type Purpose = Kind | "measure";

/** What a kind is called in a classifier file. */
export const classNames = {
  "object": "ObjectSegmenter",
  "pixel": "PixelClassifier",
  "probability": "ProbabilityMapper",
  "object-classifier": "ObjectClassifier",
  "object-selector": "ObjectSelector",
  "object-merger": "ObjectMerger",
} as const satisfies Record<Kind, string>;

/** All kinds. */
export const kinds = Object.keys(classNames) as Kind[];

/** The kinds that work on objects. */
export const objectKinds = ["object-classifier", "object-selector", "object-merger"] as const;

/** Whether a purpose is one of a classifier of objects. */
export function isObjectKind(purpose: Purpose): purpose is ObjectKind {
  return (objectKinds as readonly Purpose[]).includes(purpose);
}
