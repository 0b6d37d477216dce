import { DaubError } from "../errors.ts";
import { describeSize, type Image } from "../image/image.ts";
import type { AnnotationSize, PasteCommand } from "./annotation_command.ts";

/**
 * The command that replaces an annotation by the pixels of a label image.
 *
 * @param labels Whole numbers from 0 to 255 in raster order, of any pixel type.
 * @throws {DaubError} `annotation` when the sizes differ or a pixel is no class number.
 */
export function pasteCommand(
  labels: Image | { readonly data: Image["data"] },
  size: AnnotationSize,
): PasteCommand {
  const { data } = labels;
  const expected = size.width * size.height * size.depth * (size.frames ?? 1);
  const differs = "width" in labels &&
    (labels.width !== size.width || labels.height !== size.height || labels.depth !== size.depth);
  if (data.length !== expected || differs) {
    const found = "width" in labels ? describeSize(labels) : `${data.length} pixels`;
    throw new DaubError(
      "annotation",
      `Expected an annotation of ${describeSize(size)} pixels, as the image, but found ${found}. ` +
        `Choose the annotation that was painted on this image.`,
      { expected: size, found },
    );
  }
  const runs: number[] = [];
  for (let i = 0; i < data.length;) {
    const value = Number(data[i]);
    if (!(value >= 0 && value <= 255 && Number.isInteger(value))) {
      throw new DaubError(
        "annotation",
        `Expected class numbers from 0 to 255 in the annotation but found ${value}. ` +
          `Choose a painted annotation rather than an image or objects.`,
        { expected: "integers from 0 to 255", found: value },
      );
    }
    let j = i + 1;
    while (j < data.length && data[j] === data[i]) j++;
    if (value > 0 || j < data.length) runs.push(j - i, value);
    i = j;
  }
  return { kind: "paste", runs };
}
