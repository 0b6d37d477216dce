import type { LabelImage } from "../../labeling/labels.ts";
import { isNothingYet } from "../nothing_yet.ts";
import type { Segmented } from "../segmentation.ts";
import type { LabelView } from "./label_view.ts";
import { ObjectBoxes } from "./label_view_boxes.ts";

/** Labels and the revision of the strokes that they answer. */
export interface RevisedLabels extends LabelImage {
  readonly revision: number;
  /** The number of pixels of every object: the entry i is that of object i + 1. */
  readonly sizes: Uint32Array;
}

/** Shows the newest labels in a view and passes them on; of nothing yet there is nothing to show. */
export async function showLabels(view: LabelView, found: Segmented): Promise<RevisedLabels> {
  const { labels, revision, frame } = found;
  await view.prepare(labels);
  if (isNothingYet(found)) return { ...labels, revision, sizes: new Uint32Array() };
  view.show(labels, revision, frame);
  view.explain(found);
  // After they are seen, and before somebody asks: in a large image that takes a while.
  const { sizes } = await ObjectBoxes.prepare(labels);
  return { ...labels, revision, sizes };
}
