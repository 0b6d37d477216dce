/// <reference lib="dom" />
import type { Image } from "../../image/image.ts";
import { mostUncertainRegion, type UncertainRegion } from "../uncertain_region.ts";
import { element } from "./painter/element.ts";
import type { Painter } from "./painter/paint.ts";

/** A button that shows the painter's next place. */
export interface WhereNext extends HTMLElement {
  /** Takes the newest uncertainty. */
  show(uncertainty: Image<Float32Array>): void;
}

/** How large the place is shown, in pixels of the screen for one of the image. */
const SCALE = 6;

/**
 * A button that moves a painter to the place where the classifier is least certain. Who presses it
 * again without having painted there sees the next such place, and after the last one the first.
 */
export function whereNext(painter: Painter): WhereNext {
  let uncertainty: Image<Float32Array> | undefined;
  /** The places that were shown of this uncertainty, at the time point in view. */
  let seen: UncertainRegion[] = [];
  let time = 0;
  const status = element("output", {});
  const find = () => {
    const { t } = painter.viewport.view;
    if (t !== time) seen = [];
    time = t;
    const annotation = painter.value.toImage(t).data;
    const next = mostUncertainRegion(uncertainty!, { annotation, except: seen });
    if (next) return seen[seen.push(next) - 1];
    if (seen.length === 0) return undefined;
    const first = mostUncertainRegion(uncertainty!, { annotation });
    seen = first ? [first] : [];
    return first;
  };
  const go = () => {
    if (!uncertainty) return;
    const region = find();
    status.textContent = region
      ? `Around ${region.x + (region.width >> 1)}, ${region.y + (region.height >> 1)}, the ` +
        `uncertainty is ${Math.round(100 * region.uncertainty)} %. Paint there.`
      : "Nothing is uncertain.";
    if (!region) return;
    const { x, y, z, width, height } = region;
    painter.viewport.view = { z };
    painter.viewport.centerOn(x + width / 2, y + height / 2, SCALE);
  };
  const button = element(
    "button",
    { type: "button", disabled: true, click: go },
    "Where to paint next",
  );
  return Object.assign(element("div", { class: "where-next" }, button, " ", status), {
    show(next: Image<Float32Array>): void {
      uncertainty = next;
      seen = [];
      // Before there are strokes nothing is known of any pixel.
      button.disabled = Number.isNaN(next.data[0]);
    },
  });
}
