import { matchNames, stemOfPath } from "../image/match_names.ts";
import { findCompanions, type Group, type Input, stemOf } from "./inputs.ts";
import { usageError } from "./usage_error.ts";

/** A file that belongs to an image, by what it is to it. */
export type Companion = "annotation" | "labels" | "truth";

/** How the files of one option go with the images. */
interface Rule {
  /** What may stand behind the name of an image in that of its file. */
  readonly suffix: string;
  /** Whether a folder may hold files of other images too. */
  readonly mayHaveMore: boolean;
  /** Whether a single file beside several images belongs to the first of them. */
  readonly mayBeOfFirst: boolean;
}

const RULES: Readonly<Record<Companion, Rule>> = {
  // Strokes are of use only where they are trained on: one that is left out would be missed.
  annotation: { suffix: "_annotation", mayHaveMore: false, mayBeOfFirst: true },
  labels: { suffix: "_labels", mayHaveMore: true, mayBeOfFirst: false },
  truth: { suffix: "_truth", mayHaveMore: true, mayBeOfFirst: false },
};

/**
 * Finds the files that belong to images: the first name of an option to what the first image's name
 * stands for, the second to the second. In folders and globs, files of the same names belong
 * together; one folder beside images named one by one is for all of them.
 *
 * @returns The file of each image that has one.
 * @throws {DaubError} `file` when names do not match, which the message lists; `options` when a
 * single file cannot be told which image it belongs to.
 */
export async function findCompanionsOf(
  groups: readonly Group[],
  companion: Companion,
  names: readonly string[],
): Promise<Map<Input, string>> {
  const found = new Map<Input, string>();
  for (const [i, name] of names.entries()) {
    const { paths, isMany } = await findCompanions(name);
    const areFiles = groups.every((group) => !group.isMany);
    const inputs = isMany && names.length === 1 && areFiles
      ? groups.flatMap((group) => group.inputs)
      : groups[i].inputs;
    const pairs = isMany
      ? matchFolder(inputs, paths, companion)
      : [[imageOf(inputs, groups[i], companion, name), paths[0]] as const];
    for (const [input, path] of pairs) found.set(input, path);
  }
  return found;
}

function matchFolder(
  inputs: readonly Input[],
  paths: readonly string[],
  companion: Companion,
): (readonly [Input, string])[] {
  const { suffix, mayHaveMore } = RULES[companion];
  const stems = new Set(inputs.map(({ source }) => stemOfPath(source)));
  const withoutSuffix = (path: string) => {
    const stem = stemOfPath(path);
    return stem.endsWith(suffix) ? stem.slice(0, -suffix.length) : undefined;
  };
  const suffixed = new Set(paths.map(withoutSuffix).filter((stem) => stem && stems.has(stem)));
  // Where labels lie beside their images, the ones with the suffix are meant.
  const own = paths.filter((path) =>
    suffixed.has(withoutSuffix(path)) ||
    (stems.has(stemOfPath(path)) && !suffixed.has(stemOfPath(path)))
  );
  const lists = {
    image: inputs.map(({ source }) => source),
    [companion]: mayHaveMore ? own : paths,
  };
  const bySource = new Map(inputs.map((input) => [input.source, input]));
  return matchNames(lists, { [companion]: suffix }).map(({ paths }) =>
    [bySource.get(paths.image)!, paths[companion]] as const
  );
}

/** The image that a single file belongs to: the one it is named after, else the first. */
function imageOf(
  inputs: readonly Input[],
  { name: image, isMany }: Group,
  companion: Companion,
  name: string,
): Input {
  const stem = stemOf(name);
  const namesake = inputs.find((input) =>
    [input.stem, `${input.stem}${RULES[companion].suffix}`].includes(stem)
  );
  if (namesake) return namesake;
  if (inputs.length === 1 || (inputs.length > 1 && RULES[companion].mayBeOfFirst)) return inputs[0];
  throw usageError(
    `Expected --${companion} to be a folder like ${image}, with a file for every image, but found ` +
      `${isMany ? `the single file ${name}` : name}. Name the folder that holds them.`,
    { expected: "a folder", found: name, where: `--${companion}` },
  );
}
