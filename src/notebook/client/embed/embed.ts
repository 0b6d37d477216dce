/// <reference lib="dom" />
import { program } from "./program.ts";
import { type EmbedOptions, putSegmenter } from "./put_segmenter.ts";
import type { Segmenter } from "./segmenter.ts";
import { startEngine } from "./start_engine.ts";

export type { EmbedOptions, ObservableModule } from "./put_segmenter.ts";

/**
 * Puts a segmenter into a page: the user paints a little background and a little of an object, and
 * the objects appear while the brush moves. Everything is computed in the page.
 *
 * The element returned is an Observable view: its `value` holds `annotation`, `labels` and the
 * `classifier`'s text, and `input` events tell of changes.
 *
 * ```html
 * <link rel="stylesheet" href="daub.css">
 * <div id="here"></div>
 * <script type="module">
 *   import { embed } from "./daub.js";
 *   const view = embed(document.querySelector("#here"), { image: "blobs.tif" });
 *   view.addEventListener("input", () => console.log(view.value.labels?.count));
 * </script>
 * ```
 *
 * @param element Where it goes, or nothing to put it somewhere later.
 */
export function embed(element: Element | null | undefined, options: EmbedOptions): Segmenter {
  return putSegmenter(element, options, () => startEngine(program));
}
