import { DaubError } from "../errors.ts";
import { asChannels, type Image } from "../image/image.ts";

/**
 * A label or class image, which may come as a list of one channel, as files are read.
 *
 * @throws {DaubError} `image` when there are several channels or the data do not fill the image.
 */
export function oneImage(image: Image | readonly Image[], what: string): Image {
  const channels = asChannels(image);
  if (channels.length === 1) return channels[0];
  throw new DaubError(
    "image",
    `Expected a ${what} with one channel of whole numbers but found ${channels.length} channels. ` +
      `Choose the channel that holds them.`,
    { expected: 1, found: channels.length, where: what },
  );
}
