import { encodeTiff } from "../../src/image/tiff_writer.ts";
import { makeBlobs } from "./blobs.ts";
import { makeCells } from "./cells.ts";
import { makeMembranes } from "./membranes.ts";
import type { Sample } from "./scene.ts";
import { makeVolume } from "./volume.ts";

/** All samples, made anew. */
export function makeSamples(): Sample[] {
  return [makeBlobs(), makeCells(), makeVolume(), makeMembranes()];
}

/**
 * The files of a sample by name: the image, the strokes, the truth and the pieces to merge. They are not compressed, as
 * the bytes that compression gives change from version to version.
 */
export async function encodeSample(sample: Sample): Promise<Map<string, Uint8Array>> {
  const { name, channels, annotation, truth, labels } = sample;
  const images = {
    "": channels,
    _annotation: annotation,
    _truth: truth,
    ...(labels && { _labels: labels }),
  };
  const files = new Map<string, Uint8Array>();
  for (const [suffix, image] of Object.entries(images)) {
    files.set(`${name}${suffix}.tif`, await encodeTiff(image, { compression: "none" }));
  }
  return files;
}
