/**
 * Draws the pictures of the README that show what is done with objects: those of a sample told apart
 * by size and selected, and pieces of cells merged.
 *
 * @module
 */
import {
  drawOverlay,
  encodePng,
  measure,
  ObjectClassifier,
  ObjectMerger,
  ObjectSegmenter,
  ObjectSelector,
  type Picture,
  readImage,
} from "../mod.ts";

const GAP = 8;
const RUN = { backend: "cpu" } as const;

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

/** Objects of the blobs, told apart by size, and the large ones selected. */
async function drawObjects(samples: URL): Promise<Picture> {
  const image = await readImage(new URL("blobs.tif", samples));
  const [strokes] = await readImage(new URL("blobs_annotation.tif", samples));
  const segmenter = await ObjectSegmenter.train({ image, annotation: strokes, ...RUN });
  const labels = await segmenter.predict(image, RUN);
  // A stroke over each of the first ten objects: 1 on small ones, 2 on large ones.
  const { columns } = await measure(labels, undefined, { properties: ["label", "area"] });
  const median = columns.area.toSorted()[labels.count >> 1];
  const classOf = new Map<number, number>();
  columns.label.slice(0, 10).forEach((label, i) => {
    classOf.set(label, columns.area[i] < median ? 1 : 2);
  });
  const data = Uint8Array.from(labels.data, (label) => classOf.get(label) ?? 0);
  const training = { labels, image, annotation: { ...labels, data }, features: "area", ...RUN };
  const classifier = await ObjectClassifier.train(training);
  const selector = await ObjectSelector.train(training);
  const classes = await classifier.predict(labels, image, RUN);
  const found = [
    labels,
    { ...classes, data: Uint32Array.from(classes.data) },
    await selector.predict(labels, image, RUN),
  ];
  const pictures = found.map((shown) => drawOverlay(image, shown, { scale: 1, outline: 1 }));
  return sideBySide(pictures);
}

/** Cells cut into pieces, and merged by what strokes across their borders teach. */
async function drawMerging(samples: URL): Promise<Picture> {
  const read = (name: string) => readImage(new URL(name, samples));
  const image = await read("membranes.tif");
  const [found] = await read("membranes_labels.tif");
  const pieces = { ...found, data: Uint32Array.from(found.data as Uint8Array) };
  const [annotation] = await read("membranes_annotation.tif");
  const features = "mean_touch_intensity touch_portion";
  const training = { labels: pieces, image, annotation, features, ...RUN };
  const merger = await ObjectMerger.train(training);
  const merged = await merger.predict(pieces, image, RUN);
  return sideBySide(
    [pieces, merged].map((shown) => drawOverlay(image, shown, { scale: 1, outline: 1 })),
  );
}

if (import.meta.main) {
  const samples = new URL("../samples/", import.meta.url);
  const pictures = { blobs_objects: drawObjects, membranes_merged: drawMerging };
  for (const [name, draw] of Object.entries(pictures)) {
    await Deno.writeFile(new URL(`${name}.png`, samples), await encodePng(await draw(samples)));
  }
}
