import { DaubError } from "../../errors.ts";
import { type SampleType, sampleTypeOf } from "../sample_type.ts";
import { damaged, type Directory, type TiffBytes } from "./directory.ts";

/** The compressions that are read. */
export type Compression = "none" | "lzw" | "deflate" | "packbits" | "zstd";

/** Where one strip or tile lies in the file. */
export interface Segment {
  readonly offset: number;
  readonly length: number;
}

/** Everything that is needed to decode one page, checked against the file. */
export interface Page {
  readonly width: number;
  readonly height: number;
  readonly samples: number;
  readonly sampleType: SampleType;
  readonly compression: Compression;
  /** 1 none, 2 horizontal differencing, 3 floating point. */
  readonly predictor: 1 | 2 | 3;
  /** Whether the samples lie in planes of their own rather than pixel by pixel. */
  readonly planar: boolean;
  /** Strips are segments as wide as the page. */
  readonly segmentWidth: number;
  readonly segmentHeight: number;
  readonly tiled: boolean;
  /** Row by row; when planar, sample by sample. */
  readonly segments: readonly Segment[];
}

const COMPRESSIONS: Readonly<Record<number, Compression>> = {
  1: "none",
  5: "lzw",
  8: "deflate",
  32946: "deflate",
  32773: "packbits",
  50000: "zstd",
};

const OTHER_COMPRESSIONS: Readonly<Record<number, string>> = {
  2: "CCITT",
  3: "CCITT fax",
  4: "CCITT fax",
  6: "old JPEG",
  7: "JPEG",
  33003: "JPEG 2000",
  33004: "JPEG 2000",
  33005: "JPEG 2000",
  34712: "JPEG 2000",
  34887: "LERC",
  34892: "lossy JPEG",
  34925: "LZMA",
  34934: "PNG",
  50001: "WebP",
  50002: "JPEG XL",
  52546: "JPEG XL",
};

/** Grey, RGB, palette indices, mask and ink values are stored as they are. */
const PHOTOMETRICS = [0, 1, 2, 3, 4, 5];
const OTHER_PHOTOMETRICS: Readonly<Record<number, string>> = {
  6: "YCbCr",
  8: "CIE Lab",
  9: "ICC Lab",
  10: "ITU Lab",
  32803: "colour filter array",
  32844: "LogL",
  32845: "LogLuv",
  34892: "linear raw",
};

/** The most bytes that one compressed byte can stand for, with room to spare. */
export const MAX_RATIO: Readonly<Record<Compression, number>> = {
  none: 1,
  lzw: 4096,
  deflate: 1100,
  packbits: 64,
  zstd: 65536,
};

/**
 * What a directory says about its pixels.
 *
 * @throws {DaubError} `image` when it stores them in a way that is not read; `file` when what it
 * says cannot be true.
 */
export function readPage(file: TiffBytes, directory: Directory): Page {
  const width = readExtent(file, directory, 256, "width");
  const height = readExtent(file, directory, 257, "height");
  const samples = readExtent(file, directory, 277, "number of samples", 1);
  const compression = readCompression(file, directory);
  refuseOddLayouts(file, directory);
  const sampleType = readSampleType(file, directory, samples);
  const predictor = readPredictor(file, directory, sampleType, compression);
  const planar = samples > 1 && directory.number(284, 1) === 2;
  const tiled = directory.has(322) || directory.has(324);
  const segmentWidth = tiled ? readExtent(file, directory, 322, "tile width") : width;
  const segmentHeight = tiled
    ? readExtent(file, directory, 323, "tile height")
    : Math.min(readExtent(file, directory, 278, "rows per strip", height), height);
  const page = {
    width,
    height,
    samples,
    sampleType,
    compression,
    predictor,
    planar,
    segmentWidth,
    segmentHeight,
    tiled,
  };
  return { ...page, segments: readSegments(file, directory, page) };
}

/** The bytes of a decoded segment; `index` counts within its plane. */
export function segmentBytes(page: Omit<Page, "segments">, index: number): number {
  const samples = page.planar ? 1 : page.samples;
  const columns = Math.ceil(page.width / page.segmentWidth);
  const top = Math.floor(index / columns) * page.segmentHeight;
  const rows = page.tiled ? page.segmentHeight : Math.min(page.segmentHeight, page.height - top);
  return rows * page.segmentWidth * samples * page.sampleType.bytes;
}

/** How many segments one plane has. */
export function segmentsPerPlane(page: Omit<Page, "segments">): number {
  return Math.ceil(page.width / page.segmentWidth) * Math.ceil(page.height / page.segmentHeight);
}

function readExtent(
  file: TiffBytes,
  directory: Directory,
  tag: number,
  name: string,
  missing?: number,
): number {
  const value = directory.number(tag) ?? missing;
  if (value === undefined) throw damaged(file, `a ${name}`, "none");
  if (!Number.isInteger(value) || value < 1 || value >= 2 ** 32) {
    throw damaged(file, `a ${name} greater than 0`, `${value}`);
  }
  return value;
}

function readCompression(file: TiffBytes, directory: Directory): Compression {
  const code = directory.number(259, 1);
  const compression = COMPRESSIONS[code];
  if (compression) return compression;
  const name = OTHER_COMPRESSIONS[code];
  throw unread(
    file,
    "compression",
    name ? `${name} (${code})` : `${code}`,
    "none, LZW, deflate, PackBits or zstd",
  );
}

function readPredictor(
  file: TiffBytes,
  directory: Directory,
  sampleType: SampleType,
  compression: Compression,
): 1 | 2 | 3 {
  const predictor = directory.number(317, 1);
  // Without compression there is nothing to prepare for, whatever the field says.
  if (predictor === 1 || compression === "none") return 1;
  const isFloat = sampleType.kind === "float";
  if (predictor === 2 && compression !== "packbits") return 2;
  // libtiff writes the bytes of big-endian floats in an order that it does not read itself.
  if (predictor === 3 && isFloat && file.littleEndian && compression !== "packbits") return 3;
  const found = compression === "packbits"
    ? `${predictor} with PackBits, which programs understand in two ways`
    : predictor === 3 && isFloat
    ? "floating point (3) in a big-endian file, which programs understand in two ways"
    : `${predictor}`;
  throw unread(file, "predictor", found, "none, 2, or 3 for floating point");
}

function refuseOddLayouts(file: TiffBytes, directory: Directory): void {
  const photometric = directory.number(262, 1);
  if (!PHOTOMETRICS.includes(photometric)) {
    const name = OTHER_PHOTOMETRICS[photometric];
    throw unread(
      file,
      "colour model",
      name ? `${name} (${photometric})` : `${photometric}`,
      "grey, RGB or palette",
    );
  }
  const fillOrder = directory.number(266, 1);
  if (fillOrder !== 1) throw unread(file, "bit order", `${fillOrder}`, "1, the usual one");
  const depth = Math.max(directory.number(32997, 1), directory.number(32998, 1));
  if (depth !== 1) throw unread(file, "depth per page", `${depth}`, "one plane per page");
  // MetaMorph stores all its planes behind one directory that tells of the first.
  const planes = directory.has(33628) ? directory.numbers(33629)?.length ?? 1 : 1;
  if (planes > 1) throw unread(file, "layout", "a MetaMorph stack", "one plane per page");
}

function readSampleType(file: TiffBytes, directory: Directory, samples: number): SampleType {
  const same = (tag: number, missing: number) => {
    const values = directory.numbers(tag, samples) ?? [];
    return values.length === 0 ? missing : values.every((v) => v === values[0]) ? values[0] : NaN;
  };
  const bits = same(258, 1);
  const format = same(339, 1);
  const type = sampleTypeOf(bits, format);
  if (type) return type;
  const kinds = ["", "unsigned", "signed", "floating point", "unsigned", "complex", "complex"];
  throw unread(
    file,
    "sample type",
    Number.isNaN(bits + format) ? "several at once" : `${bits} bits, ${kinds[format] ?? format}`,
    "8 to 64-bit integers, or 32 or 64-bit floating point",
  );
}

function readSegments(
  file: TiffBytes,
  directory: Directory,
  page: Omit<Page, "segments">,
): Segment[] {
  const perPlane = segmentsPerPlane(page);
  const expected = perPlane * (page.planar ? page.samples : 1);
  // Asked for one more than needed, a lying count costs no more than the truth.
  const offsets = directory.numbers(page.tiled ? 324 : 273, expected + 1) ?? [];
  const lengths = directory.numbers(page.tiled ? 325 : 279, expected + 1);
  const kind = page.tiled ? "tiles" : "strips";
  if (offsets.length < expected) {
    throw damaged(file, `${expected} ${kind}`, `${offsets.length}`);
  }
  if (lengths ? lengths.length < expected : page.compression !== "none") {
    throw damaged(file, `the lengths of ${expected} ${kind}`, `${lengths?.length ?? 0}`);
  }
  const segments = new Array<Segment>(expected);
  for (let i = 0; i < expected; i++) {
    const bytes = segmentBytes(page, i % perPlane);
    const offset = offsets[i];
    const length = lengths ? lengths[i] : bytes;
    if (length === 0) throw unread(file, "layout", `an empty one of its ${kind}`, `all ${kind}`);
    if (offset + length > file.bytes.length) {
      throw damaged(
        file,
        `all ${kind} within its ${file.bytes.length} bytes`,
        `one that ends at byte ${offset + length}`,
      );
    }
    if (bytes > length * MAX_RATIO[page.compression]) {
      throw damaged(file, `${kind} of ${bytes} bytes`, `one of ${length} bytes`);
    }
    segments[i] = { offset, length };
  }
  return segments;
}

/** The error for a file that is sound but stored in a way that is not read. */
export function unread(
  file: { where: string },
  what: string,
  found: string,
  expected: string,
): DaubError {
  return new DaubError(
    "image",
    `Expected a TIFF ${what} that is read here (${expected}) but found ${found} in ` +
      `${file.where}. Save the image as a plain TIFF, for example with ImageJ, and try again.`,
    { expected, found, where: file.where },
  );
}
