import type { Purpose } from "./kinds.ts";
import type { Format, TableFormat } from "./options.ts";

/** A picture or label image that is written. */
export type Result =
  | "labels"
  | "classes"
  | "probability"
  | "overlay"
  | "object_classes"
  | "object_classes_overlay"
  | "selected"
  | "selected_overlay"
  | "merged"
  | "merged_overlay";

/** The images that a run writes for an image. */
export const resultsOf: Readonly<Record<Purpose, readonly Result[]>> = {
  "object": ["labels", "overlay"],
  "pixel": ["classes", "overlay"],
  "probability": ["probability"],
  "object-classifier": ["object_classes", "object_classes_overlay"],
  "object-selector": ["selected", "selected_overlay"],
  "object-merger": ["merged", "merged_overlay"],
  "measure": [],
};

/** What the table of the objects is called: as the label image it is of, or as was given. */
export function tableResult(purpose: Purpose): Result {
  return resultsOf[purpose][0] ?? "labels";
}

/**
 * The name of a result file, for example `"cells_labels.tif"`, or `"cells_t0003_labels.tif"` for
 * one of several time frames.
 */
export function resultName(stem: string, result: Result, format: Format, frame?: number): string {
  const ending = result.endsWith("overlay") ? "png" : result === "probability" ? "tif" : format;
  return `${stem}${time(frame)}_${result}.${ending}`;
}

/** The name of a table, for example `"cells_labels.csv"` beside `"cells_labels.tif"`. */
export function tableName(
  stem: string,
  purpose: Purpose,
  format: TableFormat,
  frame?: number,
): string {
  return `${stem}${time(frame)}_${tableResult(purpose)}.${format}`;
}

function time(frame: number | undefined): string {
  return frame === undefined ? "" : `_t${String(frame).padStart(4, "0")}`;
}

/** Whether a file bears the name of one of our results. */
export function isResultName(name: string): boolean {
  return /_((labels|classes|selected|merged)\.(tif|png|csv)|probability\.tif|overlay\.png)$/
    .test(name);
}
