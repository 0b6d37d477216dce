import { DaubError, throwIfCancelled } from "../errors.ts";
import { expectFrame } from "./frame.ts";
import type { Image } from "./image.ts";
import type { ImageFile, ImageInfo } from "./image_file.ts";

/** Decoded pixels, the samples of each interleaved. */
interface Samples {
  readonly data: Uint8Array | Uint16Array;
  readonly channels: number;
}

/** An image file of one plane whose decoder gives all samples at once. */
export function openPicture(
  info: ImageInfo,
  where: string,
  decode: () => Promise<Samples>,
): ImageFile {
  return {
    info,
    async read({ frame = 0, signal } = {}) {
      throwIfCancelled(signal);
      expectFrame(frame, 1, where);
      const { data, channels } = await decode();
      const kept = hasOpaqueAlpha(data, channels) ? channels - 1 : channels;
      const { width, height } = info;
      return Array.from({ length: kept }, (_, c): Image => {
        const plane = new (data.constructor as typeof Uint8Array | typeof Uint16Array)(
          width * height,
        );
        for (let i = 0; i < plane.length; i++) plane[i] = data[i * channels + c];
        return { data: plane, width, height, depth: 1 };
      });
    },
  };
}

/** Two and four channels end in alpha; one that hides nothing is not worth a channel. */
function hasOpaqueAlpha(data: Uint8Array | Uint16Array, channels: number): boolean {
  if (channels !== 2 && channels !== 4) return false;
  const opaque = data instanceof Uint16Array ? 65535 : 255;
  for (let i = channels - 1; i < data.length; i += channels) {
    if (data[i] !== opaque) return false;
  }
  return true;
}

/** The error for a PNG or JPEG file that contradicts itself. */
export function damagedPicture(
  format: "PNG" | "JPEG",
  where: string,
  expected: string,
  found: string,
  cause?: unknown,
): DaubError {
  return new DaubError(
    "file",
    `Expected ${expected} in ${where} but found ${found}. The ${format} file is cut off or ` +
      `damaged; copy or export it again.`,
    { expected, found, where, cause },
  );
}
