/// <reference lib="dom" />
/**
 * For any web page: the segmenter, `embed` and `<daub-segmenter>`, and `applyClassifier` for many
 * images. `deno task build` makes it one ES module and one stylesheet.
 *
 * @module
 */
import type { EnginePort } from "../../engine_messages.ts";
import { DaubSegmenter } from "./element.ts";
import { program } from "./program.ts";
import { isEngineThread } from "./start_engine.ts";

export { type AppliedResult, applyClassifier, type ClassifierApplication } from "./apply.ts";
export { embed, type EmbedOptions, type ObservableModule } from "./embed.ts";
export type { EmbedImage, Segmenter, SegmenterOptions } from "./segmenter.ts";
export type { SegmenterValue } from "./segmenter_value.ts";
export { DaubSegmenter };

if (isEngineThread()) program(globalThis as unknown as EnginePort);
else if (!globalThis.customElements?.get("daub-segmenter")) {
  globalThis.customElements?.define("daub-segmenter", DaubSegmenter);
}
