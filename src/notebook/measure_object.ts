import { measure } from "../flow/measure.ts";
import type { Image } from "../image/image.ts";
import type { LabelImage } from "../labeling/labels.ts";
import { cropImage, type ImageBox } from "./crop_image.ts";

/** Measurements of one object. */
export interface ObjectMeasurements {
  /** In pixels. */
  readonly area: number;
  /** The centre in pixels of the whole image. */
  readonly centre: readonly [x: number, y: number, z: number];
  readonly meanIntensity: number;
  readonly minIntensity: number;
  readonly maxIntensity: number;
  readonly standardDeviation: number;
}

/**
 * Measures one object from the pixels in its box, whatever the size of the image.
 *
 * @param box Encloses the object.
 * @param channel The intensities, of the labels' size.
 */
export async function measureObject(
  labels: LabelImage,
  label: number,
  box: ImageBox,
  channel: Image,
): Promise<ObjectMeasurements> {
  const { data, ...size } = cropImage(labels, box);
  const own = { ...size, data: (data as Uint32Array).map((value) => value === label ? 1 : 0) };
  const { columns } = await measure(own, cropImage(channel, box), {
    properties: [
      "area",
      "centroid_x",
      "centroid_y",
      "centroid_z",
      "mean_intensity",
      "min_intensity",
      "max_intensity",
      "standard_deviation_intensity",
    ],
  });
  const of = (name: string) => columns[name]?.[0] ?? 0;
  return {
    area: of("area"),
    centre: [
      box.x + of("centroid_x"),
      box.y + of("centroid_y"),
      box.z + of("centroid_z"),
    ],
    meanIntensity: of("mean_intensity"),
    minIntensity: of("min_intensity"),
    maxIntensity: of("max_intensity"),
    standardDeviation: of("standard_deviation_intensity"),
  };
}
