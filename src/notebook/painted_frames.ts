import { DaubError } from "../errors.ts";
import { readAnnotation } from "../image/annotation.ts";
import { describeSize, pixelCount } from "../image/image.ts";
import type { AnnotationSize } from "./annotation_command.ts";
import type { Strokes } from "./engine.ts";
import { findPaintedPixels, type PaintedFrame } from "./painted_pixels.ts";

/**
 * The time points that are painted, and where.
 *
 * @throws {DaubError} `annotation` when nothing is painted, or the strokes are of another size.
 */
export function paintedFrames(
  strokes: Strokes,
  size: Required<AnnotationSize>,
): readonly PaintedFrame[] {
  const pixels = pixelCount(size);
  const painted = (strokes instanceof Uint8Array ? cutFrames(strokes, size) : strokes)
    .filter((frame) => frame.pixels.length > 0);
  // Says what is missing.
  if (painted.length === 0) {
    readAnnotation({ data: Uint8Array.of(0), width: 1, height: 1, depth: 1 });
  }
  for (const { frame, pixels: places } of painted) {
    const last = places[places.length - 1];
    if (frame < size.frames && last < pixels) continue;
    throw unlike(size, `pixel ${last} of time point ${frame}`);
  }
  return painted;
}

function cutFrames(strokes: Uint8Array, size: Required<AnnotationSize>): PaintedFrame[] {
  const pixels = pixelCount(size);
  if (strokes.length !== pixels * size.frames) throw unlike(size, strokes.length);
  return Array.from({ length: size.frames }, (_, frame) => ({
    frame,
    ...findPaintedPixels(strokes.subarray(frame * pixels, (frame + 1) * pixels)),
  }));
}

function unlike(size: Required<AnnotationSize>, found: unknown): DaubError {
  const pixels = pixelCount(size) * size.frames;
  return new DaubError(
    "annotation",
    `Expected an annotation of ${pixels} pixels, like the image of ${describeSize(size)}, but ` +
      `found ${found}. Paint on this image.`,
    { expected: pixels, found },
  );
}
