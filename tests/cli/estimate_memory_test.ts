import assert from "node:assert/strict";
import { estimateMemory, type MemoryNeed } from "../../src/cli/estimate_memory.ts";
import type { ImageInfo } from "../../src/image/image_file.ts";

const MB = 2 ** 20;

const info: ImageInfo = {
  width: 2048,
  height: 2032,
  depth: 1,
  channels: 1,
  frames: 1,
  sampleType: "uint8",
  format: "tiff",
};

const need: MemoryNeed = {
  info,
  fileBytes: 4 * MB,
  task: { purpose: "object" },
  numClasses: 2,
  numLabelImages: 0,
  isLabelsOnly: false,
};

const estimate = (other: Partial<MemoryNeed> = {}) => estimateMemory({ ...need, ...other }) / MB;

Deno.test("the memory that an image takes is estimated to a factor of 1.5 of what it took", () => {
  // The peak of resident memory of a run of its own over that of `--help`, in MB.
  const labels = { numLabelImages: 1 };
  const larger: Partial<MemoryNeed> = {
    info: { ...info, width: 4096, height: 4064, sampleType: "uint16" },
    fileBytes: 32 * MB,
  };
  const measured: [Partial<MemoryNeed>, number][] = [
    [{}, 404],
    [larger, 910],
    [{ task: { purpose: "probability" } }, 333],
    [{ ...larger, task: { purpose: "probability" } }, 881],
    [{ task: { purpose: "object-classifier" }, ...labels }, 283],
    [{ ...larger, task: { purpose: "object-classifier" }, ...labels }, 822],
    [{ task: { purpose: "measure" }, ...labels, isLabelsOnly: true }, 143],
    [{ ...larger, task: { purpose: "measure" }, ...labels, isLabelsOnly: true }, 289],
    [{ task: { purpose: "measure" }, numLabelImages: 2 }, 240],
    [{ info: { ...info, width: 256, height: 254 }, fileBytes: 0 }, 119],
  ];
  for (const [other, expected] of measured) {
    const ratio = estimate(other) / expected;
    assert.ok(ratio > 1 / 1.5 && ratio < 1.5, `${JSON.stringify(other)}: ${ratio}`);
  }
});

Deno.test("every channel, class, label image and byte of the file counts", () => {
  const megapixels = 2048 * 2032 / MB;
  const grown = (other: Partial<MemoryNeed>) => estimate(other) - estimate();
  assert.equal(grown({ fileBytes: 14 * MB }), 10);
  assert.ok(grown({ info: { ...info, channels: 2 } }) >= 5 * megapixels);
  assert.ok(grown({ info: { ...info, sampleType: "float32" } }) >= 3 * megapixels);
  assert.ok(grown({ numLabelImages: 1 }) >= 6 * megapixels);
  const probability = (numClasses: number) =>
    estimate({ task: { purpose: "probability" }, numClasses });
  assert.ok(probability(5) - probability(2) >= 3 * 4 * megapixels);
});
