import type { BackendChoice } from "../backend.ts";
import type { Votes } from "../forest/forest.ts";
import type { Connectivity } from "../labeling/labels.ts";
import { usageError } from "./usage_error.ts";
import { type Arguments, parseArguments } from "./arguments.ts";
import { findOption, optionTable } from "./option_table.ts";

/** What to find in an image. */
export type Kind = "object" | "pixel" | "probability";

/** The format of label and class images. */
export type Format = "tif" | "png";

/** The command line of the segmentation, checked. */
export interface Options {
  /** Paths, folders, globs and URLs; none for the bundled sample. */
  readonly images: readonly string[];
  readonly annotation?: string;
  readonly classifier?: string;
  /** Undefined when not given: objects, or what the classifier is for. */
  readonly kind?: Kind;
  readonly features: string;
  /** Undefined when not given: 2, as far as it matters. */
  readonly positiveClass?: number;
  readonly depth: number;
  readonly trees: number;
  readonly randomState: number;
  readonly votes: Votes;
  readonly connectivity?: Connectivity;
  readonly backend: BackendChoice;
  readonly out: string;
  readonly save?: string;
  readonly format: Format;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly overwrite: boolean;
  readonly continueOnError: boolean;
  readonly help: boolean;
  readonly version: boolean;
  readonly debug: boolean;
  /** Whether nothing at all was given, which renews the results of the bundled sample. */
  readonly bare: boolean;
}

/**
 * Reads and checks a command line.
 *
 * @throws {DaubError} `options` when it cannot be understood or its parts do not go together.
 */
export function parseOptions(argv: readonly string[]): Options {
  const given = parseArguments(argv);
  const word = (name: string) => given.values.get(name) ?? findOption(name)?.default;
  const number = (name: string) => Number(word(name));
  const flag = (name: string) => given.flags.has(name);
  const options: Options = {
    images: given.positionals,
    annotation: word("annotation"),
    classifier: word("classifier"),
    kind: word("kind") as Kind | undefined,
    features: word("features")!,
    positiveClass: given.values.has("class") ? number("class") : undefined,
    depth: number("depth"),
    trees: number("trees"),
    randomState: number("random-state"),
    votes: word("votes") as Votes,
    connectivity: word("connectivity") ? number("connectivity") as Connectivity : undefined,
    backend: word("backend") as BackendChoice,
    out: word("out")!,
    save: word("save"),
    format: word("format") as Format,
    json: flag("json"),
    quiet: flag("quiet"),
    overwrite: flag("overwrite"),
    continueOnError: flag("continue-on-error"),
    help: flag("help"),
    version: flag("version"),
    debug: flag("debug"),
    bare: argv.length === 0,
  };
  if (!options.help && !options.version) checkCombination(options, given);
  return options;
}

/** Refuses options that contradict each other, and says which go together. */
function checkCombination(options: Options, given: Arguments): void {
  const { images, annotation, classifier, kind, save } = options;
  if (annotation !== undefined && classifier !== undefined) {
    throw usageError(
      "Expected either --annotation STROKES, to train a classifier, or --classifier FILE.cl, to " +
        "apply a saved one, but found both. Leave one of them out.",
    );
  }
  if (classifier !== undefined) {
    const surplus = optionTable.filter(({ name, trains }) => trains && given.values.has(name));
    if (surplus.length > 0) {
      throw usageError(
        `Expected no ${surplus.map(({ name }) => `--${name}`).join(", ")} beside --classifier: ` +
          `a saved classifier is applied as it is. Leave that out, or train anew with ` +
          `--annotation STROKES.`,
      );
    }
  }
  if (images.length === 0 && (annotation ?? classifier) !== undefined) {
    throw usageError(
      `Expected an IMAGE beside --${annotation === undefined ? "classifier" : "annotation"} but ` +
        `found none. Name an image, folder, glob or URL.`,
    );
  }
  if (images.length > 0 && annotation === undefined && classifier === undefined) {
    throw usageError(
      `Expected --annotation STROKES, to train on ${images[0]}, or --classifier FILE.cl, to ` +
        `apply a saved classifier, but found neither. Add one of them.`,
    );
  }
  if (kind !== undefined) checkKind(options, kind);
  for (const name of ["out", "annotation", "classifier", "save"]) {
    if (given.values.get(name) === "") {
      throw usageError(`Expected a name behind --${name} but found nothing. Give one.`);
    }
  }
  if (save !== undefined && !/\.cl$/i.test(save)) {
    throw usageError(
      `Expected a name that ends in .cl behind --save, as APOC wants it, but found "${save}". ` +
        `Try --save ${save}.cl.`,
    );
  }
}

/** Refuses options that mean nothing for a kind, given or read from a classifier. */
export function checkKind({ connectivity, format, positiveClass }: Options, kind: Kind): void {
  if (connectivity !== undefined && kind !== "object") {
    throw usageError(
      `Expected --connectivity with objects only, because it says which pixels form one, but ` +
        `found it with --kind ${kind}. Leave --connectivity out.`,
    );
  }
  if (positiveClass !== undefined && kind === "pixel") {
    throw usageError(
      "Expected --class with --kind object or probability but found it with --kind pixel, which " +
        "shows all classes. Leave --class out.",
    );
  }
  if (format === "png" && kind === "probability") {
    throw usageError(
      "Expected --format tif for probabilities, which are fractions on several pages, but found " +
        "png. Leave --format png out.",
    );
  }
}
