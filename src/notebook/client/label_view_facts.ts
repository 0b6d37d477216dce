import type { Image } from "../../image/image.ts";
import type { LabelImage } from "../../labeling/labels.ts";
import { measureObject } from "../measure_object.ts";
import { PixelProbabilities } from "../pixel_probabilities.ts";
import type { Segmented } from "../segmentation.ts";
import type { Box } from "./painter/tile_layer.ts";
import { type Fact, formatValue } from "./painter/readout.ts";

/** What is known of the classifier that found the labels. */
export type Explained = Pick<Segmented, "classifier" | "options">;

const probabilities = new PixelProbabilities();

/** The class that a classifier gives a pixel, and how probable it is. */
export async function predictionFacts(
  channels: readonly Image[],
  place: { readonly x: number; readonly y: number; readonly z: number },
  { classifier, options }: Explained,
  nameOf: (value: number) => string,
): Promise<Fact[]> {
  const found = await probabilities.at(channels, place, classifier.text, options);
  if (!found) return [];
  return [
    ["class", `${found.class} ${nameOf(found.class)}`.trim()],
    ["probability", `${Math.round(100 * found.probability)} %`],
  ];
}

/** An object's measurements, for people. */
export async function measurementFacts(
  labels: LabelImage,
  label: number,
  { x, y, width, height }: Box,
  channel: Image,
): Promise<Fact[]> {
  const { depth } = labels;
  const box = { x, y, z: 0, width, height, depth };
  const found = await measureObject(labels, label, box, channel);
  const centre = found.centre.slice(0, depth > 1 ? 3 : 2).map((at) => at.toFixed(1)).join(", ");
  const [mean, low, high, deviation] = [
    found.meanIntensity,
    found.minIntensity,
    found.maxIntensity,
    found.standardDeviation,
  ].map(shortly);
  return [
    [depth > 1 ? "volume" : "area", `${found.area.toLocaleString("en")} pixels`],
    ["centre", centre],
    ["intensity", `${mean} ± ${deviation}, ${low} to ${high}`],
  ];
}

function shortly(value: number): string {
  return formatValue(Number(value.toPrecision(4)));
}
