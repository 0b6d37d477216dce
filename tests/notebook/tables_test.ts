import assert from "node:assert/strict";
import {
  importanceTable,
  sizeHistogram,
  statisticsTable,
} from "../../src/notebook/figures/tables.ts";
import { areaFractions, objectSizes } from "../../src/notebook/object_sizes.ts";
import { randomNumbers } from "../support/random.ts";

Deno.test("the size of an object is the number of its pixels", () => {
  const data = Uint32Array.of(0, 1, 1, 0, 2, 1, 3, 3, 0);
  const sizes = objectSizes({ data, count: 3, width: 3, height: 3, depth: 1 });
  assert.deepEqual(Array.from(sizes), [3, 1, 2]);
  const none = objectSizes({ data: new Uint32Array(9), count: 0, width: 3, height: 3, depth: 1 });
  assert.equal(none.length, 0);
});

Deno.test("area fractions are by ascending class and sum to one", () => {
  assert.deepEqual(areaFractions({ 10: 1, 2: 3 }), [
    { class: 2, pixels: 3, fraction: 0.75 },
    { class: 10, pixels: 1, fraction: 0.25 },
  ]);
  assert.deepEqual(areaFractions({}), []);
});

Deno.test("importances come by falling importance", () => {
  const rows = importanceTable({ featureImportances: { original: 0.2, "gaussian_blur=1": 0.8 } });
  assert.deepEqual(rows.map(({ feature }) => feature), ["gaussian_blur=1", "original"]);
});

Deno.test("statistics have one row for each feature and depth", () => {
  const statistics = [
    { name: "a", counts: [3, 1], shares: [0.75, 0.5] },
    { name: "b", counts: [1, 1], shares: [0.25, 0.5] },
  ];
  assert.deepEqual(statisticsTable({ statistics }), [
    { feature: "a", depth: 0, count: 3, share: 0.75 },
    { feature: "a", depth: 1, count: 1, share: 0.5 },
    { feature: "b", depth: 0, count: 1, share: 0.25 },
    { feature: "b", depth: 1, count: 1, share: 0.5 },
  ]);
});

Deno.test("every object is in the bin of its size, bins touch, and there are not too many", () => {
  const random = randomNumbers(5);
  for (let round = 0; round < 200; round++) {
    const spread = 10 ** (5 * random());
    const sizes = Array.from(
      { length: 1 + Math.floor(2000 * random() ** 3) },
      () => 1 + Math.floor(spread * random()),
    );
    const bins = sizeHistogram(sizes);
    assert.ok(bins.length <= 30, `${bins.length} bins`);
    assert.ok(bins[0].count > 0 && bins.at(-1)!.count > 0);
    const width = bins[0].to - bins[0].from;
    assert.ok([1, 2, 5].includes(Number(width.toString().replace(/0+$/, ""))), `${width}`);
    bins.forEach(({ from, to, count }, i) => {
      assert.equal(to - from, width);
      assert.equal(from, bins[0].from + i * width);
      assert.equal(count, sizes.filter((size) => size >= from && size < to).length);
    });
    assert.equal(bins.reduce((sum, { count }) => sum + count, 0), sizes.length);
  }
  assert.deepEqual(sizeHistogram([]), []);
});
