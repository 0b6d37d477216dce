import type { Engine } from "../engine.ts";
import { qualityLive as followQuality, type QualitySources } from "../live_quality.ts";
import type { LabelImage } from "../../labeling/labels.ts";
import type { Live } from "../live.ts";
import {
  classifyLive as followObjects,
  mergeLive as followBorders,
  type ObjectSources,
  type OfRevision,
} from "../live_objects.ts";
import { meanwhile } from "../meanwhile.ts";
import {
  isNothingYet,
  noQualityYet,
  nothingClassifiedYet,
  nothingMergedYet,
  nothingYet,
} from "../nothing_yet.ts";
import type {
  ClassifiedObjects,
  MergedObjects,
  MergingOptions,
  ObjectComputer,
  ObjectOptions,
} from "../object_workbench.ts";
import {
  type SegmentationSources,
  type Segmented,
  segmentLive as followStrokes,
} from "../segmentation.ts";
import type { QualityComputer, TrainingQuality } from "../training_quality.ts";
import { Value, type ValueSource } from "../value_source.ts";
import type { MeasuredObjects } from "./open_workbench.ts";

/**
 * Keeps a segmentation up to date with strokes and options. Before the first result there is one
 * without objects, so that what is drawn from it has its place on the page from the start.
 */
export function segmentLive(engine: Engine, sources: SegmentationSources): Live<Segmented> {
  const options = asSource(sources.options);
  const want = asSource(sources.want ?? {});
  const results = followStrokes(engine, sources);
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

/** What {@linkcode classifyLive} follows. */
export interface FollowedObjects extends ObjectSources<ObjectOptions> {
  readonly objects: MeasuredObjects;
}

/**
 * Keeps the classes of measured objects up to date with strokes over them. While there are no objects
 * or nothing is painted on them, none has a class.
 */
export function classifyLive(
  computer: ObjectComputer,
  sources: FollowedObjects,
): Live<ClassifiedObjects & OfRevision> {
  const { objects, annotation } = sources;
  const results = followObjects(computer, sources);
  // Else a result is on its way, and the one before it stays until then.
  const isOpen = isNothingYet(objects.labels) || annotation.value.labelled === 0;
  if (!isOpen) return results;
  const options = asSource(sources.options);
  return meanwhile(results, options, () => nothingClassifiedYet(objects, options.value));
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
