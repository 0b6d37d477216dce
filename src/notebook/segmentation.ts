import type { AnnotationSnapshot } from "./annotation_snapshot.ts";
import type { Engine, EngineOptions, EngineResult, EngineWant } from "./engine.ts";
import { sameOptions } from "./engine_options.ts";
import { type Live, live } from "./live.ts";
import type { ValueSource } from "./value_source.ts";

/** What {@linkcode segmentLive} follows. */
export interface SegmentationSources {
  /** The strokes: a painter, or anything whose value is a snapshot. */
  readonly annotation: ValueSource<AnnotationSnapshot>;
  /** The options: a form, or anything whose value they are. */
  readonly options: ValueSource<EngineOptions> | EngineOptions;
  /** What beside the labels is shown. Default nothing. */
  readonly want?: ValueSource<EngineWant> | EngineWant;
  /** Whether changes are followed at once. Default true. */
  readonly live?: ValueSource<boolean> | boolean;
  /** The time point to segment, of images with several; strokes of all are learnt from. Default 0. */
  readonly frame?: ValueSource<number> | number;
}

/**
 * Keeps a segmentation up to date with strokes and options: results arrive while a stroke goes on;
 * other options cancel what is under way.
 */
export function segmentLive(
  engine: Engine,
  { annotation, options, want = {}, live: isLive = true, frame = 0 }: SegmentationSources,
): Live<EngineResult> {
  interface Inputs extends Record<string, unknown> {
    readonly annotation: AnnotationSnapshot;
    readonly options: EngineOptions;
    readonly want: EngineWant;
    readonly frame: number;
  }
  return live<Inputs, EngineResult>(
    { annotation, options, want, frame },
    ({ annotation, options, want, frame }, context) =>
      engine.compute({
        revision: annotation.revision,
        annotation: annotation.painted(),
        frame,
        options,
        want,
        ...context,
      }),
    {
      live: isLive,
      supersedes: (running, newest) =>
        running.frame !== newest.frame || !sameOptions(running.options, newest.options),
    },
  );
}
