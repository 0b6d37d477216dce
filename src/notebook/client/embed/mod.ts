/// <reference lib="dom" />
/**
 * The segmenter for any web page: `embed` and `<daub-segmenter>`. `deno task build` makes it one
 * ES module and one stylesheet.
 *
 * @module
 */
import { DaubSegmenter } from "./element.ts";

export { embed, type EmbedOptions, type ObservableModule } from "./embed.ts";
export type { EmbedImage, Segmenter, SegmenterOptions } from "./segmenter.ts";
export type { SegmenterValue } from "./segmenter_value.ts";
export { DaubSegmenter };

if (!customElements.get("daub-segmenter")) customElements.define("daub-segmenter", DaubSegmenter);
