import { DaubError } from "../errors.ts";
import { readAnnotation } from "../image/annotation.ts";
import { describeSize, type Image, type PixelArray, sameSize } from "../image/image.ts";
import { displayable } from "../image/jupyter_display.ts";
import type { LabelImage } from "../labeling/labels.ts";
import { findLabelRuns, type LabelRuns } from "../measurement/label_runs.ts";
import { numberObjects } from "../measurement/number_objects.ts";
import { readLabels } from "../measurement/read_labels.ts";

/** Where the objects of a label image lie. */
export interface ObjectPixels {
  /** The label image. */
  readonly image: Image;
  /** The label of every object, ascending; labels that do not occur have no object. */
  readonly labels: Uint32Array;
  /** Runs of pixels, labelled by the object's index in `labels` plus 1. */
  readonly runs: LabelRuns;
}

/**
 * Finds the objects of a label image.
 *
 * @throws {DaubError} `image` when pixels are no labels, or all are background.
 */
export function findObjects(image: Image): ObjectPixels {
  const { runs, labels } = numberObjects(findLabelRuns(readLabels(image), image));
  if (labels.length > 0) return { image, labels, runs };
  throw new DaubError(
    "image",
    "Expected a label image with objects but found only background: all pixels are 0. Segment " +
      "the image first, or choose the label image that holds its objects.",
    { expected: "objects", found: 0 },
  );
}

/** The number of every pixel's object, from 1; 0 in the background. */
export function objectNumbers(objects: ObjectPixels): Uint32Array {
  return paintRuns(objects, (object) => object + 1, new Uint32Array(objects.image.data.length));
}

/**
 * The class that was painted on each object: of several the largest, as in APOC; 0 where none was.
 *
 * @throws {DaubError} `annotation` when its size differs, its values are no class numbers, or it
 * touches no object.
 */
export function paintedClasses(objects: ObjectPixels, annotation: Image): Uint8Array {
  const strokes = readStrokes(objects, annotation);
  const classes = new Uint8Array(objects.labels.length);
  forEachRun(objects, (object, from, to) => {
    for (let i = from; i < to; i++) {
      if (strokes[i] > classes[object]) classes[object] = strokes[i];
    }
  });
  if (classes.some((number) => number > 0)) return classes;
  throw new DaubError(
    "annotation",
    "Expected strokes over objects but found them on background only. Paint over the objects " +
      "that belong to a class, or choose the annotation of this label image.",
    { expected: "strokes over objects", found: "strokes on background" },
  );
}

/** The class numbers of an annotation of the label image's size. */
export function readStrokes({ image }: ObjectPixels, annotation: Image): Uint8Array {
  const strokes = readAnnotation(annotation);
  if (sameSize(annotation, image)) return strokes;
  throw new DaubError(
    "annotation",
    `Expected an annotation of ${
      describeSize(image)
    } pixels, like the label image, but found one ` +
      `of ${describeSize(annotation)}. Paint on these objects, or choose the labels that the ` +
      `strokes belong to.`,
    { expected: describeSize(image), found: describeSize(annotation) },
  );
}

/** An image in which every object is painted with its class; the background is 0. */
export function paintClasses(objects: ObjectPixels, classes: Uint8Array): Image<Uint8Array> {
  const data = new Uint8Array(objects.image.data.length);
  return asImage(objects, paintRuns(objects, (object) => classes[object], data));
}

/**
 * A label image in which objects of the same group are one; numbered in raster order of first
 * pixels.
 *
 * @param groups The group of each object; objects of group 0 become background.
 */
export function paintGroups(objects: ObjectPixels, groups: Uint32Array): LabelImage {
  const numbers = new Map<number, number>([[0, 0]]);
  const numberOf = new Uint32Array(groups.length);
  const isKnown = new Uint8Array(groups.length);
  const valueOf = (object: number) => {
    if (isKnown[object] === 0) {
      isKnown[object] = 1;
      const group = groups[object];
      if (!numbers.has(group)) numbers.set(group, numbers.size);
      numberOf[object] = numbers.get(group)!;
    }
    return numberOf[object];
  };
  const data = paintRuns(objects, valueOf, new Uint32Array(objects.image.data.length));
  return displayable({ ...asImage(objects, data), count: numbers.size - 1 });
}

function asImage<Pixels extends PixelArray>({ image }: ObjectPixels, data: Pixels): Image<Pixels> {
  const { width, height, depth, voxelSize } = image;
  return displayable({ data, width, height, depth, ...(voxelSize && { voxelSize }) });
}

function paintRuns<Pixels extends Uint8Array | Uint32Array>(
  objects: ObjectPixels,
  valueOf: (object: number) => number,
  data: Pixels,
): Pixels {
  forEachRun(objects, (object, from, to) => data.fill(valueOf(object), from, to));
  return data;
}

/** Calls back with every run of pixels, in raster order: its object and its first and last index. */
function forEachRun(
  { image, runs }: ObjectPixels,
  callback: (object: number, from: number, to: number) => void,
): void {
  const { firstOfRow, start, end, label } = runs;
  for (let row = 0; row + 1 < firstOfRow.length; row++) {
    const offset = row * image.width;
    for (let run = firstOfRow[row]; run < firstOfRow[row + 1]; run++) {
      callback(label[run] - 1, offset + start[run], offset + end[run]);
    }
  }
}
