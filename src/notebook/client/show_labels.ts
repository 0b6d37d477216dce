import type { LabelImage } from "../../labeling/labels.ts";
import { isNothingYet } from "../nothing_yet.ts";
import type { Segmented } from "../segmentation.ts";
import type { LabelView } from "./label_view.ts";

/** Labels and the revision of the strokes that they answer. */
export interface RevisedLabels extends LabelImage {
  readonly revision: number;
}

/** Shows the newest labels in a view and passes them on; of nothing yet there is nothing to show. */
export async function showLabels(view: LabelView, found: Segmented): Promise<RevisedLabels> {
  const { labels, revision, frame } = found;
  await view.prepare(labels);
  if (isNothingYet(found)) return labels as RevisedLabels;
  view.show(labels, revision, frame);
  view.explain(found);
  return { ...labels, revision };
}
