import { DaubError } from "../errors.ts";
import { openImage } from "../image/read.ts";
import { encodeTiff } from "../image/tiff_writer.ts";
import type { AnnotationSize, PasteCommand } from "./annotation_command.ts";
import { pasteCommand } from "./annotation_runs.ts";
import type { AnnotationSnapshot } from "./annotation_snapshot.ts";

/** An annotation as a plain label TIFF: the slices of all time points. */
export async function encodeAnnotation(annotation: AnnotationSnapshot): Promise<Uint8Array> {
  const { width, height, depth, frames } = annotation.size;
  const data = annotation.toUint8Array();
  return await encodeTiff({ width, height, depth: depth * frames, data }, { frames });
}

/**
 * The command that replaces an annotation by a label TIFF.
 *
 * @throws {DaubError} `image` when it cannot be read; `annotation` when it is of another size or a
 * pixel is no class number.
 */
export async function pasteTiff(
  bytes: Uint8Array<ArrayBuffer>,
  { width, height, depth, frames = 1 }: AnnotationSize,
): Promise<PasteCommand> {
  const file = await openImage(bytes);
  if (file.info.frames !== frames) throw otherFrames(file.info.frames, frames);
  const runs: number[] = [];
  for (let frame = 0; frame < frames; frame++) {
    const [labels] = await file.read({ frame });
    const ofFrame = pasteCommand(labels, { width, height, depth }).runs;
    const rest = ofFrame.reduce(
      (rest, length, i) => i % 2 ? rest : rest - length,
      labels.data.length,
    );
    for (const number of ofFrame) runs.push(number);
    if (rest > 0) runs.push(rest, 0);
  }
  return { kind: "paste", runs };
}

function otherFrames(found: number, expected: number): DaubError {
  return new DaubError(
    "annotation",
    `Expected an annotation of ${expected} time points, as the image, but found ${found}. Choose ` +
      `the annotation that was painted on this image.`,
    { expected, found },
  );
}
