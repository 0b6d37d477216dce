import type { Annotation } from "./annotation.ts";
import type { AnnotationSnapshot } from "./annotation_snapshot.ts";
import type { ValueSource } from "./value_source.ts";

/** An annotation as a view without a page: its value is the newest snapshot. */
export class AnnotationSource extends EventTarget implements ValueSource<AnnotationSnapshot> {
  /** What is painted into. */
  readonly annotation: Annotation;

  constructor(annotation: Annotation) {
    super();
    this.annotation = annotation;
    annotation.listen(() => this.dispatchEvent(new Event("input")));
  }

  /** The annotation as it is now. */
  get value(): AnnotationSnapshot {
    return this.annotation.snapshot();
  }
}
