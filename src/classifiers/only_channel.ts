import { DaubError } from "../errors.ts";
import { asChannels, type Image } from "../image/image.ts";

/** The only channel of strokes or labels. */
export function onlyChannel(
  image: Image | readonly Image[],
  what: "annotation" | "labels",
): Image {
  const channels = asChannels(image);
  if (channels.length === 1) return channels[0];
  const [expected, saved, tag] = what === "annotation"
    ? ["an annotation with one channel of class numbers", "strokes", "annotation"] as const
    : ["a label image with one channel of object numbers", "labels", "image"] as const;
  throw new DaubError(
    tag,
    `Expected ${expected} but found ${channels.length} channels. Save the ${saved} as a label ` +
      `image, not as a colour picture.`,
    { expected: 1, found: channels.length },
  );
}
