import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { type Image, pixelCount } from "../../src/image/image.ts";
import { openImage, readImage } from "../../src/image/read.ts";
import { encodeTiff } from "../../src/image/tiff_writer.ts";
import { goldenPath, hasGolden } from "../support/golden.ts";
import { pythonTest } from "./python.ts";

/** What tifffile reads: a line of JSON per file with shape, type and hash in little endian. */
const DESCRIBE = `
import hashlib, json, sys, numpy, tifffile
for path in sys.argv[1:]:
    a = tifffile.imread(path)
    little = numpy.ascontiguousarray(a).astype(a.dtype.newbyteorder("<"))
    print(json.dumps([path, a.shape, a.dtype.name, hashlib.sha256(little.tobytes()).hexdigest()]))
`;

type Described = [path: string, shape: number[], type: string, hash: string];

function parseLines(text: string): Described[] {
  return text.trim().split("\n").map((line) => JSON.parse(line));
}

function hashOf(images: readonly Image[]): string {
  const hash = createHash("sha256");
  for (const { data } of images) {
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest("hex");
}

async function* tiffsIn(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) yield* tiffsIn(join(folder, name));
    else if (name.endsWith(".tif")) yield join(folder, name);
  }
}

if (hasGolden) {
  pythonTest("every reference file is read as tifffile reads it", ["tifffile"], async (python) => {
    const paths = [];
    for (const folder of ["data", "golden"]) {
      for await (const path of tiffsIn(goldenPath(folder))) paths.push(path);
    }
    assert.ok(paths.length > 30);
    for (const [path, shape, type, hash] of parseLines(await python("-c", DESCRIBE, ...paths))) {
      const file = await openImage(path);
      const images = await file.read();
      assert.equal(file.info.sampleType, type, path);
      const pixels = images.reduce((sum, image) => sum + pixelCount(image), 0);
      assert.equal(pixels, shape.reduce((a, b) => a * b, 1), path);
      assert.equal(hashOf(images), hash, path);
    }
  });
}

/** Writes stacks of all kinds; each line tells the path, the axes, and the hash by t, c, z, y, x. */
const STACKS = `
import hashlib, json, sys, numpy, tifffile
folder = sys.argv[1]
stack = numpy.arange(2 * 3 * 5 * 9 * 7, dtype="uint16").reshape(2, 3, 5, 9, 7)
voxels = {"PhysicalSizeX": 0.2, "PhysicalSizeY": 0.25, "PhysicalSizeZ": 1.5}
def put(name, axes, **options):
    a = stack
    for letter in "TCZ":
        if letter not in axes.replace("S", "C"):
            a = a.take([0], axis="TCZYX".index(letter))
    moved = numpy.moveaxis(a, ["TCZYX".index(l.replace("S", "C")) for l in axes], range(-len(axes), 0))
    moved = moved.reshape(moved.shape[-len(axes):])
    path = f"{folder}/{name}.tif"
    metadata = {"axes": axes, **options.pop("metadata", {})}
    options.setdefault("photometric", "minisblack")
    tifffile.imwrite(path, numpy.ascontiguousarray(moved), metadata=metadata, **options)
    print(json.dumps([path, list(a.shape), name, hashlib.sha256(numpy.ascontiguousarray(a).tobytes()).hexdigest()]))
ij = dict(imagej=True, resolution=(5, 4), metadata={"unit": "um", "spacing": 1.5})
put("imagej_tzcyx", "TZCYX", **ij)
put("imagej_zyx", "ZYX", **ij)
put("imagej_cyx", "CYX", **ij)
put("imagej_tyx", "TYX", **ij)
put("imagej_big_endian", "TZCYX", byteorder=">", **ij)
for order in ["TCZYX", "TZCYX", "CTZYX", "ZTCYX", "CZTYX", "ZYX", "TYX", "CYX", "YX"]:
    put("ome_" + order, order, ome=True, metadata=voxels)
    put("shaped_" + order, order)
put("ome_deflate", "TCZYX", ome=True, metadata=voxels, compression="zlib", tile=(16, 16))
put("ome_rgb", "ZYXS", ome=True, metadata=voxels, photometric="rgb")
put("rgb_interleaved", "YXS", photometric="rgb")
put("rgb_planar", "SYX", photometric="rgb", planarconfig="separate")
put("one_directory", "TCZYX", truncate=True)
put("big", "TCZYX", bigtiff=True)
`;

pythonTest(
  "stacks that tifffile writes for ImageJ, OME and itself have their axes and calibration",
  ["tifffile"],
  async (python) => {
    const folder = await Deno.makeTempDir();
    try {
      const files = parseLines(await python("-W", "ignore", "-c", STACKS, folder));
      assert.ok(files.length > 25);
      for (const [path, [frames, channels, depth], name, hash] of files) {
        const file = await openImage(path);
        const { info } = file;
        const found = [info.frames, info.channels, info.depth, info.height, info.width];
        assert.deepEqual(found, [frames, channels, depth, 9, 7], name);
        const images = [];
        for (let frame = 0; frame < frames; frame++) images.push(...await file.read({ frame }));
        assert.equal(hashOf(images), hash, name);
        if (/^(ome|imagej)/.test(name)) {
          const { x, y, z, unit } = info.voxelSize!;
          assert.deepEqual([x, y, unit], [0.2, 0.25, "micron"], name);
          if (depth > 1) assert.equal(z, 1.5, name);
        }
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);

const METADATA = `
import json, sys, tifffile
for path in sys.argv[1:]:
    with tifffile.TiffFile(path) as file:
        series = file.series[0]
        a = series.asarray()
        ij = file.imagej_metadata or {}
        shaped = (file.shaped_metadata or [{}])[0]
        x, y = file.pages[0].tags["XResolution"].value
        print(json.dumps({
            "axes": series.axes, "shape": a.shape, "type": a.dtype.name, "first": a.ravel()[:4].tolist(),
            "unit": ij.get("unit", shaped.get("unit")), "spacing": ij.get("spacing", shaped.get("spacing")),
            "extent": y / x, "imagej": file.is_imagej, "big": file.is_bigtiff,
        }))
`;

pythonTest(
  "tifffile reads what we write, with axes and voxel size",
  ["tifffile"],
  async (python) => {
    const folder = await Deno.makeTempDir();
    const voxelSize = { x: 0.25, y: 0.5, z: 2, unit: "micron" };
    try {
      const paths: string[] = [];
      const expected: unknown[] = [];
      for (const array of [Uint8Array, Uint16Array, Uint32Array, Int32Array, Float32Array]) {
        for (const compression of ["none", "deflate"] as const) {
          for (const [depth, count] of [[1, 1], [4, 1], [1, 2], [4, 2]]) {
            const channels = Array.from({ length: count }, (_, c): Image => ({
              data: new array(Array.from({ length: 15 * depth }, (_, i) => i + 100 * c)),
              width: 5,
              height: 3,
              depth,
              voxelSize,
            }));
            const bigTiff = paths.length % 2 === 1;
            const path = join(folder, `${paths.length}.tif`);
            await Deno.writeFile(path, await encodeTiff(channels, { compression, bigTiff }));
            paths.push(path);
            const axes = `${depth > 1 ? "Z" : ""}${count > 1 ? "C" : ""}YX`;
            const shape = [depth, count, 3, 5].filter((size) => size > 1);
            const type = array.name.replace("Array", "").toLowerCase();
            expected.push({
              axes,
              shape,
              type,
              first: [0, 1, 2, 3],
              unit: "micron",
              spacing: 2,
              extent: 0.25,
              imagej: array !== Uint32Array && array !== Int32Array,
              big: bigTiff,
            });
          }
        }
      }
      const lines = (await python("-c", METADATA, ...paths)).trim().split("\n");
      assert.deepEqual(lines.map((line) => JSON.parse(line)), expected);
      for (const path of paths) assert.ok((await readImage(path)).length > 0);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);
