import type { AnnotationSnapshot } from "./annotation_snapshot.ts";
import type { Engine, EngineOptions, EngineResult, EngineWant } from "./engine.ts";
import { sameOptions } from "./engine_options.ts";
import { type Live, live } from "./live.ts";
import type { LiveSource } from "./live_switch.ts";
import type { ValueSource } from "./value_source.ts";

/** What {@linkcode segmentLive} follows. */
export interface SegmentationSources {
  /** The strokes: a painter, or anything whose value is a snapshot. */
  readonly annotation: ValueSource<AnnotationSnapshot> & {
    /** The time point that is looked at, as a painter has one. */
    readonly frame?: ValueSource<number>;
  };
  /** The options: a form, or anything whose value they are. */
  readonly options: ValueSource<EngineOptions> | EngineOptions;
  /** What beside the labels is shown. Default nothing. */
  readonly want?: ValueSource<EngineWant> | EngineWant;
  /** Whether changes are followed at once. Default true. */
  readonly live?: LiveSource | boolean;
  /**
   * The time point to segment, of images with several; strokes of all are learnt from. Default the
   * one that a painter shows, else 0.
   */
  readonly frame?: ValueSource<number> | number;
}

/** A result and the options that it answers. */
export interface Segmented extends EngineResult {
  readonly options: EngineOptions;
}

/**
 * Keeps a segmentation up to date with strokes and options: results arrive while a stroke goes on;
 * other options cancel what is under way.
 */
export function segmentLive(
  engine: Engine,
  sources: SegmentationSources,
): Live<Segmented> {
  const { annotation, options, want = {}, live: isLive = true } = sources;
  const frame = sources.frame ?? annotation.frame ?? 0;
  interface Inputs extends Record<string, unknown> {
    readonly annotation: AnnotationSnapshot;
    readonly options: EngineOptions;
    readonly want: EngineWant;
    readonly frame: number;
  }
  return live<Inputs, Segmented>(
    { annotation, options, want, frame },
    async ({ annotation, options, want, frame }, context) => {
      const result = await engine.compute({
        revision: annotation.revision,
        // Only where it is asked for: a server has the strokes already, and they may be long.
        get annotation() {
          return annotation.painted();
        },
        frame,
        options,
        want,
        ...context,
      });
      return { ...result, options };
    },
    {
      live: isLive,
      supersedes: (running, newest) =>
        running.frame !== newest.frame || !sameOptions(running.options, newest.options),
    },
  );
}
