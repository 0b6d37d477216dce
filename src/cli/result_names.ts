import type { Format, Kind } from "./options.ts";

/** A kind of result file. */
export type Result = "labels" | "classes" | "probability" | "overlay";

/** The results that a kind of run writes for an image. */
export const resultsOf: Record<Kind, readonly Result[]> = {
  object: ["labels", "overlay"],
  pixel: ["classes", "overlay"],
  probability: ["probability"],
};

/** What a kind is called in a classifier file. */
export const classNames = {
  object: "ObjectSegmenter",
  pixel: "PixelClassifier",
  probability: "ProbabilityMapper",
} as const;

/**
 * The name of a result file, for example `"cells_labels.tif"`, or `"cells_t0003_labels.tif"` for
 * one of several time frames.
 */
export function resultName(stem: string, result: Result, format: Format, frame?: number): string {
  const time = frame === undefined ? "" : `_t${String(frame).padStart(4, "0")}`;
  const ending = result === "overlay" ? "png" : result === "probability" ? "tif" : format;
  return `${stem}${time}_${result}.${ending}`;
}

/** Whether a file bears the name of one of our results. */
export function isResultName(name: string): boolean {
  return /_((labels|classes)\.(tif|png)|probability\.tif|overlay\.png)$/.test(name);
}
