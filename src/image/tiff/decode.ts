import { DaubError, throwIfCancelled } from "../../errors.ts";
import { expectFrame } from "../frame.ts";
import type { Image, PixelArray } from "../image.ts";
import type { ImageFile, ImageInfo } from "../image_file.ts";
import { voxelSizeOf } from "../voxel_size.ts";
import { type Stack, stackOf } from "./axes.ts";
import type { Description } from "./description.ts";
import { damaged, type Directory, readDirectories, type TiffBytes } from "./directory.ts";
import { isImageJ, readImageJ } from "./imagej.ts";
import { isOme, readOme } from "./ome.ts";
import { type Page, readPage } from "./page.ts";
import { decodePage, type Target } from "./pixels.ts";
import { readShaped } from "./shaped.ts";

/** The largest image that is decoded at once: what one machine's memory holds. */
const MAX_BYTES = 2 ** 35;

/**
 * Opens a TIFF file: walks its directories within bounds and works out which page is which plane.
 *
 * Plain files with several pages are volumes; the descriptions of ImageJ, OME and tifffile are
 * followed. Every sample of a pixel is a channel. Values are as stored: neither inverted, where
 * white is zero, nor looked up in a palette.
 *
 * @throws {DaubError} `file` when it is damaged; `image` when it is stored in a way that is not
 * read, which is named.
 */
export function openTiff(bytes: Uint8Array, where: string): ImageFile {
  const { file, directories } = readDirectories(bytes, where);
  const first = readPage(file, directories[0]);
  const text = directories[0].text(270)?.trim() ?? "";
  const pages = pagesLikeFirst(file, directories, first, isOme(text));
  const description = readDescription(file, text, pages.length, first);
  const pageAt = pageFinder(file, pages, directories[0], description);
  const { sampleRole = "channel" } = description;
  const stack = stackOf([...description.axes, { role: sampleRole, size: first.samples }]);
  const voxelSize = readVoxelSize(directories[0], description);
  const info: ImageInfo = {
    width: first.width,
    height: first.height,
    depth: stack.depth,
    channels: stack.channels,
    frames: stack.frames,
    sampleType: first.sampleType.name,
    ...(voxelSize && { voxelSize }),
    format: "tiff",
  };
  return {
    info,
    async read({ frame = 0, signal } = {}) {
      expectFrame(frame, info.frames, where);
      const channels = allocate(file, info, first);
      await decodeFrame(file, stack, pageAt, channels, frame, signal);
      const { width, height, depth } = info;
      const names = description.channelNames;
      return channels.map((data, i): Image => {
        const name = names?.length === channels.length ? names[i] : undefined;
        return {
          data,
          width,
          height,
          depth,
          ...(voxelSize && { voxelSize }),
          ...(name && { name }),
        };
      });
    },
  };
}

/**
 * The pages that form one image with the first: those of its size and type that are not marked as
 * thumbnails or masks. OME's planes are counted among all pages.
 */
function pagesLikeFirst(
  file: TiffBytes,
  directories: readonly Directory[],
  first: Page,
  all: boolean,
): Page[] {
  const pages = [first];
  for (let i = 1; i < directories.length; i++) {
    const directory = directories[i];
    // Bits 0 and 2 of NewSubfileType: a smaller copy, a mask.
    const extra = (directory.number(254, 0) & 5) !== 0;
    const same = directory.number(256) === first.width && directory.number(257) === first.height;
    if (!all && (extra || !same)) continue;
    const page = readPage(file, directory);
    if (all || (page.samples === first.samples && page.sampleType === first.sampleType)) {
      pages.push(page);
    }
  }
  return pages;
}

function readDescription(file: TiffBytes, text: string, pages: number, first: Page): Description {
  const plain: Description = { axes: [{ role: "depth", size: pages }] };
  if (isOme(text)) return readOme(text, pages, first.samples, file);
  const description = isImageJ(text)
    ? readImageJ(text, pages, first.samples)
    : readShaped(text, first);
  if (!description) return plain;
  const planes = description.axes.reduce((product, { size }) => product * size, 1);
  if (planes === pages || pages === 1 || (description.first && planes < pages)) return description;
  // A description that was copied to another stack: its calibration still holds.
  return { ...description, ...plain };
}

/** Tells the page of a plane; planes behind a lone directory lie one after the other. */
function pageFinder(
  file: TiffBytes,
  pages: readonly Page[],
  directory: Directory,
  description: Description,
): (plane: number) => Page {
  const [first] = pages;
  const { axes, pageOf } = description;
  const planes = axes.reduce((product, { size }) => product * size, 1);
  if (pageOf) {
    for (const page of pageOf) expectLikeFirst(file, pages[page], first);
    return (plane) => pages[pageOf[plane]];
  }
  if (planes <= pages.length) return (plane) => pages[plane];
  const bytes = first.width * first.height * first.samples * first.sampleType.bytes;
  const { offset } = first.segments[0];
  const adjoining = first.segments.every((segment, i, all) =>
    i === 0 || segment.offset === all[i - 1].offset + all[i - 1].length
  );
  const end = offset + planes * bytes;
  if (!description.contiguous || first.compression !== "none" || first.tiled || !adjoining) {
    throw damaged(file, `the ${planes} planes it promises`, `${pages.length}`);
  }
  const room = directory.offset > offset ? directory.offset : file.bytes.length;
  if (end > room) {
    throw damaged(file, `${planes} planes up to byte ${end}`, `that they end at byte ${room}`);
  }
  return (plane) => ({
    ...first,
    segments: first.segments.map((segment) => ({
      ...segment,
      offset: segment.offset + plane * bytes,
    })),
  });
}

function expectLikeFirst(file: TiffBytes, page: Page, first: Page): void {
  const keys = ["width", "height", "samples", "sampleType"] as const;
  if (keys.some((key) => page[key] !== first[key])) {
    throw damaged(file, "planes of one size and type", "different ones");
  }
}

/** ImageJ's way of reading resolutions: pixels per unit, the unit in the description or a code. */
function readVoxelSize(directory: Directory, description: Description) {
  const x = description.x ?? directory.reciprocal(282);
  const y = description.y ?? directory.reciprocal(283);
  const code = ["", "pixel", "inch", "cm"][directory.number(296, 2)] ?? "pixel";
  const z = description.z;
  if (description.unit !== undefined) return voxelSizeOf(x, y, z, description.unit);
  // 72 or 96 dots per inch are what programs write that know nothing of the size.
  const print = code === "inch" && [72, 96].some((dots) => Math.abs((x ?? 1) * dots - 1) < 1e-6);
  const unknown = x === undefined || print || (x === 1 && y === 1);
  return unknown ? voxelSizeOf(1, 1, z, "pixel") : voxelSizeOf(x, y, z, code);
}

function allocate(file: TiffBytes, info: ImageInfo, { sampleType }: Page): PixelArray[] {
  const { width, height, depth, channels } = info;
  const pixels = width * height * depth;
  try {
    if (pixels * channels * sampleType.bytes > MAX_BYTES) throw new RangeError("too many pixels");
    return Array.from({ length: channels }, () => new sampleType.array(pixels));
  } catch (cause) {
    throw new DaubError(
      "image",
      `Expected an image that fits into memory but found ${width} × ${height} × ${depth} pixels ` +
        `in ${channels} channels in ${file.where}. Crop it, or read fewer channels at once.`,
      { found: { width, height, depth, channels }, where: file.where, cause },
    );
  }
}

async function decodeFrame(
  file: TiffBytes,
  stack: Stack,
  pageAt: (index: number) => Page,
  channels: readonly PixelArray[],
  frame: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { samples } = pageAt(0);
  const planePixels = channels[0].length / stack.depth;
  const pages = new Map<number, (Target | undefined)[]>();
  for (let z = 0; z < stack.depth; z++) {
    for (let c = 0; c < stack.channels; c++) {
      const plane = stack.planeIndex(frame, c, z);
      const index = Math.floor(plane / samples);
      const targets = pages.get(index) ?? new Array(samples).fill(undefined);
      targets[plane % samples] = { pixels: channels[c], start: z * planePixels };
      pages.set(index, targets);
    }
  }
  for (const [index, targets] of pages) {
    throwIfCancelled(signal);
    await decodePage(file, pageAt(index), targets);
  }
}
