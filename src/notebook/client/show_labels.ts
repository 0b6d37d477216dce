import type { LabelImage } from "../../labeling/labels.ts";
import type { EngineResult } from "../engine.ts";
import type { LabelView } from "./label_view.ts";

/** Labels and the revision of the strokes that they answer. */
export interface RevisedLabels extends LabelImage {
  readonly revision: number;
}

/** Shows the newest labels in a view and passes them on. */
export function showLabels(view: LabelView, { labels, revision }: EngineResult): RevisedLabels {
  view.show(labels, revision);
  return { ...labels, revision };
}
