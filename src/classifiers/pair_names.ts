import { DaubError } from "../errors.ts";
import { resolveProperties } from "../measurement/properties.ts";
import { nearestName } from "../nearest_name.ts";

/** What is measured of a border or between two objects, rather than of each of the two. */
export type PairMeasurement =
  | { readonly kind: "touch_portion" | "touch_count" | "centroid_distance" }
  /** `channel` counts from 0; undefined where the name does not say. */
  | { readonly kind: "mean_touch_intensity"; readonly channel?: number }
  /** The absolute difference of a measurement of both objects. */
  | { readonly kind: "difference"; readonly column: string };

const NAMES = ["mean_touch_intensity", "touch_portion", "touch_count", "centroid_distance"];

/** Understands the name of a feature; whether a measurement exists is not looked up. */
export function parsePairName(name: string): PairMeasurement {
  const [, intensity, channel] = /^(mean_touch_intensity)(?:_channel(\d+))?$/.exec(name) ?? [];
  if (intensity) {
    return { kind: "mean_touch_intensity", ...(channel && { channel: Number(channel) - 1 }) };
  }
  if (name === "touch_portion" || name === "touch_count" || name === "centroid_distance") {
    return { kind: name };
  }
  // APOC takes a measurement's name without the ending for its difference as well.
  return { kind: "difference", column: name.replace(/_difference$/, "") };
}

/**
 * The names of features, those of intensity once per channel where there are several:
 * `mean_touch_intensity_channel1`, `mean_intensity_channel1_difference`, ….
 *
 * @throws {DaubError} `options` when a feature is unknown or needs an image or channel that there
 * is not.
 */
export function expandPairNames(names: readonly string[], numChannels: number): string[] {
  return names.flatMap((name) => {
    const measurement = parsePairName(name);
    if (measurement.kind === "difference") return expandDifference(name, numChannels);
    if (measurement.kind !== "mean_touch_intensity") return [name];
    const { channel } = measurement;
    if (numChannels === 0) throw needsImage(name);
    if (channel !== undefined && (channel < 0 || channel >= numChannels)) {
      throw noChannel(name, channel, numChannels);
    }
    return channel !== undefined || numChannels === 1
      ? [name]
      : Array.from({ length: numChannels }, (_, c) => `${name}_channel${c + 1}`);
  });
}

function expandDifference(name: string, numChannels: number): string[] {
  const column = name.replace(/_difference$/, "");
  const nearest = nearestName(name, NAMES);
  try {
    const columns = resolveProperties([column], {
      numChannels,
      dimensions: 2,
      hasVoxelSize: true,
      parameters: {},
    });
    return columns.length === 1 ? [name] : columns.map(({ name }) => `${name}_difference`);
  } catch (error) {
    if (nearest === undefined) throw error;
    throw new DaubError(
      "options",
      `Expected a known feature of pairs but found "${name}". Did you mean ${nearest}?`,
      { expected: NAMES, found: name, where: "features", cause: error },
    );
  }
}

function needsImage(name: string): DaubError {
  return new DaubError(
    "options",
    `Expected an image, whose intensities ${name} is measured from, but none was given. Add the ` +
      `image, or leave ${name} out.`,
    { expected: "an image", found: name, where: "features" },
  );
}

function noChannel(name: string, channel: number, numChannels: number): DaubError {
  return new DaubError(
    "options",
    `Expected ${name} to name one of ${numChannels} channels but found channel ${channel + 1}.`,
    { expected: numChannels, found: channel + 1, where: "features" },
  );
}
