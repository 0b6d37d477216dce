import type { Image } from "../image.ts";
import type { SampleType } from "../sample_type.ts";

/** The types that ImageJ has. */
const IMAGEJ_TYPES: readonly string[] = ["uint8", "uint16", "float32"];

/**
 * The description of a stack whose pages are, for each plane, its channels: ImageJ's own for types
 * that it has, else JSON like that of Python's tifffile.
 *
 * @param frames How many time points the planes are of.
 */
export function describeStack(
  channels: readonly Image[],
  type: SampleType,
  frames: number,
): string {
  const [{ width, height, depth: planes, voxelSize }] = channels;
  const depth = planes / frames;
  const isHyperstack = channels.length > 1 || frames > 1;
  const unit = voxelSize && escape(voxelSize.unit);
  if (!IMAGEJ_TYPES.includes(type.name)) {
    const sizes = { T: frames, Z: depth, C: channels.length, Y: height, X: width };
    const axes = Object.entries(sizes).filter(([axis, size]) => size > 1 || "YX".includes(axis));
    return escape(JSON.stringify({
      shape: axes.map(([, size]) => size),
      axes: axes.map(([axis]) => axis).join(""),
      ...(voxelSize && { unit: voxelSize.unit, spacing: voxelSize.z }),
    }));
  }
  const images = planes * channels.length;
  return [
    "ImageJ=1.54f",
    `images=${images}`,
    ...(channels.length > 1 ? [`channels=${channels.length}`] : []),
    ...(depth > 1 ? [`slices=${depth}`] : []),
    ...(frames > 1 ? [`frames=${frames}`] : []),
    ...(isHyperstack ? ["hyperstack=true", "mode=grayscale"] : []),
    ...(voxelSize ? [`unit=${unit}`, `spacing=${voxelSize.z}`] : []),
    "loop=false",
    "",
  ].join("\n");
}

/** Characters beyond ASCII as `\u00B5`, which ImageJ and JSON both read; never a line break. */
function escape(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
  });
}
