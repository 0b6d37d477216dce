import assert from "node:assert/strict";
import type { Backend } from "../../src/backend.ts";
import { CpuBackend } from "../../src/backends/cpu_backend.ts";
import { ObjectSegmenter, SampleMemory } from "../../mod.ts";
import { type Image, pixelCount } from "../../src/image/image.ts";
import { samePixels } from "../support/same_pixels.ts";
import { randomNumbers } from "../support/random.ts";

const SIZE = { width: 60, height: 50, depth: 1 };

function noise(seed: number): Image {
  const random = randomNumbers(seed);
  return { data: Float32Array.from({ length: pixelCount(SIZE) }, () => random() * 100), ...SIZE };
}

/** A backend that counts the pixels whose features it is asked for, and the passes for maxima. */
async function counting(
  run: (backend: Backend, counts: { pixels: number; maxima: number }) => Promise<void>,
): Promise<void> {
  await using backend = new CpuBackend("", 1);
  const counts = { pixels: 0, maxima: 0 };
  const sample = backend.sampleFeatures.bind(backend);
  const maximum = backend.computeMaximum.bind(backend);
  backend.sampleFeatures = (tile, plan, pixels, maxima) => {
    counts.pixels += pixels.length;
    return sample(tile, plan, pixels, maxima);
  };
  backend.computeMaximum = (...args) => {
    counts.maxima++;
    return maximum(...args);
  };
  await run(backend, counts);
}

Deno.test("training again computes the features of new strokes only, with the same forest", async () => {
  await counting(async (backend, counts) => {
    const image = noise(1);
    const memory = new SampleMemory();
    const strokes = new Uint8Array(pixelCount(SIZE));
    const train = (memory?: SampleMemory) =>
      ObjectSegmenter.train({
        image,
        annotation: { data: strokes.slice(), ...SIZE },
        features: "original gaussian_blur=2 gamma_correction=0.5",
        backend,
        memory,
      });
    const check = async (expected: number) => {
      counts.pixels = counts.maxima = 0;
      const quick = await train(memory);
      assert.equal(counts.pixels, expected);
      const { maxima } = counts;
      const whole = await train();
      samePixels(quick.samples!.values, whole.samples!.values);
      samePixels(quick.samples!.classes, whole.samples!.classes);
      assert.deepEqual(quick.forest, whole.forest);
      return maxima;
    };
    strokes.fill(1, 100, 140);
    strokes.fill(2, 900, 930);
    await check(70);
    // Between, before and behind what is known.
    strokes.fill(2, 10, 15);
    strokes.fill(1, 500, 520);
    strokes.fill(2, 2990, 3000);
    assert.equal(await check(35), 0, "nothing of the whole image is computed again");
    // Another class is no other pixel; erased strokes are forgotten.
    strokes.fill(2, 100, 120);
    strokes.fill(0, 900, 910);
    assert.equal(await check(0), 0);
    strokes.fill(2, 900, 905);
    await check(5);
  });
});

Deno.test("a memory keeps images and features apart", async () => {
  await counting(async (backend, counts) => {
    const memory = new SampleMemory();
    const data = new Uint8Array(pixelCount(SIZE));
    data.fill(1, 0, 20);
    data.fill(2, 200, 220);
    const annotation = { data, ...SIZE };
    const [first, second] = [noise(1), noise(2)];
    const train = async (image: Image | Image[], features: string) => {
      counts.pixels = 0;
      const options = { annotation, features, backend };
      const quick = await ObjectSegmenter.train({ image, ...options, memory });
      const computed = counts.pixels;
      const whole = await ObjectSegmenter.train({ image, ...options });
      samePixels(quick.samples!.values, whole.samples!.values);
      return computed;
    };
    assert.equal(await train(first, "original"), 40);
    assert.equal(await train(second, "original"), 40);
    assert.equal(await train(first, "gaussian_blur=1"), 40);
    assert.equal(await train(first, "original"), 0);
    assert.equal(await train([first, second], "original"), 40);
    assert.equal(await train([second, first], "original"), 40);
  });
});
