import type { BackendChoice } from "../backend.ts";
import type { Votes } from "../forest/forest.ts";
import type { Connectivity } from "../labeling/labels.ts";
import { parseArguments } from "./arguments.ts";
import { checkCombination } from "./check_options.ts";
import type { Kind } from "./kinds.ts";
import { findOption } from "./option_table.ts";
import { usageError } from "./usage_error.ts";

/** The format of label and class images. */
export type Format = "tif" | "png";

/** The format of tables. */
export type TableFormat = "csv" | "parquet" | "geojson";

/** The command line of the segmentation, checked. */
export interface Options {
  /** Paths, folders, globs and URLs; none for the bundled sample. */
  readonly images: readonly string[];
  /** One per image, or folders. */
  readonly annotations: readonly string[];
  readonly classifier?: string;
  /** Which channels of every image to take, from 0; all when not given. */
  readonly channels?: readonly number[];
  /** Objects found before: one file per image, or folders. */
  readonly labels: readonly string[];
  /** What is true: one file per image, or folders. */
  readonly truths: readonly string[];
  /** Undefined when not given: objects, or what the classifier is for. */
  readonly kind?: Kind;
  /** Undefined when not given: what the library takes for that kind. */
  readonly features?: string;
  /** Undefined when not given: 2, as far as it matters. */
  readonly positiveClass?: number;
  readonly depth: number;
  readonly trees: number;
  readonly randomState: number;
  readonly votes: Votes;
  readonly connectivity?: Connectivity;
  /** The format of tables of measurements; none when nothing is to be measured. */
  readonly measure?: TableFormat;
  readonly statistics: boolean;
  readonly backend: BackendChoice;
  readonly out: string;
  readonly save?: string;
  readonly format: Format;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly overwrite: boolean;
  readonly continueOnError: boolean;
  /** How many images at a time; undefined when not given. */
  readonly jobs?: number;
  /** In MB; undefined when not given. */
  readonly memory?: number;
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
    annotations: given.lists.get("annotation") ?? [],
    classifier: word("classifier"),
    channels: given.values.has("channels") ? readChannels(word("channels")!) : undefined,
    labels: given.lists.get("labels") ?? [],
    truths: given.lists.get("truth") ?? [],
    kind: word("kind") as Kind | undefined,
    features: word("features"),
    positiveClass: given.values.has("class") ? number("class") : undefined,
    depth: number("depth"),
    trees: number("trees"),
    randomState: number("random-state"),
    votes: word("votes") as Votes,
    connectivity: word("connectivity") ? number("connectivity") as Connectivity : undefined,
    measure: word("measure") as TableFormat | undefined,
    statistics: flag("statistics"),
    backend: word("backend") as BackendChoice,
    out: word("out")!,
    save: word("save"),
    format: word("format") as Format,
    json: flag("json"),
    quiet: flag("quiet"),
    overwrite: flag("overwrite"),
    continueOnError: flag("continue-on-error"),
    jobs: given.values.has("jobs") ? number("jobs") : undefined,
    memory: given.values.has("memory") ? number("memory") : undefined,
    help: flag("help"),
    version: flag("version"),
    debug: flag("debug"),
    bare: argv.length === 0,
  };
  if (!options.help && !options.version) checkCombination(options, given);
  return options;
}

/** Numbers of channels from 1, as users count, as indices. */
function readChannels(text: string): number[] {
  const channels = text.split(",").map((part) =>
    /^\s*[1-9]\d{0,8}\s*$/.test(part) ? Number(part) : 0
  );
  if (!channels.includes(0) && new Set(channels).size === channels.length) {
    return channels.map((channel) => channel - 1);
  }
  throw usageError(
    `Expected different numbers of channels from 1 behind --channels but found "${text}". Separate ` +
      `them by commas, such as --channels 1,3.`,
    { expected: "1,3", found: text, where: "--channels" },
  );
}
