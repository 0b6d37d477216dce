import { DaubError } from "../errors.ts";
import { asChannels, describeSize, type Image, sameSize } from "../image/image.ts";
import { refuseNotFinite } from "../measurement/check_intensities.ts";
import { numberSets, singletons, union } from "../labeling/union_find.ts";
import type { Samples } from "../flow/samples.ts";
import { type ForestOptions, type RunOptions, samplesUnknown, timed } from "./model.ts";
import { expectSameFeatures, measureObjects, type ObjectInput } from "./object_measurements.ts";
import { findObjects, type ObjectPixels, readStrokes } from "./object_pixels.ts";
import {
  measureSides,
  objectFeaturesOf,
  type PairSides,
  sidesInOrder,
  sidesOfAll,
} from "./pair_features.ts";
import { expandPairNames, parsePairName } from "./pair_names.ts";
import { onlyChannel } from "./only_channel.ts";
import type { ManyObjectTrainingImages, ObjectTrainingImages } from "./object_model.ts";
import {
  classifyRows,
  type RowWords,
  sampleRows,
  type TableModel,
  trainSamples,
} from "./table_model.ts";
import { readRows, type Rows, splitNames } from "./table_rows.ts";
import { findTouchingPairs, type TouchingPairs } from "./touching_pairs.ts";
import { naming, nothingToTrainOn } from "./train_model.ts";

/** The class of pairs that belong together. */
export const MERGE = 1;
/** The class of pairs that stay apart. */
export const KEEP = 2;

/** How intensities along borders are measured. */
export interface TouchIntensityOptions {
  /**
   * Cut intensities along borders to whole numbers, as APOC does. Default false: they are exact on
   * images of any type.
   */
  readonly integerIntensities?: boolean;
}

/** Touching objects and the strokes painted across their borders. */
export interface MergeTrainingPair extends ObjectInput {
  /** The objects: a label image, 2D or 3D. */
  readonly labels: Image;
  /**
   * The strokes: 1 across borders to remove, 2 across borders to keep, 0 elsewhere. A border counts
   * where both of its sides are painted with the same number. Borders that have both numbers, one
   * here and the other there, are a third class, 3, as in APOC: they are kept, and so are their like.
   */
  readonly annotation: Image;
}

/** What to measure, and how the forest is grown. */
export interface TrainManyPairsOptions extends ForestOptions, RunOptions, TouchIntensityOptions {
  /**
   * Names of features of pairs, separated by blanks: `touch_portion`, `touch_count`,
   * `mean_touch_intensity`, `centroid_distance`, and any name that `measure` knows followed by
   * `_difference`. Default `touch_portion centroid_distance`, and with an image also
   * `mean_touch_intensity`.
   */
  readonly features?: string;
}

/** {@linkcode MergeTrainingPair}, what to measure, and how the forest is grown. */
export interface TrainMergerOptions extends MergeTrainingPair, TrainManyPairsOptions {}

/** Where pairs are classified, and what is known of their objects. */
export interface MergeOptions
  extends RunOptions, TouchIntensityOptions, Pick<ObjectInput, "table"> {}

/** The pairs of objects that touch, ascending, and which of them belong together. */
export interface PairClasses {
  /** The smaller label of each pair. */
  readonly first: Uint32Array;
  /** The larger label of each pair. */
  readonly second: Uint32Array;
  /** 1 where the pair is merged, 2 where it is kept apart. */
  readonly classes: Uint8Array;
}

const WITHOUT_IMAGE = "touch_portion centroid_distance";

const WORDS: RowWords = {
  rows: "pairs of objects",
  advice: "Paint 1 across borders to remove and 2 across borders to keep.",
};

/** Measures pairs and learns from those whose border was painted, and from `previous` samples. */
export async function trainPairs(
  options: TrainMergerOptions,
  previous?: TableModel,
): Promise<TableModel> {
  return await trainPairsOnMany([options], options, previous);
}

/** Measures the pairs of image after image and learns from all whose border was painted. */
export async function trainPairsOnMany(
  images: ManyObjectTrainingImages,
  options: TrainManyPairsOptions,
  previous?: TableModel,
): Promise<TableModel> {
  if (previous && !previous.samples) throw samplesUnknown();
  const parts: Samples[] = [];
  let names = previous?.featureNames;
  for await (const given of images) {
    await naming(given, async () => {
      const found = await samplePairs(given, options, names);
      if (names) expectSameFeatures(names, found.names);
      names = found.names;
      parts.push(found.samples);
    });
  }
  if (!names || parts.length === 0) throw nothingToTrainOn();
  const all = previous ? [previous.samples!, ...parts] : parts;
  if (!all.some(({ classes }) => classes.includes(MERGE))) throw nothingToMerge();
  return await timed(
    "train",
    options.onStage,
    () => trainSamples(parts, names!, WORDS, options, previous),
  );
}

/** The features and classes of the pairs of an image whose border was painted. */
async function samplePairs(
  given: ObjectTrainingImages,
  options: TrainManyPairsOptions,
  known: readonly string[] | undefined,
): Promise<{ names: readonly string[]; samples: Samples }> {
  const { image, table }: ObjectInput = given;
  const objects = findObjects(onlyChannel(given.labels, "labels"));
  const strokes = readStrokes(objects, onlyChannel(given.annotation, "annotation"));
  checkStrokes(strokes);
  const specification = options.features ??
    (image ? `${WITHOUT_IMAGE} mean_touch_intensity` : WITHOUT_IMAGE);
  const wanted = known ?? splitNames(specification, WITHOUT_IMAGE);
  const { integerIntensities, backend, signal, onStage } = options;
  const run = { integerIntensities, backend, signal, onStage };
  const measured = await measurePairs(objects, { image, table }, wanted, run, strokes);
  const { pairs, names, rowsOf } = measured;
  const painted = Uint32Array.from(pairs.painted.keys()).filter((pair) => pairs.painted[pair] > 0);
  if (painted.length === 0) throw noBorders(pairs);
  const sides = sidesInOrder(pairs, painted);
  const classes = Uint8Array.from(sides.pair, (pair) => pairs.painted[pair]);
  return { names, samples: sampleRows(rowsOf(sides), classes, names, WORDS) };
}

/** Measures pairs and decides which belong together: those that either side wants to merge. */
export async function classifyPairs(
  model: TableModel,
  objects: ObjectPixels,
  input: ObjectInput,
  options: MergeOptions,
): Promise<{ pairs: TouchingPairs; classes: Uint8Array }> {
  const { featureNames } = model;
  const { pairs, names, rowsOf } = await measurePairs(objects, input, featureNames, options);
  expectSameFeatures(featureNames, names);
  const rows = withoutGaps(rowsOf(sidesOfAll(pairs)));
  return await timed("classify", options.onStage, () => {
    const sides = classifyRows(model, rows);
    const classes = new Uint8Array(pairs.first.length);
    for (let pair = 0; pair < classes.length; pair++) {
      classes[pair] = sides[2 * pair] === MERGE || sides[2 * pair + 1] === MERGE ? MERGE : KEEP;
    }
    return Promise.resolve({ pairs, classes });
  });
}

/**
 * Values that are not defined, such as ratios of objects of one pixel, are below no threshold, as
 * NaN is in an OpenCL file: the decision is left to the other features.
 */
function withoutGaps({ values, isComplete }: Rows): Rows {
  const largest = 2 ** 127;
  return {
    values: values.map((value) => Number.isFinite(value) ? value : largest),
    isComplete: new Uint8Array(isComplete.length).fill(1),
  };
}

/** The group of every object, from 1, where pairs of the class {@linkcode MERGE} are joined. */
export function joinPairs(
  { first, second }: TouchingPairs,
  classes: Uint8Array,
  numObjects: number,
): Uint32Array {
  const groups = singletons(numObjects);
  classes.forEach((number, pair) => {
    if (number === MERGE) union(groups, first[pair], second[pair]);
  });
  numberSets(groups);
  return groups;
}

interface MeasuredPairs {
  readonly pairs: TouchingPairs;
  /** The features, once per channel where there are several. */
  readonly names: readonly string[];
  readonly rowsOf: (sides: PairSides) => Rows;
}

async function measurePairs(
  objects: ObjectPixels,
  input: ObjectInput,
  wanted: readonly string[],
  options: MergeOptions,
  annotation?: Uint8Array,
): Promise<MeasuredPairs> {
  const channels = channelsOf(objects, input.image);
  const names = expandPairNames(wanted, channels.length);
  const ofObjects = objectFeaturesOf(names);
  const { columns } = ofObjects.length > 0
    ? await measureObjects(objects, input, ofObjects, options)
    : { columns: {} };
  return await timed("touches", options.onStage, () => {
    const { integerIntensities } = options;
    const needed = names.some((name) => parsePairName(name).kind === "mean_touch_intensity")
      ? channels
      : [];
    const sources = { channels: needed, annotation, integerIntensities };
    const pairs = findTouchingPairs(objects, sources);
    if (!pairs.intensity.every(Number.isFinite)) {
      for (const channel of asChannels(input.image!)) refuseNotFinite(channel, objects.runs);
    }
    const rowsOf = (sides: PairSides) =>
      readRows(measureSides(pairs, sides, names, columns), names);
    return Promise.resolve({ pairs, names, rowsOf });
  });
}

/** The intensities of every channel of an image of the labels' size. */
function channelsOf(
  { image: labels }: ObjectPixels,
  image: Image | readonly Image[] | undefined,
): readonly ArrayLike<number>[] {
  if (image === undefined) return [];
  const channels = asChannels(image);
  const [size] = channels;
  if (sameSize(labels, size)) {
    return channels.map(({ data }) =>
      data instanceof BigInt64Array || data instanceof BigUint64Array
        ? Float64Array.from(data, Number)
        : data
    );
  }
  throw new DaubError(
    "image",
    `Expected labels and image of one size but found labels of ${describeSize(labels)} and an ` +
      `image of ${describeSize(size)} pixels. Use the image that the labels were made from.`,
    { expected: describeSize(labels), found: describeSize(size) },
  );
}

function checkStrokes(strokes: Uint8Array): void {
  const other = strokes.find((number) => number > KEEP);
  if (other === undefined) return;
  throw new DaubError(
    "annotation",
    `Expected strokes of 1, across borders to remove, and 2, across borders to keep, but found ` +
      `${other}. Paint with these two numbers.`,
    { expected: [MERGE, KEEP], found: other },
  );
}

function nothingToMerge(): DaubError {
  return new DaubError(
    "annotation",
    "Expected borders painted with 1, to be merged, and others painted with 2, to be kept, but " +
      "found only borders with 2. Paint 1, and nothing else, across some borders to remove.",
    { expected: [MERGE, KEEP], found: [KEEP] },
  );
}

function noBorders({ first }: TouchingPairs): DaubError {
  return new DaubError(
    "annotation",
    first.length === 0
      ? "Expected objects that touch but found none. Merge objects of a label image in which " +
        "neighbours share a border, as a watershed gives it."
      : "Expected strokes across borders of touching objects but found none that covers both " +
        "sides of one. Paint 1 across borders to remove and 2 across borders to keep.",
    { expected: "painted borders", found: 0 },
  );
}
