import { parseArguments } from "../../src/cli/arguments.ts";
import type { OptionSpec } from "../../src/cli/option_table.ts";
import { usageError } from "../../src/cli/usage_error.ts";

/** The command line of the stroke simulator, checked. */
export interface StrokesOptions {
  readonly truth: string;
  readonly strokes: string;
  readonly coverage: number;
  readonly seed: number;
  readonly help: boolean;
}

const TABLE: readonly OptionSpec[] = [
  {
    name: "coverage",
    value: "SHARE",
    default: "0.01",
    group: "Training",
    help: "the share of the pixels that is painted, above 0 and at most 1",
  },
  {
    name: "seed",
    value: "N",
    range: [0, 2 ** 32 - 1],
    default: "1",
    group: "Training",
    help: "equal seeds paint equal strokes",
  },
  { name: "help", group: "Other", help: "print this text" },
];

const USAGE = "simulate_strokes.ts TRUTH.tif STROKES.tif [--coverage 0.01] [--seed 1]";

/**
 * Reads and checks a command line.
 *
 * @throws {DaubError} `options` when it cannot be understood.
 */
export function parseStrokesOptions(argv: readonly string[]): StrokesOptions {
  const { values, flags, positionals } = parseArguments(argv, TABLE);
  const help = flags.has("help");
  if (!help && positionals.length !== 2) {
    throw usageError(
      `Expected a true label image and a file to write the strokes to but found ` +
        `${positionals.length === 0 ? "neither" : positionals.join(", ")}. Write ${USAGE}.`,
      { expected: 2, found: positionals.length },
    );
  }
  const word = (name: string) =>
    values.get(name) ?? TABLE.find((option) => option.name === name)!.default!;
  const coverage = Number(word("coverage"));
  if (word("coverage").trim() === "" || !(coverage > 0 && coverage <= 1)) {
    throw usageError(
      `Expected --coverage to be a share above 0 and at most 1 but found "${word("coverage")}". ` +
        `Write 0.01 for one per cent.`,
      { expected: "above 0, at most 1", found: word("coverage"), where: "--coverage" },
    );
  }
  const [truth, strokes] = positionals;
  return { truth, strokes, coverage, seed: Number(word("seed")), help };
}

/** The text of `--help`. */
export function strokesHelp(): string {
  const lines = TABLE.map(({ name, value, help, default: fallback }) =>
    `  ${`--${name}${value ? ` ${value}` : ""}`.padEnd(20)}${help}` +
    (fallback ? ` (default: ${fallback})` : "")
  );
  return [
    "Paints strokes on the true objects of an image: 1 background, 2 object.",
    "",
    `Usage: ${USAGE}`,
    "",
    ...lines,
  ].join("\n");
}
