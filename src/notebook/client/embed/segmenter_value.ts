import type { Image } from "../../../image/image.ts";
import type { LabelImage } from "../../../labeling/labels.ts";
import type { AnnotationSnapshot } from "../../annotation_snapshot.ts";
import type { EngineResult } from "../../engine.ts";

/**
 * What a segmenter holds at one moment; it does not change when painting goes on. Labels and
 * classifier are those of the newest result, which may answer an earlier revision.
 */
export class SegmenterValue {
  readonly #snapshot: AnnotationSnapshot;
  readonly #result: EngineResult | undefined;
  #annotation: Image<Uint8Array> | undefined;

  constructor(snapshot: AnnotationSnapshot, result: EngineResult | undefined) {
    this.#snapshot = snapshot;
    this.#result = result;
  }

  /** Grows with every change of the annotation. */
  get revision(): number {
    return this.#snapshot.revision;
  }

  /** The painted class numbers, 0 where nothing was painted. */
  get annotation(): Image<Uint8Array> {
    return this.#annotation ??= this.#snapshot.toImage();
  }

  /** The objects; undefined until two classes have been painted. */
  get labels(): LabelImage | undefined {
    return this.#result?.labels;
  }

  /** The revision that labels and classifier answer. */
  get answered(): number | undefined {
    return this.#result?.revision;
  }

  /** The text of the classifier's `.cl` file. */
  get classifier(): string | undefined {
    return this.#result?.classifier.text;
  }
}
