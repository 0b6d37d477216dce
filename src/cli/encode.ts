import { DaubError } from "../errors.ts";
import { type Image, pixelCount } from "../image/image.ts";
import { encodePng } from "../image/png.ts";
import { encodeTiff } from "../image/tiff_writer.ts";
import { drawOverlay } from "../overlay/overlay.ts";
import type { Segmentation } from "../segment.ts";
import type { Format } from "./options.ts";
import type { Result } from "./result_names.ts";

const LARGEST_16_BIT = 65_535;

/**
 * A result as the bytes of its file.
 *
 * @param background The class that is not outlined where classes are drawn.
 */
export async function encodeResult(
  result: Result,
  channels: readonly Image[],
  segmentation: Segmentation,
  format: Format,
  background: number,
): Promise<Uint8Array> {
  const { labels, classes, probabilities } = segmentation;
  switch (result) {
    case "labels":
      return await encodeNumbers(narrow(labels!), format);
    case "classes":
      return await encodeNumbers(classes!, format);
    case "probability":
      return await encodeTiff(probabilities!);
    case "overlay":
      return await encodePng(drawOverlay(channels, labels ?? asLabels(classes!, background)));
  }
}

/** Labels in 16 bits where they fit, because more programs read those. */
function narrow(labels: Image<Uint32Array> & { count: number }): Image<Uint16Array | Uint32Array> {
  if (labels.count > LARGEST_16_BIT) return labels;
  const data = new Uint16Array(pixelCount(labels));
  data.set(labels.data);
  return { ...labels, data };
}

/** Classes to be outlined, all but the background. */
function asLabels(classes: Image<Uint8Array>, background: number): Image<Uint32Array> {
  const data = Uint32Array.from(classes.data, (value) => value === background ? 0 : value);
  return { ...classes, data };
}

async function encodeNumbers(image: Image, format: Format): Promise<Uint8Array> {
  if (format === "tif") return await encodeTiff(image);
  if (image.data instanceof Uint32Array) {
    throw new DaubError(
      "image",
      `Expected at most ${LARGEST_16_BIT} objects for --format png, which holds 16 bits, but ` +
        `found more. Use --format tif.`,
      { expected: LARGEST_16_BIT },
    );
  }
  return await encodePng(image);
}
