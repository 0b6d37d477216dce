import { nearestName } from "../nearest_name.ts";
import { type OptionSpec, optionTable } from "./option_table.ts";
import { usageError } from "./usage_error.ts";

/** A command line taken apart, every option known and every value allowed. */
export interface Arguments {
  readonly positionals: readonly string[];
  /** The values given, by the option's name; of an option that repeats, the first. */
  readonly values: ReadonlyMap<string, string>;
  /** All values of the options that repeat, in their order. */
  readonly lists: ReadonlyMap<string, readonly string[]>;
  /** The flags given. */
  readonly flags: ReadonlySet<string>;
}

/**
 * Takes a command line apart: `--option value`, `--option=value`, `--flag`, `-h`, and everything
 * behind `--` as it is.
 *
 * @param table The options there are. Default: those of the segmentation.
 * @throws {DaubError} `options` on unknown or repeated options and missing or wrong values.
 */
export function parseArguments(
  argv: readonly string[],
  table: readonly OptionSpec[] = optionTable,
): Arguments {
  const positionals: string[] = [];
  const values = new Map<string, string>();
  const lists = new Map<string, string[]>();
  const flags = new Set<string>();
  for (let i = 0; i < argv.length; i++) {
    const argument = argv[i];
    if (argument === "--") {
      positionals.push(...argv.slice(i + 1));
      break;
    }
    if (argument === "-h") {
      flags.add("help");
      continue;
    }
    if (!argument.startsWith("-") || argument === "-") {
      positionals.push(argument);
      continue;
    }
    const [, name, inline] = /^--?([^=]*)(?:=(.*))?$/s.exec(argument)!;
    const option = argument.startsWith("--")
      ? table.find((option) => option.name === name)
      : undefined;
    if (!option) throw unknownOption(argument, name, table);
    if (option.value === undefined) {
      if (inline !== undefined) {
        throw usageError(
          `Expected no value behind --${name}, which is a switch, but found "${inline}". ` +
            `Write --${name} alone.`,
        );
      }
      flags.add(name);
      continue;
    }
    if (values.has(name) && !option.repeats) {
      throw usageError(`Expected --${name} once but found it twice. Leave one of them out.`);
    }
    // Where a value may be missing, only a known one is taken from the next word: an image follows
    // otherwise.
    const isBare = option.bare !== undefined && !option.choices?.includes(argv[i + 1]);
    const value = inline ?? (isBare ? option.bare : argv[i + 1]);
    if (value === undefined || (inline === undefined && looksLikeOption(value))) {
      throw missingValue(option, value);
    }
    if (inline === undefined && !isBare) i++;
    checkValue(option, value);
    if (!values.has(name)) values.set(name, value);
    if (option.repeats) lists.set(name, [...lists.get(name) ?? [], value]);
  }
  return { positionals, values, lists, flags };
}

/** A number may be negative; anything else that starts with a dash is the next option. */
function looksLikeOption(value: string): boolean {
  return value.length > 1 && value.startsWith("-") && !/^-[\d.]/.test(value);
}

function unknownOption(argument: string, name: string, table: readonly OptionSpec[]) {
  const nearest = nearestName(name, table.map(({ name }) => name));
  const written = argument.split("=", 1)[0];
  return usageError(
    `Expected a known option but found ${written}. ` +
      `${nearest === undefined ? "" : `Did you mean --${nearest}? `}See --help for all.`,
    { expected: nearest && `--${nearest}`, found: written },
  );
}

function missingValue({ name, value, choices }: OptionSpec, next: string | undefined) {
  const wanted = choices ? choices.join(", ") : value;
  const found = next === undefined ? "the end of the command line" : next;
  return usageError(
    `Expected a value behind --${name} (${wanted}) but found ${found}. ` +
      `Write --${name} ${choices ? choices[0] : value}.`,
    { expected: wanted, found: next, where: `--${name}` },
  );
}

/** Refuses a value that is not among the choices or not a whole number of the range. */
function checkValue({ name, choices, range }: OptionSpec, value: string): void {
  if (choices && !choices.includes(value)) {
    const nearest = nearestName(value, choices);
    throw usageError(
      `Expected --${name} to be one of ${choices.join(", ")} but found "${value}". ` +
        (nearest === undefined ? "Choose one of them." : `Did you mean ${nearest}?`),
      { expected: choices, found: value, where: `--${name}` },
    );
  }
  if (!range) return;
  const [smallest, largest] = range;
  const number = Number(value);
  if (!/^[+-]?\d+$/.test(value) || number < smallest || number > largest) {
    throw usageError(
      `Expected --${name} to be a whole number from ${smallest} to ${largest} but found ` +
        `"${value}". Choose such a number.`,
      { expected: range, found: value, where: `--${name}` },
    );
  }
}
