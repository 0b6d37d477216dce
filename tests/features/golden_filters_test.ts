import assert from "node:assert/strict";
import { asFloat32, type Image, pixelCount } from "../../src/image/image.ts";
import { readImage } from "../../src/image/read.ts";
import { goldenJson, goldenPath, goldenTest } from "../support/golden.ts";
import { cpuFeatures } from "./cpu_features.ts";
import { plainFeatures } from "./plain_features.ts";

/** Pages as planes; a page of a 3D file is a volume. */
async function readPages(path: string, size: Image, count: number): Promise<Float32Array[]> {
  const images = await readImage(goldenPath(path));
  const values = images.flatMap((image) => [asFloat32(image)]);
  const pixels = pixelCount(size);
  const pages = values.flatMap((data) =>
    Array.from(
      { length: data.length / pixels },
      (_, i) => data.subarray(i * pixels, (i + 1) * pixels),
    )
  );
  assert.equal(pages.length, count, `${path} has ${images.length} channels`);
  return pages;
}

const WAYS = [["kernels", cpuFeatures], ["plain TypeScript", plainFeatures]] as const;

for (const [way, compute] of WAYS) {
  for (const dimensions of [2, 3] as const) {
    goldenTest(`every ${dimensions}D filter agrees with the reference system: ${way}`, async () => {
      const folder = `golden/filters/${dimensions}d`;
      const names = goldenJson<string[]>(`${folder}_expected.json`);
      const [input] = await readImage(goldenPath(`${folder}_input.tif`));
      const pages = await readPages(`${folder}_expected.tif`, input, names.length);
      const pixels = asFloat32(input);
      const planes = compute({ ...input, channels: [pixels] }, names.join(" "), dimensions);
      const largest = pixels.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
      let worst = { share: 0, name: "" };
      planes.forEach((plane, i) => {
        const page = pages[i];
        const range = page.reduce((a, b) => Math.max(a, b)) - page.reduce((a, b) => Math.min(a, b));
        const tolerance = 1e-5 * range + 5e-6 * largest;
        const difference = plane.reduce((most, v, p) => Math.max(most, Math.abs(v - page[p])), 0);
        assert.ok(difference <= tolerance, `${names[i]} is off by ${difference} of ${tolerance}`);
        if (difference / tolerance > worst.share) {
          worst = { share: difference / tolerance, name: names[i] };
        }
      });
      const percent = (100 * worst.share).toFixed(0);
      console.log(
        `${names.length} pages; the worst, ${worst.name}, at ${percent} % of its tolerance`,
      );
    });
  }
}
