/**
 * Draws the picture at the top of the README: the bundled sample with its strokes, and beside it
 * the objects found from them.
 *
 * @module
 */
import {
  drawOverlay,
  encodePng,
  type Image,
  ObjectSegmenter,
  type Picture,
  readImage,
} from "../mod.ts";

const SCALE = 2;
const GAP = 12;

/** Background blue, object orange: told apart with any colour vision. */
const STROKE_COLORS: Readonly<Record<number, readonly number[]>> = {
  1: [86, 180, 233],
  2: [255, 140, 0],
};

/** The picture of an image without objects, with strokes laid over it. */
function drawStrokes(image: readonly Image[], strokes: Image): Picture {
  const nothing = { ...image[0], data: new Uint32Array(image[0].data.length) };
  const picture = drawOverlay(image, nothing, { scale: SCALE });
  for (let y = 0; y < picture.height; y++) {
    for (let x = 0; x < picture.width; x++) {
      const pixel = Math.floor(y / SCALE) * strokes.width + Math.floor(x / SCALE);
      const color = STROKE_COLORS[Number(strokes.data[pixel])];
      if (color) picture.data.set(color, (y * picture.width + x) * 3);
    }
  }
  return picture;
}

/** Two pictures of one height side by side on white. */
function sideBySide(left: Picture, right: Picture): Picture {
  const width = left.width + GAP + right.width;
  const data = new Uint8Array(width * left.height * 3).fill(255);
  for (const [picture, offset] of [[left, 0], [right, left.width + GAP]] as const) {
    for (let y = 0; y < picture.height; y++) {
      const row = picture.data.subarray(y * picture.width * 3, (y + 1) * picture.width * 3);
      data.set(row, (y * width + offset) * 3);
    }
  }
  return { data, width, height: left.height };
}

if (import.meta.main) {
  const samples = new URL("../samples/", import.meta.url);
  const image = await readImage(new URL("blobs.tif", samples));
  const [annotation] = await readImage(new URL("blobs_annotation.tif", samples));
  const segmenter = await ObjectSegmenter.train({ image, annotation, backend: "cpu" });
  const labels = await segmenter.predict(image, { backend: "cpu" });
  const objects = drawOverlay(image, labels, { scale: SCALE });
  const picture = sideBySide(drawStrokes(image, annotation), objects);
  await Deno.writeFile(new URL("blobs_overlay.png", samples), await encodePng(picture));
}
