import assert from "node:assert/strict";
import { ObjectSegmenter } from "../../mod.ts";
import { type Applied, applyToAll } from "../../src/notebook/apply_classifier.ts";

const SIZE = { width: 20, height: 10, depth: 1 };

/** Bright columns, as many as asked for. */
function columns(count: number) {
  const data = Float32Array.from({ length: 200 }, (_, i) => {
    const x = i % 20;
    return x % 3 === 1 && x < 3 * count ? 9 : 1;
  });
  return { data, ...SIZE };
}

async function trained(): Promise<ObjectSegmenter> {
  const annotation = Uint8Array.from({ length: 200 }, (_, i) => i > 5 ? 0 : i % 3 === 1 ? 2 : 1);
  return await ObjectSegmenter.train({
    image: columns(4),
    annotation: { data: annotation, ...SIZE },
    features: "original",
    numTrees: 5,
    backend: "cpu",
  });
}

async function collect(results: AsyncIterable<Applied>): Promise<Applied[]> {
  const all: Applied[] = [];
  for await (const result of results) all.push(result);
  return all;
}

Deno.test("every image is segmented in its turn, and a bad one does not stop the others", async () => {
  const reading: number[] = [];
  const images = [3, 0, 5].map((count) => ({
    name: `${count}.tif`,
    read: () => {
      reading.push(count);
      return count === 0
        ? Promise.reject(new Error("unreadable"))
        : Promise.resolve(columns(count));
    },
  }));
  const results = await collect(applyToAll(await trained(), images, { backend: "cpu" }));
  assert.deepEqual(reading, [3, 0, 5]);
  assert.deepEqual(
    results.map(({ name, done, total, labels }) => [name, done, total, labels?.count]),
    [["3.tif", 1, 3, 3], ["0.tif", 2, 3, undefined], ["5.tif", 3, 3, 5]],
  );
  assert.match(String(results[1].error), /unreadable/);
});

Deno.test("a cancelled run ends, and reads no further image", async () => {
  const controller = new AbortController();
  const { signal } = controller;
  let reads = 0;
  const images = Array.from({ length: 5 }, (_, i) => ({
    name: `${i}`,
    read: () => {
      if (++reads === 3) controller.abort();
      return Promise.resolve(columns(2));
    },
  }));
  const results = await collect(applyToAll(await trained(), images, { backend: "cpu", signal }));
  assert.deepEqual([results.length, reads], [2, 3]);
});
