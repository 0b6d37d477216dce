import type { EngineOptions } from "./engine.ts";

/** What {@linkcode generateCode} writes about. */
export interface GenerateCodeOptions {
  /** The image's file. Default `"image.tif"`. */
  readonly image?: string;
  /** The saved classifier. Default `"ObjectSegmenter.cl"`. */
  readonly classifier?: string;
  /** The saved strokes; when given, the code trains on them first. */
  readonly annotation?: string;
  /** Whether the image is a volume. Default by the connectivity. */
  readonly dimensions?: 2 | 3;
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
  const files = {
    image: names.image ?? "image.tif",
    classifier: names.classifier ?? "ObjectSegmenter.cl",
    annotation: names.annotation,
    module: names.module ?? "./mod.ts",
    isVolume: (names.dimensions ?? (options.connectivity > 8 ? 3 : 2)) === 3 ||
      options.connectivity === 6,
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
  readonly isVolume: boolean;
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
  const note = usesAllChannels(options)
    ? ""
    : `# Give it an image of channel ${options.channels.map((c) => c + 1).join(" and ")} only.\n`;
  return note + words.join(" ");
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
    `const channels = await readImage(${quote(files.image)});`,
    `const image = [${options.channels.map((channel) => `channels[${channel}]`).join(", ")}];`,
    ...train,
    `const labels = await segmenter.predict(image, { connectivity: ${connectivity} });`,
    `console.log(\`\${labels.count} objects\`);`,
    `await writeImage(${quote(labelsName(files.image))}, labels, { overwrite: true });`,
    ``,
  ].join("\n");
}

function python(options: EngineOptions, files: Files): string {
  const { features, connectivity, positiveClass, maxDepth, numTrees } = options;
  const channels = options.channels.map((channel) => `image[${channel}]`);
  const image = channels.length === 1 && channels[0] === "image[0]"
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
  const joined = files.isVolume ? 6 : 4;
  const note = connectivity === joined
    ? []
    : [`# APOC joins ${joined} neighbours; here ${connectivity} were joined.`];
  return [
    `import apoc`,
    `from skimage.io import imread, imsave`,
    ``,
    `image = imread(${quote(files.image)})`,
    ...segmenter,
    ...note,
    `labels = segmenter.predict(image=${image})`,
    `imsave(${quote(labelsName(files.image))}, labels)`,
    ``,
  ].join("\n");
}

function usesAllChannels({ channels }: EngineOptions): boolean {
  return channels.every((channel, i) => channel === i);
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
