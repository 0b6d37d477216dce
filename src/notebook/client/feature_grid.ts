/// <reference lib="dom" />
import type { Size } from "../../image/image.ts";
import type { EngineClassifier } from "../engine.ts";
import { percent } from "../figures/figure.ts";
import { element } from "./painter/element.ts";
import { figureGrid, planeFigure } from "./plane_figure.ts";

/** The feature planes of an image. */
export interface FeaturePlanes {
  readonly names: readonly string[];
  readonly planes: readonly Float32Array[];
}

/** A picture of every feature, each in its own contrast. */
export interface FeatureGrid extends HTMLElement {
  /** Writes below each feature how much a classifier makes of it. */
  show(classifier: Pick<EngineClassifier, "featureImportances">): void;
}

/** The feature stack as small multiples. */
export function featureGrid({ names, planes }: FeaturePlanes, size: Size): FeatureGrid {
  const notes = new Map<string, HTMLElement>();
  const figures = planes.map((plane, i) => {
    const figure = planeFigure(plane, size, { title: names[i] });
    const note = element("span", {});
    figure.querySelector("figcaption")!.append(note);
    notes.set(names[i], note);
    return figure;
  });
  return Object.assign(figureGrid(figures), {
    show({ featureImportances }: Pick<EngineClassifier, "featureImportances">): void {
      for (const [name, note] of notes) note.textContent = percent(featureImportances[name] ?? 0);
    },
  });
}
