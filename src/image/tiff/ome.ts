import { convertLength, normalizeUnit } from "../voxel_size.ts";
import type { Axis, Role } from "./axes.ts";
import type { Description } from "./description.ts";
import { damaged } from "./directory.ts";
import { unread } from "./page.ts";

/** Whether a description is OME-XML. */
export function isOme(description: string): boolean {
  return /^(<\?xml|<!--|<(\w+:)?OME\b)/.test(description) && /<(\w+:)?OME\b/.test(description);
}

/**
 * Reads the first image of OME-XML: its axes, which page holds which plane, its calibration.
 *
 * @throws {DaubError} `image` when its planes lie in other files; `file` when they are missing.
 */
export function readOme(
  description: string,
  pages: number,
  samples: number,
  file: { where: string },
): Description {
  const tags = scanTags(description);
  const pixelsAt = tags.findIndex(({ name }) => name === "Pixels");
  if (pixelsAt < 0) {
    throw unread(file, "layout", "OME metadata kept in another file", "metadata in the file");
  }
  const pixels = tags[pixelsAt].attributes;
  const end = tags.findIndex(({ name }, i) => i > pixelsAt && name === "/Pixels");
  const inside = tags.slice(pixelsAt + 1, end < 0 ? undefined : end);
  const channels = inside.filter(({ name }) => name === "Channel");
  const perChannel = Number(channels[0]?.attributes.get("SamplesPerPixel") ?? samples);
  const size = (letter: string) => {
    const value = Number(pixels.get(`Size${letter}`) ?? 1);
    if (!Number.isInteger(value) || value < 1) {
      throw damaged(file, `a whole Size${letter} in its OME metadata`, `${value}`);
    }
    return letter === "C" && perChannel > 1 ? Math.max(1, Math.floor(value / perChannel)) : value;
  };
  // "XYZCT" names the fastest axis first.
  const order = (pixels.get("DimensionOrder") ?? "XYCZT").slice(2).split("").reverse();
  const roles: Record<string, Role> = { C: "channel", Z: "depth", T: "frame" };
  const axes = order.map((letter): Axis => ({
    role: roles[letter] ?? "frame",
    size: size(letter),
  }));
  const data = inside.filter(({ name }) => name === "TiffData" || name === "UUID");
  const names = channels.map(({ attributes }) => attributes.get("Name") ?? "");
  return {
    axes,
    pageOf: placePlanes(data, order, axes, pages, file),
    ...calibration(pixels),
    ...(names.some((name) => name !== "") && { channelNames: names }),
  };
}

interface Tag {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
}

/** The tags of a document in order, by their local names; closing ones begin with a slash. */
function scanTags(xml: string): Tag[] {
  const text = xml.replaceAll(/<!--[\s\S]*?-->|<\?[\s\S]*?\?>/g, "");
  const tags: Tag[] = [];
  for (const [, slash, name, rest] of text.matchAll(/<(\/?)(?:[\w.-]+:)?([\w.-]+)([^>]*)>/g)) {
    const attributes = new Map<string, string>();
    for (const [, key, a, b] of rest.matchAll(/([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)) {
      attributes.set(key, decodeEntities(a ?? b));
    }
    tags.push({ name: slash + name, attributes });
    if (!slash && rest.endsWith("/")) tags.push({ name: `/${name}`, attributes: new Map() });
  }
  return tags;
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
};

function decodeEntities(text: string): string {
  return text.replaceAll(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) => {
    if (name) return ENTITIES[name] ?? whole;
    const code = Number.parseInt(hex ?? decimal, hex ? 16 : 10);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

/** Follows the TiffData elements: which page holds which plane. */
function placePlanes(
  data: readonly Tag[],
  order: readonly string[],
  axes: readonly Axis[],
  pages: number,
  file: { where: string },
): number[] {
  const planes = axes.reduce((product, { size }) => product * size, 1);
  if (planes > pages && planes > 2 ** 24) throw damaged(file, `${planes} planes`, `${pages}`);
  const pageOf = new Array<number>(planes).fill(-1);
  const entries = data.filter(({ name }) => name === "TiffData");
  if (entries.length === 0) {
    for (let i = 0; i < Math.min(planes, pages); i++) pageOf[i] = i;
  }
  const files = new Set(data.flatMap(({ attributes }) => attributes.get("FileName") ?? []));
  if (files.size > 1) {
    throw unread(file, "layout", `an image spread over ${files.size} files`, "one file an image");
  }
  for (const { attributes } of entries) {
    const number = (key: string, missing: number) => Number(attributes.get(key) ?? missing);
    const ifd = number("IFD", 0);
    const some = attributes.has("IFD") ? 1 : Math.min(planes, pages);
    const count = number("PlaneCount", number("NumPlanes", some));
    const first = order.reduce((i, letter, k) => i * axes[k].size + number(`First${letter}`, 0), 0);
    for (let i = 0; i < Math.min(count, planes - first); i++) pageOf[first + i] = ifd + i;
  }
  const present = pageOf.filter((page) => page >= 0 && page < pages).length;
  if (present < planes) throw damaged(file, `the ${planes} planes it promises`, `${present}`);
  return pageOf;
}

function calibration(pixels: ReadonlyMap<string, string>): Partial<Description> {
  const length = (letter: string) => {
    const value = pixels.get(`PhysicalSize${letter}`);
    const unit = normalizeUnit(pixels.get(`PhysicalSize${letter}Unit`)) ?? "micron";
    return value === undefined ? undefined : { value: Number(value), unit };
  };
  const [x, y, z] = ["X", "Y", "Z"].map(length);
  const unit = (x ?? y ?? z)?.unit;
  if (unit === undefined) return {};
  const inUnit = (size: typeof x) => size && convertLength(size.value, size.unit, unit);
  return { unit, x: inUnit(x), y: inUnit(y), z: inUnit(z) };
}
