import { fileURLToPath } from "node:url";
import type { BackendChoice } from "../../src/backend.ts";
import { DEFAULT_FEATURES } from "../../src/classifiers/model.ts";
import { parseArguments } from "../../src/cli/arguments.ts";
import type { OptionSpec } from "../../src/cli/option_table.ts";
import { usageError } from "../../src/cli/usage_error.ts";

/** The command line of a benchmark, checked. */
export interface BenchOptions {
  readonly image: string;
  readonly annotation: string;
  readonly features: string;
  readonly tile: number;
  readonly depth: number;
  readonly trees: number;
  readonly positiveClass: number;
  readonly repeat: number;
  readonly backend: BackendChoice;
  /** The script that runs the same pipeline in Python. */
  readonly compare?: string;
  readonly python: string;
  /** A folder for pictures. */
  readonly out?: string;
  /** Little of everything. */
  readonly quick: boolean;
  readonly json: boolean;
  readonly help: boolean;
}

/** The sample and its strokes: what single stages are timed on when no image is named. */
export const SAMPLE = {
  image: fileURLToPath(new URL("../../samples/blobs.tif", import.meta.url)),
  annotation: fileURLToPath(new URL("../../samples/blobs_annotation.tif", import.meta.url)),
};

const TABLE: readonly OptionSpec[] = [
  { name: "image", value: "F", group: "Input", help: "the image" },
  { name: "annotation", value: "F", group: "Input", help: "the strokes painted on it" },
  {
    name: "features",
    value: "S",
    group: "Training",
    default: DEFAULT_FEATURES,
    help: "a feature specification or the name of a feature set",
  },
  {
    name: "tile",
    value: "N",
    range: [1, 256],
    group: "Input",
    default: "1",
    help: "repeat the image N × N times before features, prediction and labelling; training " +
      "stays on the image itself; in subcommands 1 stands for their usual sizes",
  },
  {
    name: "depth",
    value: "N",
    range: [1, 32],
    group: "Training",
    default: "2",
    help: "the most decisions from the root of a tree to a leaf",
  },
  {
    name: "trees",
    value: "N",
    range: [1, 10_000],
    group: "Training",
    default: "100",
    help: "the number of trees",
  },
  {
    name: "positive",
    value: "N",
    range: [1, 255],
    group: "Training",
    default: "2",
    help: "the class that objects are made of",
  },
  {
    name: "repeat",
    value: "N",
    range: [1, 1000],
    group: "Other",
    default: "3",
    help: "how often each stage is timed, after one run that is not",
  },
  {
    name: "backend",
    value: "B",
    choices: ["auto", "gpu", "cpu"],
    group: "Other",
    default: "auto",
    help: "where to compute",
  },
  {
    name: "compare",
    value: "F",
    group: "Other",
    help: "run this Python script on the same input in the same run and print both side by side",
  },
  {
    name: "python",
    value: "F",
    group: "Other",
    default: "/usr/bin/python3",
    help: "the Python that has the peers' packages",
  },
  {
    name: "out",
    value: "DIR",
    group: "Output",
    help: "where to put the pictures of the subcommand scale",
  },
  {
    name: "quick",
    group: "Other",
    help: "little of everything, to see that a subcommand works: its figures mean nothing",
  },
  { name: "json", group: "Output", help: "print JSON instead of a table" },
  { name: "help", group: "Other", help: "print this text" },
];

/**
 * Reads and checks a command line.
 *
 * @param onSample Whether the bundled sample stands in for an image that is not named.
 * @throws {DaubError} `options` when it cannot be understood.
 */
export function parseBenchOptions(argv: readonly string[], onSample = false): BenchOptions {
  const { values, flags, positionals } = parseArguments(argv, TABLE);
  const help = flags.has("help");
  if (positionals.length > 0) {
    throw usageError(
      `Expected options only but found "${positionals[0]}". Write --image ${positionals[0]}.`,
      { found: positionals[0] },
    );
  }
  for (const name of ["image", "annotation"]) {
    if (help || onSample || values.get(name)) continue;
    throw usageError(`Expected --${name} F but found none. Name the file behind --${name}.`, {
      where: `--${name}`,
    });
  }
  if (onSample && values.has("compare")) {
    throw usageError(
      "Expected a subcommand without --compare but found both. Subcommands run peers of their " +
        "own; leave the subcommand out to compare all stages.",
      { where: "--compare" },
    );
  }
  const word = (name: string) =>
    values.get(name) ?? TABLE.find((option) => option.name === name)?.default ?? "";
  return {
    image: word("image") || (onSample ? SAMPLE.image : ""),
    annotation: word("annotation") || (onSample ? SAMPLE.annotation : ""),
    features: word("features"),
    tile: Number(word("tile")),
    depth: Number(word("depth")),
    trees: Number(word("trees")),
    positiveClass: Number(word("positive")),
    repeat: Number(word("repeat")),
    backend: word("backend") as BackendChoice,
    compare: values.get("compare"),
    python: word("python"),
    out: values.get("out"),
    quick: flags.has("quick"),
    json: flags.has("json"),
    help,
  };
}

/** The text of `--help`. */
export function benchHelp(commands: ReadonlyMap<string, { readonly help: string }>): string {
  const lines = TABLE.map(({ name, value, choices, help, default: fallback }) => {
    const head = `--${name}${value ? ` ${choices?.join("|") ?? value}` : ""}`;
    return `  ${head.padEnd(26)}${help}${fallback ? ` (default: ${fallback})` : ""}`;
  });
  return [
    "Times the stages of a segmentation and prints one JSON object; with --compare, a table. The",
    "subcommands look at one stage each, on the bundled sample where no image is named, beside",
    "what does the same in Python.",
    "",
    "Usage: bench.ts --image F --annotation F [options]",
    "       bench.ts SUBCOMMAND [options]",
    "",
    ...[...commands].map(([name, { help }]) => `  ${name.padEnd(26)}${help}`),
    "",
    ...lines,
  ].join("\n");
}
