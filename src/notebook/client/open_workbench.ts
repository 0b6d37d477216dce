/// <reference lib="dom" />
import type { Image } from "../../image/image.ts";
import type { LabelImage } from "../../labeling/labels.ts";
import type { Table } from "../../measurement/table.ts";
import { isNothingYet } from "../nothing_yet.ts";
import type { ObjectComputer } from "../object_workbench.ts";
import type { QualityComputer } from "../training_quality.ts";
import { openPageLine } from "./page_line.ts";

/**
 * A thread of the page that measures and classifies objects and judges classifiers, so that painting
 * never waits. The labels are here in any case, whoever found them, and what is measured of them is
 * small; so are the features of painted pixels.
 *
 * @param invalidation When it settles, the thread is ended.
 */
export function openWorkbench(
  invalidation?: Promise<unknown>,
): ObjectComputer & QualityComputer {
  const { line, end } = openPageLine();
  invalidation?.then(() => end("the notebook needs it no longer"));
  return {
    measure: async (...question) => (await line).objects.measure(...question),
    classify: async (...question) => (await line).objects.classify(...question),
    merge: async (...question) => (await line).objects.merge(...question),
    judge: async (...question) => (await line).quality.judge(...question),
    crossValidate: async (...question) => (await line).quality.crossValidate(...question),
    suggest: async (...question) => (await line).quality.suggest(...question),
  };
}

/** Objects and what was measured of them. */
export interface MeasuredObjects {
  readonly labels: LabelImage;
  readonly table: Table;
  /** How many there are. */
  readonly count: number;
}

/**
 * Measures objects once; what is learnt of them later uses these numbers.
 *
 * @param invalidation When it settles, the measurement is given up.
 * @throws {DaubError} `image` when labels and image differ in size.
 */
export async function measureObjects(
  workbench: ObjectComputer,
  labels: LabelImage,
  image: readonly Image[],
  invalidation?: Promise<unknown>,
): Promise<MeasuredObjects> {
  const controller = new AbortController();
  invalidation?.then(() => controller.abort("cancelled"));
  const { signal } = controller;
  const table = isNothingYet(labels)
    ? await workbench.measure(...pixelOf(labels, image), signal)
    : await workbench.measure(bareLabels(labels), image, signal);
  return { labels, table, count: table.rowCount };
}

/** Labels and no more, as they are sent to the workbench. */
function bareLabels({ data, width, height, depth, count, voxelSize }: LabelImage): LabelImage {
  return { data, width, height, depth, count, ...(voxelSize && { voxelSize }) };
}

/** One pixel, of a volume two: all it takes to know what of objects can be measured. */
function pixelOf(
  { depth, voxelSize }: LabelImage,
  image: readonly Image[],
): [LabelImage, readonly Image[]] {
  const place = { width: 1, height: 1, depth: Math.min(2, depth) };
  const labels = { ...place, data: new Uint32Array(place.depth), count: 0 };
  return [
    { ...labels, ...(voxelSize && { voxelSize }) },
    image.map((channel) => ({ ...channel, ...place, data: channel.data.slice(0, place.depth) })),
  ];
}
