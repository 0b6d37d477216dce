import { convertLength, normalizeUnit } from "../voxel_size.ts";
import type { Axis } from "./axes.ts";
import type { Description } from "./description.ts";

/** Whether a description is one that ImageJ writes. */
export function isImageJ(description: string): boolean {
  return description.startsWith("ImageJ=");
}

/**
 * Reads ImageJ's description: lines of `key=value`. Its planes are ordered channel by channel,
 * slice by slice, frame by frame.
 *
 * @param pages how many pages the file has
 * @param samples samples per pixel, because an RGB picture may call these its channels
 */
export function readImageJ(description: string, pages: number, samples: number): Description {
  const values = new Map<string, string>();
  for (const line of description.split(/\r?\n/)) {
    const at = line.indexOf("=");
    if (at > 0) values.set(line.slice(0, at), line.slice(at + 1));
  }
  const count = (key: string) => {
    const value = Number(values.get(key) ?? 1);
    return Number.isInteger(value) && value > 0 ? value : 1;
  };
  const images = Math.max(count("images"), pages);
  const frames = count("frames");
  let slices = count("slices");
  let channels = count("channels");
  if (samples > 1 && channels === samples && images === frames * slices) channels = 1;
  const stated = frames * slices * channels;
  // Stacks that are not hyperstacks may only tell how many images there are.
  if (stated < images && images % stated === 0 && slices === 1) slices = images / stated;
  const axes: Axis[] = [
    { role: "frame", size: frames },
    { role: "depth", size: slices },
    { role: "channel", size: channels },
  ];
  const unit = normalizeUnit(unescape(values.get("unit")));
  return { axes, contiguous: true, unit, z: readSpacing(values, unit) };
}

function readSpacing(values: Map<string, string>, unit: string | undefined): number | undefined {
  const spacing = values.get("spacing");
  if (spacing === undefined) return undefined;
  const zUnit = normalizeUnit(unescape(values.get("zunit"))) ?? unit ?? "pixel";
  return convertLength(Math.abs(Number(spacing)), zUnit, unit ?? "pixel");
}

/** ImageJ writes characters beyond ASCII as `\u00B5`. */
function unescape(text: string | undefined): string | undefined {
  return text?.replaceAll(
    /\\u([0-9a-f]{4})/gi,
    (_, code) => String.fromCharCode(Number.parseInt(code, 16)),
  );
}
