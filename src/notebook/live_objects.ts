import type { AnnotationSnapshot } from "./annotation_snapshot.ts";
import { type Live, live } from "./live.ts";
import type { LiveSource } from "./live_switch.ts";
import type {
  ClassifiedObjects,
  MergedObjects,
  MergingOptions,
  ObjectComputer,
  ObjectOptions,
} from "./object_workbench.ts";
import type { ValueSource } from "./value_source.ts";

/** What is followed: strokes, options, and whether at once. */
export interface ObjectSources<Options> {
  /** The objects that the computer has measured: what is learnt is learnt of these. */
  readonly objects?: { readonly count: number };
  /** The strokes: a painter, or anything whose value is a snapshot. */
  readonly annotation: ValueSource<AnnotationSnapshot>;
  /** A form, or anything whose value the options are. */
  readonly options: ValueSource<Options> | Options;
  /** Whether changes are followed at once. Default true. */
  readonly live?: LiveSource | boolean;
}

/** The strokes that a result answers, and how many objects it is of. */
export interface OfRevision {
  readonly revision: number;
  readonly count: number;
}

/**
 * Keeps the classes of measured objects up to date with strokes over them: one computation is under
 * way, the newest strokes are next, and nothing is measured again.
 */
export function classifyLive(
  computer: ObjectComputer,
  { annotation, options, live: isLive = true }: ObjectSources<ObjectOptions>,
): Live<ClassifiedObjects & OfRevision> {
  interface Inputs extends Record<string, unknown> {
    readonly annotation: AnnotationSnapshot;
    readonly options: ObjectOptions;
  }
  return live<Inputs, ClassifiedObjects & OfRevision>(
    { annotation, options },
    async ({ annotation, options }, { signal }) => {
      const found = await computer.classify(annotation.toImage(), options, signal);
      return { ...found, revision: annotation.revision, count: found.labels.length };
    },
    { live: isLive },
  );
}

/** Keeps merged pieces up to date with strokes across their borders. */
export function mergeLive(
  computer: ObjectComputer,
  { annotation, options, live: isLive = true }: ObjectSources<MergingOptions>,
): Live<MergedObjects & OfRevision> {
  interface Inputs extends Record<string, unknown> {
    readonly annotation: AnnotationSnapshot;
    readonly options: MergingOptions;
  }
  return live<Inputs, MergedObjects & OfRevision>(
    { annotation, options },
    async ({ annotation, options }, { signal }) => {
      const found = await computer.merge(annotation.toImage(), options, signal);
      return { ...found, revision: annotation.revision, count: found.labels.count };
    },
    { live: isLive },
  );
}
