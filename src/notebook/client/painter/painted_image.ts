import { asChannels, type Image } from "../../../image/image.ts";

/** What can be painted on: one image, its channels, or time points of channels. */
export type PaintedImage = Image | readonly Image[] | readonly (readonly Image[])[];

/**
 * An image as time points of channels.
 *
 * @throws {DaubError} `image` when there is no channel or they differ in size.
 */
export function framesOf(image: PaintedImage): readonly (readonly Image[])[] {
  if (Array.isArray(image) && Array.isArray(image[0])) {
    asChannels(image.flat());
    return image;
  }
  return [asChannels(image as Image | readonly Image[])];
}
