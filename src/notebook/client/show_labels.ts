import type { LabelImage } from "../../labeling/labels.ts";
import type { Segmented } from "../segmentation.ts";
import type { LabelView } from "./label_view.ts";

/** Labels and the revision of the strokes that they answer. */
export interface RevisedLabels extends LabelImage {
  readonly revision: number;
}

/** Shows the newest labels in a view and passes them on. */
export function showLabels(view: LabelView, found: Segmented): RevisedLabels {
  const { labels, revision, frame } = found;
  view.show(labels, revision, frame);
  view.explain(found);
  return { ...labels, revision };
}
