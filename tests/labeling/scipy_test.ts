import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type { Connectivity } from "../../src/labeling/labels.ts";
import { PYTHON, runPython } from "../support/python.ts";
import { randomMask } from "./masks.ts";
import { twinTest } from "./twins.ts";

const hasScipy = await runPython(["-c", "import scipy.ndimage"]) !== undefined;
const note = hasScipy ? "" : ` (skipped: ${PYTHON} has no SciPy)`;

twinTest(`objects have the numbers that scipy.ndimage.label gives them${note}`, async (label) => {
  const masks = [0.1, 0.3, 0.5, 0.62, 0.9].flatMap((density) => [
    randomMask(45, 37, 1, density),
    randomMask(70, 3, 1, density),
    randomMask(13, 11, 9, density),
  ]);
  const cases = masks.flatMap((mask) => [{ mask, corners: false }, { mask, corners: true }]);
  const questions = cases.map(({ mask: { classes, size: { width, height, depth } }, corners }) => ({
    pixels: Array.from(classes, (value) => value === 2 ? 1 : 0),
    shape: depth > 1 ? [depth, height, width] : [height, width],
    corners,
  }));
  const script = fileURLToPath(new URL("./scipy_labels.py", import.meta.url));
  const answers = JSON.parse((await runPython([script], JSON.stringify(questions)))!);
  for (const [i, { mask: { name, classes, size }, corners }] of cases.entries()) {
    const connectivity: Connectivity = size.depth > 1 ? (corners ? 26 : 6) : (corners ? 8 : 4);
    const { labels, count } = await label(classes, size, 2, connectivity);
    assert.equal(count, answers[i].count, name);
    assert.deepEqual([...labels], answers[i].labels, name);
  }
}, { ignore: !hasScipy });
