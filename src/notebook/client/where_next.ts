/// <reference lib="dom" />
import type { Image } from "../../image/image.ts";
import { mostUncertainRegion } from "../uncertain_region.ts";
import { element } from "./painter/element.ts";
import type { Painter } from "./painter/paint.ts";

/** A button that shows the painter's next place. */
export interface WhereNext extends HTMLElement {
  /** Takes the newest uncertainty. */
  show(uncertainty: Image<Float32Array>): void;
}

/** How large the place is shown, in pixels of the screen for one of the image. */
const SCALE = 6;

/** A button that moves a painter to the place where the classifier is least certain. */
export function whereNext(painter: Painter): WhereNext {
  let uncertainty: Image<Float32Array> | undefined;
  const status = element("output", {});
  const go = () => {
    if (!uncertainty) return;
    const annotation = painter.value.toImage(painter.viewport.view.t).data;
    const region = mostUncertainRegion(uncertainty, { annotation });
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
      // Before there are strokes nothing is known of any pixel.
      button.disabled = Number.isNaN(next.data[0]);
    },
  });
}
