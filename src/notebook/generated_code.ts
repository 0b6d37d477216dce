import { parseFeatures } from "../features/specification.ts";
import type { EngineImage, EngineOptions } from "./engine.ts";

/** What {@linkcode generateCode} writes about. */
export interface GenerateCodeOptions {
  /**
   * The opened image, whose channels and dimensions the code then suits, or a file's name. Default
   * `"image.tif"`.
   */
  readonly image?: string | Pick<EngineImage, "name" | "size" | "channels">;
  /** The saved classifier. Default `"ObjectSegmenter.cl"`. */
  readonly classifier?: string;
  /** The saved strokes; when given, the code trains on them first. */
  readonly annotation?: string;
  /** Where programs import the library from. Default `"./mod.ts"`. */
  readonly module?: string;
}

/** The same segmentation as code to run elsewhere. */
export interface GeneratedCode {
  /** A command for a terminal, in the folder of this project. */
  readonly command: string;
  /** A program for Deno. */
  readonly typescript: string;
  /** A program for APOC. */
  readonly python: string;
}

/**
 * Writes what is on the screen as a shell command, a TypeScript program and a Python program for
 * APOC: they apply the saved classifier, or train it on saved strokes first.
 */
export function generateCode(
  options: EngineOptions,
  names: GenerateCodeOptions = {},
): GeneratedCode {
  const {
    image = "image.tif",
    classifier = "ObjectSegmenter.cl",
    annotation,
    module = "./mod.ts",
  } = names;
  const opened = typeof image === "string" ? undefined : image;
  const files = {
    image: typeof image === "string" ? image : image.name,
    classifier,
    annotation,
    module,
    numChannels: opened?.channels.length ?? Math.max(...options.channels) + 1,
    isVolume: opened ? opened.size.depth > 1 : [6, 26].includes(options.connectivity),
    isSeries: opened !== undefined && opened.size.frames > 1,
  };
  return {
    command: command(options, files),
    typescript: typescript(options, files),
    python: python(options, files),
  };
}

interface Files {
  readonly image: string;
  readonly classifier: string;
  readonly annotation: string | undefined;
  readonly module: string;
  /** How many channels the image has. */
  readonly numChannels: number;
  readonly isVolume: boolean;
  readonly isSeries: boolean;
}

function command(options: EngineOptions, files: Files): string {
  const words = ["deno", "run", "-A", "scripts/segment.ts", shell(files.image)];
  if (files.annotation === undefined) {
    words.push("--classifier", shell(files.classifier));
  } else {
    words.push("--annotation", shell(files.annotation), "--features", shell(options.features));
    const trained = {
      class: options.positiveClass,
      depth: options.maxDepth,
      trees: options.numTrees,
      "random-state": options.randomState,
      votes: options.votes,
    };
    for (const [name, value] of Object.entries(trained)) words.push(`--${name}`, String(value));
    words.push("--save", shell(files.classifier));
  }
  words.push("--connectivity", String(options.connectivity));
  if (!usesAllChannels(options, files)) {
    words.push("--channels", options.channels.map((channel) => channel + 1).join());
  }
  return words.join(" ");
}

function typescript(options: EngineOptions, files: Files): string {
  const { features, connectivity, positiveClass, maxDepth, numTrees, randomState, votes } = options;
  const train = files.annotation === undefined
    ? [`const segmenter = await ObjectSegmenter.load(${quote(files.classifier)});`]
    : [
      `const segmenter = await ObjectSegmenter.train({`,
      `  image,`,
      `  annotation: await readImage(${quote(files.annotation)}),`,
      `  features: ${quote(features)},`,
      `  positiveClass: ${positiveClass},`,
      `  maxDepth: ${maxDepth},`,
      `  numTrees: ${numTrees},`,
      `  randomState: ${randomState},`,
      `  votes: ${quote(votes)},`,
      `});`,
      `await segmenter.save(${quote(files.classifier)}, { overwrite: true });`,
    ];
  return [
    `import { ObjectSegmenter, readImage, writeImage } from ${quote(files.module)};`,
    ``,
    `const channels = await readImage(${quote(files.image)});${
      files.isSeries ? " // the first time point" : ""
    }`,
    `const image = [${options.channels.map((channel) => `channels[${channel}]`).join(", ")}];`,
    ...train,
    `const labels = await segmenter.predict(image, { connectivity: ${connectivity} });`,
    `console.log(\`\${labels.count} objects\`);`,
    `await writeImage(${quote(labelsName(files.image))}, labels, { overwrite: true });`,
    ``,
  ].join("\n");
}

function python(options: EngineOptions, files: Files): string {
  const { features, maxDepth, numTrees, positiveClass } = options;
  const isTiff = /\.tiff?$/i.test(files.image);
  const hasChannels = files.numChannels > 1;
  const channels = options.channels.map((channel) => `channels[${channel}]`);
  const image = !hasChannels
    ? "image"
    : channels.length === 1
    ? channels[0]
    : `[${channels.join(", ")}]`;
  const segmenter = files.annotation === undefined
    ? [`segmenter = apoc.ObjectSegmenter(opencl_filename=${quote(files.classifier)})`]
    : [
      `segmenter = apoc.ObjectSegmenter(`,
      `    opencl_filename=${quote(files.classifier)},`,
      `    max_depth=${maxDepth},`,
      `    num_ensembles=${numTrees},`,
      `    positive_class_identifier=${positiveClass},`,
      `)`,
      `annotation = imread(${quote(files.annotation)})`,
      `segmenter.train(${quote(features)}, annotation, ${image})`,
    ];
  return [
    `import apoc`,
    ...hasChannels ? [`import numpy as np`] : [],
    // What scikit-image reads of a TIFF, it turns where there are three or four channels or slices.
    ...isTiff
      ? [`from tifffile import imread, imwrite`]
      : [`from skimage.io import imread`, `from tifffile import imwrite`],
    ``,
    `image = imread(${quote(files.image)})${files.isSeries ? "[0]  # the first time point" : ""}`,
    ...hasChannels
      ? [`channels = np.moveaxis(image, image.shape.index(${files.numChannels}), 0)`]
      : [],
    ...segmenter,
    ...differencesOf(options, files),
    `labels = segmenter.predict(image=${image})`,
    `imwrite(${quote(labelsName(files.image))}, labels)`,
    ``,
  ].join("\n");
}

/** Comments on why APOC may find other objects. */
function differencesOf({ features, connectivity, votes }: EngineOptions, files: Files): string[] {
  const joined = files.isVolume ? 6 : 4;
  const { entries } = parseFeatures(features);
  const filters = entries.flatMap((entry) => entry.filters);
  const hasOriginal = entries.some((entry) => entry.filters.length === 0);
  const comments = [];
  if (connectivity !== joined) {
    comments.push(`# APOC joins ${joined} neighbours; here ${connectivity} were joined.`);
  }
  if (files.isVolume && filters.some((name) => /^(sobel|laplace_box)$/.test(name))) {
    comments.push(`# In 3D, sobel and laplace_box are other filters in APOC: its objects differ.`);
  }
  if (files.annotation === undefined && votes === "fraction" && hasOriginal) {
    comments.push(`# APOC decides by <, not by <=: pixels that equal a threshold may differ.`);
  }
  return comments;
}

function usesAllChannels({ channels }: EngineOptions, { numChannels }: Files): boolean {
  return channels.length === numChannels && channels.every((channel, i) => channel === i);
}

function labelsName(image: string): string {
  return `${image.replace(/^.*[/\\]/, "").replace(/\.[^.]+$/, "")}_labels.tif`;
}

/** A string as TypeScript and Python both write it. */
function quote(text: string): string {
  return JSON.stringify(text);
}

/** A word as a shell reads it. */
function shell(word: string): string {
  if (/^[\w./:@%+=,-]+$/.test(word) && !word.startsWith("-")) return word;
  return `'${(word.startsWith("-") ? `./${word}` : word).replaceAll("'", `'\\''`)}'`;
}
