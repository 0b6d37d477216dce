/// <reference lib="dom" />
import type { Size } from "../../image/image.ts";
import type { EngineClassifier } from "../engine.ts";
import { percent } from "../figures/figure.ts";
import { planePicture } from "../plane_picture.ts";
import css from "./feature_gallery.css" with { type: "text" };
import { element } from "./painter/element.ts";
import { StyleSheet } from "./style_sheet.ts";

/** Feature planes by name, as an engine gives them. */
export interface NamedPlanes {
  readonly names: readonly string[];
  readonly planes: readonly Float32Array[];
}

/** A gallery of features: a list whose entries can be given importances. */
export interface FeatureGallery extends HTMLElement {
  /** Shows how much each feature contributes to a classifier; of other features it says nothing. */
  showImportances(classifier: Pick<EngineClassifier, "featureImportances">): void;
}

const styles = new StyleSheet(css);

/**
 * The feature stack as small pictures side by side, each with its own contrast, in the order of the
 * specification.
 *
 * @param z The plane of a volume. Default the middle one.
 */
export function featureGallery(
  { names, planes }: NamedPlanes,
  size: Size,
  { z }: { readonly z?: number } = {},
): FeatureGallery {
  const entries = names.map((name, i) => {
    const { width, height, pixels, low, high } = planePicture(planes[i], size, { z });
    const canvas = element("canvas", {
      width,
      height,
      role: "img",
      "aria-label": name,
      title: `${name}: black ${low.toPrecision(3)}, white ${high.toPrecision(3)}`,
    });
    canvas.getContext("2d")!.putImageData(new ImageData(pixels, width, height), 0, 0);
    const share = element("output", { class: "daub-gallery-share" });
    const meter = element("meter", { min: 0, max: 1, "aria-label": `Importance of ${name}` });
    const caption = element("div", { class: "daub-gallery-name" }, name, share);
    return { name, share, meter, element: element("li", {}, canvas, caption, meter) };
  });
  const root = element(
    "ul",
    { class: "daub-gallery", "aria-label": "Feature stack" },
    ...entries.map((entry) => entry.element),
  );
  styles.follow(root);
  return Object.assign(root, {
    showImportances(
      { featureImportances }: Pick<EngineClassifier, "featureImportances">,
    ): void {
      const largest = Math.max(...Object.values(featureImportances), Number.MIN_VALUE);
      for (const { name, share, meter } of entries) {
        const importance = featureImportances[name];
        share.textContent = importance === undefined ? "" : percent(importance);
        meter.value = (importance ?? 0) / largest;
      }
    },
  });
}
