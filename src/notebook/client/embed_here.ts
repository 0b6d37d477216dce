/// <reference lib="dom" />
import { type EmbedOptions, putSegmenter } from "./embed/put_segmenter.ts";
import type { Segmenter } from "./embed/segmenter.ts";
import { openPageLine } from "./page_line.ts";

/**
 * The segmenter that any web page can have, as a cell of a notebook: painter and objects in one
 * element, whose value has `annotation`, `labels` and the text of the `classifier`. Everything is
 * computed in the page.
 *
 * ```text
 * viewof segmenter = embed({image: "../samples/blobs.tif"}, invalidation)
 * ```
 *
 * @param invalidation When it settles, the computation ends.
 */
export function embed(options: EmbedOptions, invalidation?: Promise<unknown>): Segmenter {
  const view = putSegmenter(undefined, options, async () => {
    const { line, end } = openPageLine();
    const stop = () => end("the image was closed");
    return { line: await line, isWorker: true, stop };
  });
  invalidation?.then(() => view.dispose());
  return view;
}
