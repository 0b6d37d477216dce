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
  readonly help: boolean;
}

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
      "stays on the image itself",
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
  { name: "help", group: "Other", help: "print this text" },
];

/**
 * Reads and checks a command line.
 *
 * @throws {DaubError} `options` when it cannot be understood.
 */
export function parseBenchOptions(argv: readonly string[]): BenchOptions {
  const { values, flags, positionals } = parseArguments(argv, TABLE);
  const help = flags.has("help");
  if (positionals.length > 0) {
    throw usageError(
      `Expected options only but found "${positionals[0]}". Write --image ${positionals[0]}.`,
      { found: positionals[0] },
    );
  }
  for (const name of ["image", "annotation"]) {
    if (help || values.get(name)) continue;
    throw usageError(`Expected --${name} F but found none. Name the file behind --${name}.`, {
      where: `--${name}`,
    });
  }
  const word = (name: string) =>
    values.get(name) ?? TABLE.find((option) => option.name === name)?.default ?? "";
  return {
    image: word("image"),
    annotation: word("annotation"),
    features: word("features"),
    tile: Number(word("tile")),
    depth: Number(word("depth")),
    trees: Number(word("trees")),
    positiveClass: Number(word("positive")),
    repeat: Number(word("repeat")),
    backend: word("backend") as BackendChoice,
    help,
  };
}

/** The text of `--help`. */
export function benchHelp(): string {
  const lines = TABLE.map(({ name, value, choices, help, default: fallback }) => {
    const head = `--${name}${value ? ` ${choices?.join("|") ?? value}` : ""}`;
    return `  ${head.padEnd(26)}${help}${fallback ? ` (default: ${fallback})` : ""}`;
  });
  return [
    "Times the stages of a segmentation and prints one JSON object.",
    "",
    "Usage: bench.ts --image F --annotation F [options]",
    "",
    ...lines,
  ].join("\n");
}
