import { DEFAULT_FEATURES } from "../classifiers/model.ts";
import { predefinedFeatureSets } from "../features/presets.ts";
import { kinds } from "./kinds.ts";
/** One option of the command line, without the two dashes in `name`. */
export interface OptionSpec {
  readonly name: string;
  /** What stands for the value in the help text; a flag takes no value and has none. */
  readonly value?: string;
  /** The only values allowed. */
  readonly choices?: readonly string[];
  /** The whole numbers allowed, from smallest to largest. */
  readonly range?: readonly [smallest: number, largest: number];
  /** The value used when the option is given without one; others follow an equals sign. */
  readonly bare?: string;
  /** Whether it may be given several times. */
  readonly repeats?: boolean;
  /** The value used when the option is not given. */
  readonly default?: string;
  /** The default in words, where it depends on something. */
  readonly defaultInWords?: string;
  readonly help: string;
  /** Under which heading the help text lists it. */
  readonly group: "Input" | "Training" | "Segmentation" | "Output" | "Many images" | "Other";
  /** Whether it says how a classifier is grown, which a saved one already knows. */
  readonly trains?: boolean;
}

/** Seeds are what NumPy's legacy generator takes: 32-bit. */
const LARGEST_SEED = 2 ** 32 - 1;

/** Every option, in the order of the help text. */
export const optionTable: readonly OptionSpec[] = [
  {
    name: "annotation",
    value: "STROKES",
    group: "Input",
    repeats: true,
    help: "an image of the size of IMAGE that holds class numbers where you painted and 0 " +
      "elsewhere; trains a classifier; the first STROKES belong to the first IMAGE, the second " +
      "to the second; a folder holds STROKES of the same name for every image in it",
    trains: true,
  },
  {
    name: "classifier",
    value: "FILE.cl",
    group: "Input",
    help: "a saved classifier, ours or APOC's, to apply to every IMAGE; a path or URL",
  },
  {
    name: "channels",
    value: "LIST",
    group: "Input",
    defaultInWords: "all",
    help: "which channels of every IMAGE to take, counted from 1, separated by commas, such as 1,3",
  },
  {
    name: "labels",
    value: "LABELS",
    group: "Input",
    repeats: true,
    help: "the objects of IMAGE, to classify, select or merge them by --kind, or to --measure " +
      "them as they are; image and folder go together as with STROKES, and the labels of " +
      "NAME.tif may be called NAME_labels.tif",
  },
  {
    name: "truth",
    value: "LABELS",
    group: "Input",
    repeats: true,
    help: "the true objects of IMAGE, or the true classes for classes; tells how well they were " +
      "found. Image and folder go together as with STROKES; may be called NAME_truth.tif",
  },
  {
    name: "kind",
    value: "KIND",
    choices: kinds,
    group: "Segmentation",
    defaultInWords: "object, or the kind of the saved classifier",
    help: "what to find: objects, the class of every pixel, or the probability of every class; " +
      "with --labels the class of every object, those of one class, or the objects merged",
  },
  {
    name: "features",
    value: "SPEC|PRESET",
    group: "Training",
    defaultInWords: `${DEFAULT_FEATURES}; of objects their size, shape and intensity; of borders ` +
      `their length and intensity`,
    help: 'a feature specification in quotes, such as "original gaussian_blur=2", or one of the ' +
      `feature sets ${Object.keys(predefinedFeatureSets).join(", ")}; of objects the names of ` +
      'measurements, such as "area mean_intensity"; of borders such as "touch_portion ' +
      'mean_touch_intensity area_difference"',
    trains: true,
  },
  {
    name: "class",
    value: "N",
    range: [1, 255],
    group: "Training",
    default: "2",
    help: "the positive class: the one that objects are made of, or that is selected",
    trains: true,
  },
  {
    name: "depth",
    value: "N",
    range: [1, 32],
    group: "Training",
    default: "2",
    help: "the most decisions from the root of a tree to a leaf",
    trains: true,
  },
  {
    name: "trees",
    value: "N",
    range: [1, 10_000],
    group: "Training",
    default: "100",
    help: "the number of trees of the forest",
    trains: true,
  },
  {
    name: "random-state",
    value: "N",
    range: [0, LARGEST_SEED],
    group: "Training",
    default: "0",
    help: "the seed; the same seed and strokes give the same forest",
    trains: true,
  },
  {
    name: "votes",
    value: "VOTES",
    choices: ["fraction", "count"],
    group: "Training",
    default: "fraction",
    help: "how trees vote: by their leaf's class fractions, as scikit-learn, or by its class " +
      "counts, as APOC with scikit-learn before 1.4",
    trains: true,
  },
  {
    name: "connectivity",
    value: "N",
    choices: ["4", "8", "6", "26"],
    group: "Segmentation",
    defaultInWords: "4, in 3D 6",
    help: "which neighbours belong to one object: 4 or 8 in 2D, 6 or 26 in 3D",
  },
  {
    name: "measure",
    value: "FORMAT",
    choices: ["csv", "parquet", "geojson"],
    bare: "csv",
    group: "Segmentation",
    help: "measure every object, into a CSV table beside its label image, and into one for all " +
      "images; --measure=parquet or --measure=geojson (outlines, as QuPath opens them) adds a " +
      "file of that format to each",
  },
  {
    name: "statistics",
    group: "Training",
    help: "tell how much each feature matters, and of a trained classifier how well it does on " +
      "strokes that it was not trained on",
  },
  {
    name: "backend",
    value: "BACKEND",
    choices: ["auto", "gpu", "cpu"],
    group: "Segmentation",
    default: "auto",
    help: "where to compute; auto takes the GPU unless there is none or it is only emulated",
  },
  {
    name: "out",
    value: "DIR",
    group: "Output",
    default: "out",
    help: "the folder for the results; made where it does not exist",
  },
  {
    name: "save",
    value: "FILE.cl",
    group: "Output",
    defaultInWords: "ObjectSegmenter.cl, or as the kind is called, in DIR",
    help: "where to keep the trained classifier, which APOC opens as well",
    trains: true,
  },
  {
    name: "format",
    value: "FORMAT",
    choices: ["tif", "png"],
    group: "Output",
    default: "tif",
    help: "the format of labels and classes; png holds 2D images with up to 65,535 objects",
  },
  {
    name: "json",
    group: "Output",
    help: "print one JSON object per image on standard output and nothing else there but, with " +
      "--statistics, a first one for the classifier",
  },
  { name: "quiet", group: "Output", help: "print errors only" },
  {
    name: "overwrite",
    group: "Output",
    help: "replace existing results, which are never touched otherwise",
  },
  {
    name: "continue-on-error",
    group: "Many images",
    help: "go on with the next image where one fails",
  },
  {
    name: "jobs",
    value: "N",
    range: [1, 256],
    group: "Many images",
    defaultInWords: "as many as there are processor cores, of less than 4 images one",
    help: "how many images are worked on at a time, as far as --memory lets them",
  },
  {
    name: "memory",
    value: "MB",
    range: [1, 2 ** 24],
    group: "Many images",
    defaultInWords: "half of what is free",
    help: "how much memory the images worked on at a time may take, as estimated; an image that " +
      "needs more is worked on alone",
  },
  { name: "help", group: "Other", help: "print this text" },
  { name: "version", group: "Other", help: "print the version" },
  { name: "debug", group: "Other", help: "print where in the program an error arose" },
];

/** The option of a name; none when there is no such option. */
export function findOption(name: string): OptionSpec | undefined {
  return optionTable.find((option) => option.name === name);
}
