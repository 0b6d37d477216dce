import assert from "node:assert/strict";
import { join } from "node:path";
import { openImage } from "../../src/image/read.ts";
import { encodeTiff } from "../../src/image/tiff_writer.ts";
import { Annotation } from "../../src/notebook/annotation.ts";
import { encodeAnnotation, pasteTiff } from "../../src/notebook/annotation_tiff.ts";
import { pythonTest } from "../image/python.ts";
import { rejectsDaub } from "../support/errors.ts";

/** Dots of class 1 to 3 in several slices of several time points. */
function paintedSeries(depth: number, frames: number): Annotation {
  const annotation = new Annotation({ width: 30, height: 20, depth, frames });
  for (let t = 0; t < frames; t++) {
    for (let z = 0; z < depth; z++) {
      const points = [2 * (3 + 5 * t) + 1, 2 * (4 + 3 * z) + 1];
      annotation.apply({ kind: "stroke", points, size: 3, value: 1 + (t + z) % 3, z, t });
    }
  }
  return annotation;
}

for (const [depth, frames] of [[1, 1], [4, 1], [1, 5], [3, 4]]) {
  Deno.test(`strokes on ${frames} time points of ${depth} slices come back from the label TIFF`, async () => {
    const annotation = paintedSeries(depth, frames);
    const bytes = await encodeAnnotation(annotation.snapshot());
    const { info } = await openImage(bytes);
    assert.deepEqual([info.frames, info.depth, info.channels], [frames, depth, 1]);
    const again = new Annotation(annotation.size);
    again.apply(await pasteTiff(bytes as Uint8Array<ArrayBuffer>, again.size));
    assert.deepEqual(again.snapshot().toUint8Array(), annotation.snapshot().toUint8Array());
  });
}

Deno.test("a label TIFF of another series is refused, and so are numbers that are no classes", async () => {
  const bytes = await encodeAnnotation(paintedSeries(1, 3).snapshot()) as Uint8Array<ArrayBuffer>;
  const size = paintedSeries(1, 3).size;
  const refused = (bytes: Uint8Array<ArrayBuffer>, other: object) =>
    rejectsDaub("annotation", /^Expected/, () => pasteTiff(bytes, { ...size, ...other }));
  await refused(bytes, { width: 31 });
  await refused(bytes, { depth: 3, frames: 1 });
  await refused(bytes, { frames: 2 });
  const data = new Uint16Array(30 * 20).fill(300);
  const large = await encodeTiff({ width: 30, height: 20, depth: 1, data });
  await refused(large as Uint8Array<ArrayBuffer>, { frames: 1 });
});

Deno.test("slices that are not so many time points are refused", async () => {
  const image = { width: 2, height: 2, depth: 6, data: new Uint8Array(24) };
  for (const frames of [4, 0, 1.5, NaN, -1]) {
    await rejectsDaub("options", /divides the 6 slices/, () => encodeTiff(image, { frames }));
  }
});

pythonTest("time points and slices are axes for tifffile too", ["tifffile"], async (python) => {
  const folder = await Deno.makeTempDir();
  try {
    const bytes = await encodeAnnotation(paintedSeries(3, 4).snapshot());
    const path = join(folder, "annotation.tif");
    await Deno.writeFile(path, bytes);
    const wide = { width: 5, height: 4, depth: 6, data: new Uint32Array(120).fill(9) };
    const other = join(folder, "labels.tif");
    await Deno.writeFile(other, await encodeTiff(wide, { frames: 2 }));
    const code = "import sys, tifffile\n" +
      "for path in sys.argv[1:]:\n" +
      "  s = tifffile.TiffFile(path).series[0]; print(s.axes, s.shape)";
    const printed = await python("-c", code, path, other);
    assert.deepEqual(printed.trim().split("\n"), ["TZYX (4, 3, 20, 30)", "TZYX (2, 3, 4, 5)"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
