import assert from "node:assert/strict";
import type { Image, Size } from "../../src/image/image.ts";
import { labelComponents } from "../../src/flow/label.ts";
import { expandLabels } from "../../src/labeling/expand.ts";
import { outlineObjects } from "../../src/labeling/outlines.ts";
import { relabel } from "../../src/labeling/relabel.ts";
import {
  removeEdgeObjects,
  removeLargeObjects,
  removeSmallObjects,
} from "../../src/labeling/remove_objects.ts";
import { throwsDaub } from "../support/errors.ts";
import { randomNumbers } from "../support/random.ts";

/** Rows of digits, a label each. */
function draw(...rows: string[]): Image<Uint32Array> {
  const data = Uint32Array.from(rows.join(""), Number);
  return { data, width: rows[0].length, height: rows.length, depth: 1 };
}

function text({ data, width, height }: Image): string[] {
  return Array.from(
    { length: height },
    (_, y) => data.slice(y * width, (y + 1) * width).join(""),
  );
}

function sparse(size: Size, density: number, seed: number): Image<Uint32Array> {
  const next = randomNumbers(seed);
  const length = size.width * size.height * size.depth;
  const data = Uint32Array.from(
    { length },
    () => next() < density ? 1 + Math.floor(next() * 5) : 0,
  );
  return { data, ...size };
}

Deno.test("relabelling closes gaps in the order of labels and tells the former ones", () => {
  const { data, count, originals, ...size } = relabel(draw("7702", "0022"));
  assert.deepEqual(text({ data, ...size }), ["2201", "0011"]);
  assert.equal(count, 2);
  assert.deepEqual([...originals], [0, 2, 7]);
});

Deno.test("relabelling takes labels that are far apart, of any type", () => {
  const data = Float64Array.of(4_000_000_000, 0, 5, 4_000_000_000);
  const { data: labels, originals } = relabel({ data, width: 4, height: 1, depth: 1 });
  assert.deepEqual([...labels], [2, 0, 1, 2]);
  assert.deepEqual([...originals], [0, 5, 4_000_000_000]);
});

Deno.test("an image without objects stays empty", () => {
  const { count, originals } = relabel(draw("000", "000"));
  assert.equal(count, 0);
  assert.deepEqual([...originals], [0]);
});

Deno.test("small and large objects go, those of exactly the limit stay", () => {
  const image = draw("1022", "0002", "3333");
  assert.deepEqual(text(removeSmallObjects(image, 3)), ["0011", "0001", "2222"]);
  assert.deepEqual(text(removeLargeObjects(image, 3)), ["1022", "0002", "0000"]);
  assert.deepEqual([...removeLargeObjects(image, 1).originals], [0, 1]);
});

Deno.test("objects at the edge go, and with a wider margin those near it", () => {
  const image = draw("100000", "000000", "002030", "002000", "000000", "000000");
  assert.deepEqual([...removeEdgeObjects(image).originals], [0, 2, 3]);
  assert.deepEqual([...removeEdgeObjects(image, 2).originals], [0, 2]);
  assert.deepEqual([...removeEdgeObjects(image, 0).originals], [0, 1, 2, 3]);
  assert.deepEqual([...removeEdgeObjects(image, 3).originals], [0]);
});

Deno.test("in a volume the first and last plane are edges too", () => {
  const data = new Uint32Array(27);
  data[13] = 1;
  assert.equal(removeEdgeObjects({ data, width: 3, height: 3, depth: 3 }).count, 1);
  data[4] = 1;
  assert.equal(removeEdgeObjects({ data, width: 3, height: 3, depth: 3 }).count, 0);
});

for (
  const size of [{ width: 31, height: 24, depth: 1 }, { width: 11, height: 9, depth: 8 }]
) {
  Deno.test(`in ${size.depth} planes objects grow to the nearest pixels, by straight lines`, () => {
    const image = sparse(size, 0.02, size.depth);
    const at = (i: number) => [
      i % size.width,
      Math.floor(i / size.width) % size.height,
      Math.floor(i / size.width / size.height),
    ];
    for (const distance of [0, 1, 1.5, 4, Infinity]) {
      const { data } = expandLabels(image, distance);
      for (let i = 0; i < data.length; i++) {
        let least = Infinity;
        const nearest = new Set<number>();
        image.data.forEach((label, k) => {
          if (label === 0) return;
          const [p, q] = [at(i), at(k)];
          const d = Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
          if (d < least - 1e-9) nearest.clear();
          if (d <= least + 1e-9) nearest.add(label);
          least = Math.min(least, d);
        });
        if (least > distance) assert.equal(data[i], 0, `pixel ${i}, distance ${distance}`);
        else assert.ok(nearest.has(data[i]), `pixel ${i}, distance ${distance}`);
      }
    }
  });
}

Deno.test("an outline is what touches another object or the background by a face", () => {
  const image = draw("00000", "01110", "01112", "01110", "00000");
  assert.deepEqual(text(outlineObjects(image)), ["00000", "01110", "01012", "01110", "00000"]);
  assert.deepEqual(text(outlineObjects(draw("111", "111"))), ["000", "000"]);
});

Deno.test("distances, areas and margins below 0 are refused", () => {
  const image = draw("1");
  for (
    const call of [
      () => expandLabels(image, -1),
      () => expandLabels(image, NaN),
      () => removeSmallObjects(image, -1),
      () => removeLargeObjects(image, NaN),
      () => removeEdgeObjects(image, 1.5),
    ]
  ) throwsDaub("options", /Expected the \w+ to be/, call);
});

Deno.test("pixels that are no labels are named", () => {
  for (const value of [-1, 0.5, NaN, 2 ** 32]) {
    const data = Float64Array.of(0, 1, value);
    const message = new RegExp(`found ${value} at \\(2, 0\\)`);
    throwsDaub("image", message, () => relabel({ data, width: 3, height: 1, depth: 1 }));
  }
});

Deno.test("whatever is not 0 belongs to a mask, wherever its bytes lie", async () => {
  const values = [1, 0, 128, 255, 0, 127, 0, 0, 2, 64, 0];
  const expected = [1, 0, 2, 2, 0, 3, 0, 0, 4, 4, 0];
  for (const offset of [0, 1, 4]) {
    const data = new Uint8Array(values.length + offset).subarray(offset);
    data.set(values);
    const mask = { data, width: values.length, height: 1, depth: 1 };
    assert.deepEqual([...(await labelComponents(mask, { backend: "cpu" })).data], expected);
  }
});
