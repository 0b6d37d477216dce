import assert from "node:assert/strict";
import { encodeSample, makeSamples } from "../../scripts/samples/encode.ts";
import { Random } from "../../scripts/samples/random.ts";
import type { Sample } from "../../scripts/samples/scene.ts";
import { ObjectMerger, ObjectSegmenter } from "../../mod.ts";
import { pixelCount, sameSize } from "../../src/image/image.ts";

const samples = makeSamples();
/** Those whose objects are to be found from strokes over pixels. */
const segmented = samples.filter(({ labels }) => !labels);
const byName = (name: string) => samples.find((sample) => sample.name === name)!;

Deno.test("the script makes the samples that are kept here, byte for byte", async () => {
  const folder = new URL("../../samples/", import.meta.url);
  for (const sample of samples) {
    const files = await encodeSample(sample);
    assert.equal(files.size, sample.labels ? 4 : 3);
    for (const [name, bytes] of files) {
      assert.deepEqual(await Deno.readFile(new URL(name, folder)), bytes, name);
    }
  }
});

Deno.test("image, strokes and truth of a sample have one size", () => {
  const sizes = {
    blobs: [256, 254, 1],
    cells: [200, 160, 1],
    volume: [48, 40, 20],
    membranes: [240, 200, 1],
  };
  for (const [name, [width, height, depth]] of Object.entries(sizes)) {
    const { channels, annotation, truth, labels } = byName(name);
    for (const image of [...channels, annotation, truth, labels ?? truth]) {
      assert.ok(sameSize(image, { width, height, depth }), name);
      assert.equal(image.data.length, pixelCount(image));
    }
  }
  assert.equal(byName("cells").channels.length, 2);
  const { channels: [stack] } = byName("volume");
  assert.deepEqual(stack.voxelSize, { x: 0.3, y: 0.3, z: 0.75, unit: "micron" });
  assert.ok(stack.data instanceof Uint16Array && stack.data.some((value) => value > 255));
});

Deno.test("the truth numbers its objects in raster order of their first pixels", () => {
  for (const { name, truth } of samples) {
    let largest = 0;
    for (const label of truth.data) {
      assert.ok(label <= largest + 1, name);
      largest = Math.max(largest, label);
    }
  }
});

Deno.test("there are about 60 blobs, of varied size, some touching, some cut by the edge", () => {
  const { truth: { data, width, height } } = byName("blobs");
  const areas = new Map<number, number>();
  const cut = new Set<number>();
  const touching = new Set<number>();
  data.forEach((label, pixel) => {
    if (label === 0) return;
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    areas.set(label, (areas.get(label) ?? 0) + 1);
    if (x === 0 || y === 0 || x === width - 1 || y === height - 1) cut.add(label);
    for (const neighbour of [x > 0 ? data[pixel - 1] : 0, y > 0 ? data[pixel - width] : 0]) {
      if (neighbour !== 0 && neighbour !== label) touching.add(label).add(neighbour);
    }
  });
  assert.ok(Math.abs(areas.size - 60) <= 4, `${areas.size} blobs`);
  assert.ok(Math.max(...areas.values()) > 5 * Math.min(...areas.values()));
  assert.ok(Math.min(...areas.values()) >= 30);
  assert.ok(cut.size >= 5, `${cut.size} cut by the edge`);
  assert.ok(touching.size >= 4, `${touching.size} touching`);
});

Deno.test("strokes lie on what they name, and leave most of the image unpainted", () => {
  for (const { name, annotation, truth } of segmented) {
    const painted = new Map<number, number>();
    annotation.data.forEach((classNumber, pixel) => {
      if (classNumber === 0) return;
      painted.set(classNumber, (painted.get(classNumber) ?? 0) + 1);
      assert.equal(truth.data[pixel] > 0, classNumber === 2, name);
    });
    assert.deepEqual([...painted.keys()].sort(), name === "cells" ? [1, 2, 3] : [1, 2]);
    const total = [...painted.values()].reduce((sum, count) => sum + count);
    assert.ok(total < 0.06 * annotation.data.length);
    assert.ok(Math.min(...painted.values()) > 100);
  }
  const blobs = byName("blobs").annotation.data.filter((classNumber) => classNumber > 0);
  assert.ok(Math.abs(blobs.length - 1000) < 250, `${blobs.length} painted pixels`);
});

Deno.test("objects are brighter than their surroundings, everywhere in the image", () => {
  for (const sample of segmented) {
    const { truth: { width, height, depth } } = sample;
    for (const left of [true, false]) {
      const half = (pixel: number) => left === (pixel % width < width / 2);
      const [inside, outside] = [means(sample, half, true), means(sample, half, false)];
      assert.ok(inside > 2 * outside, `${sample.name}, ${width} × ${height} × ${depth}`);
    }
  }
});

Deno.test("the default features find nearly as many objects as there are", async () => {
  for (const { name, channels, annotation, truth } of segmented) {
    const segmenter = await ObjectSegmenter.train({ image: channels, annotation, backend: "cpu" });
    const { count } = await segmenter.predict(channels, { backend: "cpu" });
    const expected = truth.data.reduce((largest, label) => Math.max(largest, label), 0);
    assert.ok(Math.abs(count - expected) <= 0.1 * expected, `${count} of ${expected} ${name}`);
  }
});

Deno.test("random numbers keep to their range and are the same for the same seed", () => {
  const [a, b, c] = [new Random(5), new Random(5), new Random(6)];
  const values = Array.from({ length: 10_000 }, () => a.uniform(-2, 3));
  assert.deepEqual(values, Array.from({ length: 10_000 }, () => b.uniform(-2, 3)));
  assert.notDeepEqual(values.slice(0, 9), Array.from({ length: 9 }, () => c.uniform(-2, 3)));
  assert.ok(values.every((value) => value >= -2 && value < 3));
  assert.ok(Math.abs(mean(values) - 0.5) < 0.1);
  const bells = Array.from({ length: 10_000 }, () => a.normal());
  assert.ok(Math.abs(mean(bells)) < 0.05);
  assert.ok(Math.abs(mean(bells.map((value) => value * value)) - 1) < 0.05);
  const directions = Array.from({ length: 10_000 }, () => a.direction());
  assert.ok(directions.every(([x, y]) => Math.abs(Math.hypot(x, y) - 1) < 1e-12));
  assert.ok(Math.abs(mean(directions.map(([x]) => x))) < 0.05);
});

function means(sample: Sample, where: (pixel: number) => boolean, inside: boolean): number {
  const [channel] = sample.channels;
  const chosen: number[] = [];
  channel.data.forEach((value: number | bigint, pixel: number) => {
    if (where(pixel) && (sample.truth.data[pixel] > 0) === inside) chosen.push(Number(value));
  });
  return mean(chosen);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

Deno.test("every piece lies in one cell, and a merger finds the cells from the strokes", async () => {
  const { channels: [image], labels, annotation, truth } = byName("membranes");
  const cellOf = new Map<number, number>();
  labels!.data.forEach((piece, pixel) => {
    if (!cellOf.has(piece)) cellOf.set(piece, truth.data[pixel]);
    assert.equal(cellOf.get(piece), truth.data[pixel]);
  });
  assert.ok(cellOf.size > 4 * new Set(cellOf.values()).size);
  const merger = await ObjectMerger.train({
    labels: labels!,
    annotation,
    image,
    features: "mean_touch_intensity touch_portion",
    backend: "cpu",
  });
  const merged = await merger.predict(labels!, image, { backend: "cpu" });
  assert.deepEqual(Array.from(merged.data), Array.from(truth.data));
});
