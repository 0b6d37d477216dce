import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { labelComponents } from "../../src/flow/label.ts";
import { measure } from "../../src/flow/measure.ts";
import type { Image, Size } from "../../src/image/image.ts";
import { randomMask } from "../labeling/masks.ts";
import { backendTest } from "../support/backends.ts";
import { runPython } from "../support/python.ts";
import { assertClose } from "./close.ts";
import { randomCells, randomIntensities } from "./random_labels.ts";

const hasSkimage = await runPython(["-c", "import skimage.measure"]) !== undefined;
const note = hasSkimage ? "" : " (skipped: there is no scikit-image)";

/** Cells, noise, and objects of several pieces with gaps in their numbers. */
async function labelImages(): Promise<Image<Uint32Array>[]> {
  const flat = { width: 61, height: 47, depth: 1 };
  const deep = { width: 23, height: 19, depth: 13 };
  const images = [randomCells(flat, 30, 1), randomCells(deep, 20, 2)];
  for (const [size, density] of [[flat, 0.55], [flat, 0.75], [deep, 0.3], [deep, 0.8]] as const) {
    const { classes } = randomMask(size.width, size.height, size.depth, density);
    const data = classes.map((value) => value === 2 ? 1 : 0);
    images.push(await labelComponents({ data, ...size }, { backend: "cpu" }));
    images.push({ data: scattered(data, size), ...size });
  }
  return images;
}

function scattered(mask: Uint8Array, { width }: Size): Uint32Array {
  return Uint32Array.from(mask, (value, i) => value * (3 + 2 * (Math.floor(i % width / 9) % 4)));
}

/**
 * The angle of an axis, turned by half a circle where that is nearer to the expected angle, which
 * it is by rounding; what is as long as wide has an axis in any direction.
 */
function turned(angle: number, expected: Record<string, number[]>, object: number): number {
  const wanted = expected.orientation[object];
  if (expected.eccentricity[object] < 1e-7) return wanted;
  // Version 0.19 has the sign of exact diagonals the wrong way round.
  if (Math.abs(wanted) === Math.PI / 4 && angle === -wanted) return wanted;
  return angle + Math.PI * Math.round((wanted - angle) / Math.PI);
}

backendTest(`objects measure as by scikit-image${note}`, async (backend) => {
  const images = await labelImages();
  const questions = images.map((labels, i) => ({ labels, image: randomIntensities(labels, i) }));
  const script = fileURLToPath(new URL("./skimage_regionprops.py", import.meta.url));
  const input = questions.map(({ labels, image }) => ({
    labels: [...labels.data],
    image: [...image.data],
    shape: labels.depth > 1
      ? [labels.depth, labels.height, labels.width]
      : [labels.height, labels.width],
  }));
  const answers: Record<string, number[]>[] = JSON.parse(
    (await runPython(["-W", "ignore", script], JSON.stringify(input)))!,
  );
  for (const [i, { labels, image }] of questions.entries()) {
    const names = Object.keys(answers[i]);
    assert.ok(names.length > 20);
    const { columns } = await measure(labels, image, { properties: names, backend });
    for (const name of names) {
      const [actual, expected] = name === "orientation"
        ? [columns[name].map((angle, o) => turned(angle, answers[i], o)), answers[i][name]]
        : [columns[name], answers[i][name]];
      assertClose(actual, expected, 1e-6, `${i}: ${name}`);
    }
  }
}, { ignore: !hasSkimage });
