import type { ImageFile, ImageInfo } from "./image_file.ts";
import { DaubError } from "../errors.ts";
import { damagedPicture, openPicture } from "./picture.ts";

/** Four gigapixels of RGBA would not fit into an array. */
const MAX_MEGAPIXELS = 1000;
const MAX_MEGABYTES = 16384;
/** Every block of 8 × 8 pixels takes at least one bit, with room to spare. */
const MAX_PIXELS_PER_BYTE = 1024;

/** Whether bytes begin as a JPEG file does. */
export function isJpeg(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;
}

/**
 * Opens a JPEG file: one channel where it is grey, else red, green and blue.
 *
 * @throws {DaubError} `file` when it is damaged; `image` when its colours are not read.
 */
export function openJpeg(bytes: Uint8Array, where: string): ImageFile {
  const { width, height, components } = readHeader(bytes, where);
  if (width * height > bytes.length * MAX_PIXELS_PER_BYTE) {
    const found = `${bytes.length} bytes`;
    throw damagedPicture("JPEG", where, `pixels of ${width} × ${height}`, found);
  }
  const info: ImageInfo = {
    width,
    height,
    depth: 1,
    channels: components,
    frames: 1,
    sampleType: "uint8",
    format: "jpeg",
  };
  return openPicture(info, where, async () => {
    const rgb = await decodeRgb(bytes, where);
    return {
      data: components === 1 ? rgb.filter((_, i) => i % 3 === 0) : rgb,
      channels: components,
    };
  });
}

/** Finds the frame header among the segments. */
function readHeader(bytes: Uint8Array, where: string) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 2; at + 10 <= bytes.length && bytes[at] === 0xff;) {
    const marker = bytes[at + 1];
    if (marker === 0xff) {
      at++;
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) {
      const [height, width] = [view.getUint16(at + 5), view.getUint16(at + 7)];
      const [bits, components] = [bytes[at + 4], bytes[at + 9]];
      const read = marker <= 0xc2 && bits === 8 && (components === 1 || components === 3);
      if (!read) throw unreadJpeg(where, marker, bits, components);
      if (width > 0 && height > 0) return { width, height, components };
      break;
    }
    at += 2 + view.getUint16(at + 2);
  }
  throw damagedPicture("JPEG", where, "a header with width and height", "none");
}

function unreadJpeg(where: string, marker: number, bits: number, components: number): DaubError {
  const coding = marker <= 0xc2 ? "" : `, coding ${marker - 0xc0}`;
  const found = `${components} components of ${bits} bits${coding}`;
  return new DaubError(
    "image",
    `Expected a grey or RGB JPEG of 8 bits, baseline or progressive, but found ${found} in ` +
      `${where}. Save it as PNG or TIFF.`,
    { expected: "1 or 3 components of 8 bits", found, where },
  );
}

async function decodeRgb(bytes: Uint8Array, where: string): Promise<Uint8Array> {
  try {
    const { default: jpeg } = await import("npm:jpeg-js@0.4.4");
    const { data } = jpeg.decode(bytes, {
      useTArray: true,
      formatAsRGBA: false,
      tolerantDecoding: false,
      maxResolutionInMP: MAX_MEGAPIXELS,
      maxMemoryUsageInMB: MAX_MEGABYTES,
    });
    return data;
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : String(cause);
    throw damagedPicture("JPEG", where, "pixels", `that they cannot be decoded (${found})`, cause);
  }
}
