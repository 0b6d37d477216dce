import { DaubError } from "../errors.ts";
import { type Image, pixelCount } from "../image/image.ts";
import { encodePng } from "../image/png.ts";
import { encodeTiff } from "../image/tiff_writer.ts";
import { drawOverlay } from "../overlay/overlay.ts";
import type { LabelImage } from "../labeling/labels.ts";
import type { Format } from "./options.ts";
import type { Result } from "./result_names.ts";

const LARGEST_16_BIT = 65_535;

/** What was found in an image. */
export interface Found {
  readonly classes?: Image<Uint8Array>;
  readonly probabilities?: readonly Image<Float32Array>[];
  readonly objects?: LabelImage;
  /** The pixels, or objects, of every class. */
  readonly counts?: readonly (readonly [value: number, count: number])[];
  /** The class of every object, ascending by label. */
  readonly classOf?: { readonly column: Uint32Array; readonly count: number };
}

/**
 * A result as the bytes of its file.
 *
 * @param background The class that is not outlined where the classes of pixels are drawn.
 */
export async function encodeResult(
  result: Result,
  channels: readonly Image[],
  { objects, classes, probabilities }: Found,
  format: Format,
  background: number,
): Promise<Uint8Array> {
  switch (result) {
    case "labels":
    case "selected":
    case "merged":
      return await encodeNumbers(narrow(objects!), format);
    case "classes":
    case "object_classes":
      return await encodeNumbers(classes!, format);
    case "probability":
      return await encodeTiff(probabilities!);
    case "object_classes_overlay":
      return await encodePng(drawOverlay(channels, asLabels(classes!, 0)));
    default: {
      const labels = objects ?? asLabels(classes!, background);
      return await encodePng(drawOverlay(channels, labels));
    }
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
  const data = new Uint32Array(classes.data);
  for (let i = 0; i < data.length; i++) if (data[i] === background) data[i] = 0;
  return { ...classes, data };
}

async function encodeNumbers(
  image: Image,
  format: Format,
): Promise<Uint8Array> {
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
