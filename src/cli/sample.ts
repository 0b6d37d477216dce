import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { Input } from "./inputs.ts";

/** The bundled sample: an image and the strokes painted on it. */
export function bundledSample(): Input {
  return {
    source: locate("blobs.tif"),
    stem: "blobs",
    annotation: locate("blobs_annotation.tif"),
  };
}

/** A path where the program lies on the disk, an address where it was loaded from one. */
function locate(name: string): string {
  const address = new URL(`../../samples/${name}`, import.meta.url);
  return address.protocol === "file:" ? relative(".", fileURLToPath(address)) : address.href;
}
