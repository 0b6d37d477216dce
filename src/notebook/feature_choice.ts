import { predefinedFeatureSets } from "../features/presets.ts";
import { parseFeatures } from "../features/specification.ts";

/** The filters of APOC's panel, by their names in a specification, with names for people. */
export const PANEL_FILTERS: Readonly<Record<string, string>> = {
  gaussian_blur: "Gaussian blur",
  difference_of_gaussian: "Difference of Gaussian",
  laplace_box_of_gaussian_blur: "Laplacian of Gaussian",
  sobel_of_gaussian_blur: "Sobel of Gaussian",
};

/** The sigmas of APOC's panel, in pixels. */
export const PANEL_SIGMAS: readonly number[] = [0.3, 0.5, 1, 2, 3, 4, 5, 10, 15, 25];

/** A feature specification as a table of filters and sigmas. */
export interface FeatureChoice {
  /** Whether the image itself is a feature. */
  readonly original: boolean;
  /** The sigmas of each filter of the panel. */
  readonly sigmas: Readonly<Record<string, readonly number[]>>;
  /** Entries that the table has no place for, as they were written. */
  readonly others: readonly string[];
}

/**
 * Finds the places of a specification's entries in the table.
 *
 * @throws {DaubError} `features` when it is not understood.
 */
export function readFeatureChoice(specification: string): FeatureChoice {
  let original = false;
  const sigmas: Record<string, number[]> = {};
  for (const name of Object.keys(PANEL_FILTERS)) sigmas[name] = [];
  const others: string[] = [];
  for (const { text, filters, value } of parseFeatures(specification).entries) {
    const own = sigmas[filters.join("_of_")];
    if (filters.length === 0) original = true;
    else if (!own) others.push(text);
    else if (!own.includes(value)) own.push(value);
  }
  for (const own of Object.values(sigmas)) own.sort((a, b) => a - b);
  return { original, sigmas, others };
}

/** The specification of a table in APOC's order: filter by filter; empty when nothing is chosen. */
export function writeFeatureChoice({ original, sigmas, others }: FeatureChoice): string {
  return [
    ...(original ? ["original"] : []),
    ...Object.keys(PANEL_FILTERS).flatMap((name) =>
      sigmas[name].map((value) => `${name}=${value}`)
    ),
    ...others,
  ].join(" ");
}

/** The same table with one cell chosen or not. */
export function chooseFeature(
  choice: FeatureChoice,
  filter: string,
  sigma: number,
  isChosen: boolean,
): FeatureChoice {
  const others = choice.sigmas[filter].filter((value) => value !== sigma);
  const own = isChosen ? [...others, sigma].sort((a, b) => a - b) : others;
  return { ...choice, sigmas: { ...choice.sigmas, [filter]: own } };
}

/** The columns of the table: the panel's sigmas and those chosen beside them. */
export function sigmaColumns({ sigmas }: FeatureChoice): number[] {
  return [...new Set([...PANEL_SIGMAS, ...Object.values(sigmas).flat()])].sort((a, b) => a - b);
}

/** The predefined set that a specification is, whatever the order of its entries; or `"custom"`. */
export function presetOf(specification: string): string {
  const entries = (text: string) => text.split(" ").sort().join(" ");
  const wanted = entries(specification);
  const found = Object.entries(predefinedFeatureSets)
    .find(([name, text]) => name !== "custom" && entries(text) === wanted);
  return found?.[0] ?? "custom";
}

/** The name of a predefined set for people: `"Object size 1 to 5 px"`. */
export function presetTitle(name: string): string {
  if (name === "v070") return "APOC's default";
  const words = name.replaceAll("_", " ").replace(" dog log", ", DoG and LoG")
    .replace(" quick", ", quick");
  return words[0].toUpperCase() + words.slice(1);
}
