/**
 * Draws the picture of the README that shows what is done with objects: those found in the bundled
 * sample, those of them that are selected by size, and the small ones told from the large ones.
 *
 * @module
 */
import {
  drawOverlay,
  encodePng,
  measure,
  ObjectClassifier,
  ObjectSegmenter,
  ObjectSelector,
  type Picture,
  readImage,
} from "../mod.ts";

const GAP = 8;

/** Pictures of one height side by side on white. */
function sideBySide(pictures: readonly Picture[]): Picture {
  const { height } = pictures[0];
  const width = pictures.reduce((sum, picture) => sum + picture.width + GAP, -GAP);
  const data = new Uint8Array(3 * width * height).fill(255);
  let left = 0;
  for (const picture of pictures) {
    for (let y = 0; y < height; y++) {
      const row = picture.data.subarray(3 * y * picture.width, 3 * (y + 1) * picture.width);
      data.set(row, 3 * (y * width + left));
    }
    left += picture.width + GAP;
  }
  return { data, width, height };
}

if (import.meta.main) {
  const samples = new URL("../samples/", import.meta.url);
  const image = await readImage(new URL("blobs.tif", samples));
  const [strokes] = await readImage(new URL("blobs_annotation.tif", samples));
  const run = { backend: "cpu" } as const;
  const segmenter = await ObjectSegmenter.train({ image, annotation: strokes, ...run });
  const labels = await segmenter.predict(image, run);
  // A stroke over each of the first ten objects: 1 on small ones, 2 on large ones.
  const { columns } = await measure(labels, undefined, { properties: ["label", "area"] });
  const median = columns.area.toSorted()[labels.count >> 1];
  const classOf = new Map<number, number>();
  columns.label.slice(0, 10).forEach((label, i) => {
    classOf.set(label, columns.area[i] < median ? 1 : 2);
  });
  const data = Uint8Array.from(labels.data, (label) => classOf.get(label) ?? 0);
  const training = { labels, image, annotation: { ...labels, data }, features: "area", ...run };
  const classifier = await ObjectClassifier.train(training);
  const selector = await ObjectSelector.train(training);
  const classes = await classifier.predict(labels, image, run);
  const found = [
    labels,
    { ...classes, data: Uint32Array.from(classes.data) },
    await selector.predict(labels, image, run),
  ];
  const pictures = found.map((shown) => drawOverlay(image, shown, { scale: 1, outline: 1 }));
  const picture = sideBySide(pictures);
  await Deno.writeFile(new URL("blobs_objects.png", samples), await encodePng(picture));
}
