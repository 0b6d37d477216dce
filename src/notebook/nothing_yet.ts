import { DaubError } from "../errors.ts";
import { planFeatures } from "../features/plan.ts";
import { resolveFeatures } from "../features/presets.ts";
import { dimensions, type Image, pixelCount } from "../image/image.ts";
import type { LabelImage } from "../labeling/labels.ts";
import type { EngineImage, EngineOptions, EngineWant } from "./engine.ts";
import type { Table } from "../measurement/table.ts";
import type { OfRevision } from "./live_objects.ts";
import type {
  ClassifiedObjects,
  MergedObjects,
  MergingOptions,
  ObjectOptions,
} from "./object_workbench.ts";
import type { Segmented } from "./segmentation.ts";
import type { TrainingQuality } from "./training_quality.ts";

/** The revision of what answers no strokes at all. */
export const NO_REVISION = NaN;

/** The classes that a tutorial begins with: background and object. */
const CLASSES = [1, 2];

/** Whether a value only stands in for a result that is still to come. */
export function isNothingYet(value: unknown): boolean {
  return Number.isNaN((value as { revision?: unknown } | null | undefined)?.revision);
}

/**
 * Passes a result on that was found, for whoever keeps it.
 *
 * @throws {DaubError} `annotation` when it only stands in for one.
 */
export function expectFound<Result>(result: Result): Result {
  if (!isNothingYet(result)) return result;
  throw new DaubError(
    "annotation",
    "Expected a result to save but found none yet. Paint some pixels of each class first.",
    { expected: 2 },
  );
}

/**
 * A segmentation as it is before anything is painted: no objects, features that contribute nothing,
 * and maps without values. Undefined where the options are not valid.
 */
export function nothingYet(
  { size, channels: [first] }: EngineImage,
  options: EngineOptions,
  want: EngineWant = {},
): Segmented | undefined {
  const names = featureNames(options, dimensions(size));
  if (!names) return undefined;
  const { width, height, depth } = size;
  const numPixels = pixelCount(size);
  const { voxelSize } = first;
  const place = { width, height, depth, ...(voxelSize && { voxelSize }) };
  const shares = Array.from({ length: Math.min(2, Math.max(1, options.maxDepth)) }, () => 0);
  const unknown = (): Image<Float32Array> => ({
    ...place,
    data: new Float32Array(numPixels).fill(NaN),
  });
  const map = want.probabilities || want.uncertainty ? unknown() : undefined;
  return {
    revision: NO_REVISION,
    frame: 0,
    labels: emptyLabels(place, numPixels),
    areas: Object.fromEntries(CLASSES.map((value) => [value, 0])),
    classifier: {
      get text() {
        return expectFound({ revision: NO_REVISION }) && "";
      },
      classes: CLASSES,
      featureImportances: Object.fromEntries(names.map((name) => [name, 0])),
      statistics: names.map((name) => ({ name, counts: shares, shares })),
    },
    milliseconds: {},
    ...(want.probabilities && { probabilities: CLASSES.map(() => map!) }),
    ...(want.uncertainty && { uncertainty: map }),
    options,
  };
}

/** Pieces as they are before any stroke: nothing is merged, and features contribute nothing. */
export function nothingMergedYet(
  pieces: LabelImage,
  { features }: MergingOptions,
): MergedObjects & OfRevision {
  const none = new Uint32Array(0);
  return {
    revision: NO_REVISION,
    count: pieces.count,
    labels: pieces,
    first: none,
    second: none,
    decisions: new Uint8Array(0),
    get classifier() {
      return expectFound({ revision: NO_REVISION }) && "";
    },
    featureImportances: noImportances(features),
  };
}

function noImportances(features: string): Record<string, number> {
  const names = features.split(/\s+/).filter((name) => name !== "");
  return Object.fromEntries(names.map((name) => [name, 0]));
}

/** Objects as they are before any stroke over them: none has a class, and none is kept. */
export function nothingClassifiedYet(
  { labels: { width, height, depth, voxelSize }, table }: {
    readonly labels: LabelImage;
    readonly table: Table;
  },
  { features }: ObjectOptions,
): ClassifiedObjects & OfRevision {
  const { rowCount, columns } = table;
  const place = { width, height, depth, ...(voxelSize && { voxelSize }) };
  return {
    revision: NO_REVISION,
    count: rowCount,
    labels: Uint32Array.from(columns.label),
    classes: new Uint8Array(rowCount),
    painted: new Uint8Array(rowCount),
    kept: emptyLabels(place, width * height * depth),
    keptFrom: new Uint32Array(1),
    get classifier() {
      return expectFound({ revision: NO_REVISION }) && "";
    },
    featureImportances: noImportances(features),
  };
}

/** What is known of strokes of which there are none. */
export function noQualityYet(
  names: readonly string[],
): TrainingQuality & { readonly revision: number } {
  return {
    revision: NO_REVISION,
    accuracy: NaN,
    confusion: {
      classes: CLASSES,
      counts: new Float64Array(CLASSES.length ** 2),
      total: 0,
      accuracy: NaN,
      balancedAccuracy: NaN,
      meanIou: NaN,
      perClass: CLASSES.map((value) => ({
        class: value,
        numTrue: 0,
        numPredicted: 0,
        precision: 0,
        recall: 0,
        f1: 0,
        iou: 0,
      })),
    },
    correlation: {
      names,
      values: new Float64Array(names.length ** 2).fill(NaN),
      constant: [],
    },
  };
}

/** Labels whose pixels take memory only where they are asked for. */
function emptyLabels(place: Omit<LabelImage, "data" | "count">, numPixels: number): LabelImage {
  let data: Uint32Array | undefined;
  const labels = {
    ...place,
    count: 0,
    revision: NO_REVISION,
    get data() {
      return data ??= new Uint32Array(numPixels);
    },
  };
  return labels;
}

function featureNames(options: EngineOptions, dimensions: 2 | 3): string[] | undefined {
  try {
    const { features } = planFeatures(resolveFeatures(options.features), {
      numChannels: options.channels.length,
      dimensions,
    });
    return features.map(({ name }) => name);
  } catch (error) {
    // What is wrong with options is told by whoever computes.
    if (error instanceof DaubError) return undefined;
    throw error;
  }
}
