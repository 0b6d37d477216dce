import type { Engine } from "../engine.ts";
import { qualityLive as followQuality, type QualitySources } from "../live_quality.ts";
import type { LabelImage } from "../../labeling/labels.ts";
import type { Live } from "../live.ts";
import {
  mergeLive as followBorders,
  type ObjectSources,
  type OfRevision,
} from "../live_objects.ts";
import { meanwhile } from "../meanwhile.ts";
import { noQualityYet, nothingMergedYet, nothingYet } from "../nothing_yet.ts";
import type { MergedObjects, MergingOptions, ObjectComputer } from "../object_workbench.ts";
import {
  type SegmentationSources,
  type Segmented,
  segmentLive as followStrokes,
} from "../segmentation.ts";
import type { QualityComputer, TrainingQuality } from "../training_quality.ts";
import { Value, type ValueSource } from "../value_source.ts";

/** What {@linkcode segmentLive} follows. */
export interface FollowedStrokes extends SegmentationSources {
  /**
   * Whether there is a segmentation without objects until the first result. Default true; false
   * where objects are measured.
   */
  readonly meanwhile?: boolean;
}

/**
 * Keeps a segmentation up to date with strokes and options. Before the first result there is one
 * without objects, so that what is drawn from it has its place on the page from the start.
 */
export function segmentLive(engine: Engine, sources: FollowedStrokes): Live<Segmented> {
  const options = asSource(sources.options);
  const want = asSource(sources.want ?? {});
  const results = followStrokes(engine, sources);
  if (sources.meanwhile === false) return results;
  return meanwhile(results, options, () => nothingYet(engine.image, options.value, want.value));
}

/**
 * Keeps out-of-bag accuracy, confusion and correlations up to date with strokes and options. Before
 * the first result there is one without values.
 */
export function qualityLive(
  computer: QualityComputer,
  sources: QualitySources,
): Live<TrainingQuality & { readonly revision: number }> {
  const results = followQuality(computer, sources);
  return meanwhile(results, new Value(undefined), () => noQualityYet(sources.features.names));
}

/** What {@linkcode mergeLive} follows. */
export interface FollowedBorders extends ObjectSources<MergingOptions> {
  /** What stands for the merged objects until the first result. */
  readonly pieces?: LabelImage;
}

/**
 * Keeps merged pieces up to date with strokes across their borders. Before the first result they are
 * the pieces themselves, if these are given.
 */
export function mergeLive(
  computer: ObjectComputer,
  { pieces, ...sources }: FollowedBorders,
): Live<MergedObjects & OfRevision> {
  const options = asSource(sources.options);
  const results = followBorders(computer, sources);
  if (!pieces) return results;
  return meanwhile(results, options, () => nothingMergedYet(pieces, options.value));
}

function asSource<T>(value: ValueSource<T> | T): ValueSource<T> {
  const isSource = typeof value === "object" && value !== null && "addEventListener" in value;
  return isSource ? value as ValueSource<T> : new Value(value as T);
}
