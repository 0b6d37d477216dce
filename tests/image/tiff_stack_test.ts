import assert from "node:assert/strict";
import { openImage, readImage, readImageInfo } from "../../src/image/read.ts";
import { rejectsDaub } from "../support/errors.ts";
import { buildTiff, description, greyFields, type TestField, type TestPage } from "./tiff_bytes.ts";

/** Pages of 2 × 1 pixels that hold their own number. */
function numbered(count: number, text: string, more: readonly TestField[] = []): Uint8Array {
  const pages = Array.from({ length: count }, (_, i): TestPage => ({
    fields: [...greyFields(2, 1, 8), ...(i === 0 ? [description(text), ...more] : [])],
    segments: [Uint8Array.of(i, i)],
  }));
  return buildTiff(pages);
}

/** For each channel, the numbers of the pages that its planes come from. */
async function pagesOf(file: Uint8Array, frame = 0): Promise<number[][]> {
  const channels = await readImage(file, { frame });
  return channels.map(({ data, width }) => [...data].filter((_, i) => i % width === 0).map(Number));
}

const resolution = (x: number[], y: number[], unit: number): TestField[] => [
  { tag: 282, type: 5, values: x },
  { tag: 283, type: 5, values: y },
  { tag: 296, type: 3, values: [unit] },
];

Deno.test("pages without a description are the planes of a volume", async () => {
  assert.deepEqual(await pagesOf(numbered(3, "")), [[0, 1, 2]]);
});

Deno.test("a thumbnail and pages of another size are not planes", async () => {
  const thumbnail = { tag: 254, type: 4, values: [1] } as const;
  const file = buildTiff([
    { fields: greyFields(2, 1, 8), segments: [Uint8Array.of(1, 2)] },
    { fields: [...greyFields(2, 1, 8), thumbnail], segments: [Uint8Array.of(3, 4)] },
    { fields: greyFields(1, 1, 8), segments: [Uint8Array.of(5)] },
    { fields: greyFields(2, 1, 8), segments: [Uint8Array.of(6, 7)] },
  ]);
  const [image] = await readImage(file);
  assert.deepEqual([image.depth, ...image.data], [2, 1, 2, 6, 7]);
});

Deno.test("ImageJ hyperstacks run through channels, then slices, then frames", async () => {
  const file = numbered(
    12,
    "ImageJ=1.53c\nimages=12\nchannels=2\nslices=3\nframes=2\nhyperstack=true\n",
  );
  const { channels, depth, frames } = await readImageInfo(file);
  assert.deepEqual({ channels, depth, frames }, { channels: 2, depth: 3, frames: 2 });
  assert.deepEqual(await pagesOf(file), [[0, 2, 4], [1, 3, 5]]);
  assert.deepEqual(await pagesOf(file, 1), [[6, 8, 10], [7, 9, 11]]);
});

Deno.test("an ImageJ stack that only tells its images is a volume", async () => {
  assert.deepEqual(await pagesOf(numbered(4, "ImageJ=1.53c\nimages=4\n")), [[0, 1, 2, 3]]);
});

Deno.test("ImageJ frames are frames", async () => {
  const file = await openImage(numbered(4, "ImageJ=1.53c\nimages=4\nframes=4\n"));
  assert.equal(file.info.frames, 4);
  const [third] = await file.read({ frame: 2 });
  assert.deepEqual([third.depth, ...third.data], [1, 2, 2]);
});

Deno.test("a description that does not fit the pages does not rule them", async () => {
  assert.deepEqual(await pagesOf(numbered(3, "ImageJ=1.53c\nchannels=2\nslices=5\n")), [[0, 1, 2]]);
});

Deno.test("planes behind a lone ImageJ directory are read", async () => {
  for (const littleEndian of [true, false]) {
    const directory = buildTiff([{
      fields: [
        ...greyFields(2, 1, 16),
        description("ImageJ=1.53c\nimages=3\nslices=3\n"),
      ],
      segments: [new Uint8Array(4)],
      offsets: [0xfffffff],
    }], { littleEndian });
    const planes = [1, 2, 3, 4, 5, 6].flatMap((v) => littleEndian ? [v, 0] : [0, v]);
    const file = Uint8Array.of(...directory, ...planes);
    const view = new DataView(file.buffer);
    for (let at = 0; at < directory.length - 4; at++) {
      if (view.getUint32(at, littleEndian) === 0xfffffff) {
        view.setUint32(at, directory.length, littleEndian);
      }
    }
    const [image] = await readImage(file);
    assert.deepEqual([image.depth, ...image.data], [3, 1, 2, 3, 4, 5, 6]);
    await rejectsDaub("file", /3 planes/, () => readImage(file.subarray(0, file.length - 1)));
  }
});

Deno.test("ImageJ's calibration is read", async () => {
  const text = "ImageJ=1.53c\nimages=2\nslices=2\nunit=\\u00B5m\nspacing=2.5\n";
  const file = numbered(2, text, resolution([4, 1], [10, 4], 1));
  const { voxelSize } = await readImageInfo(file);
  assert.deepEqual(voxelSize, { x: 0.25, y: 0.4, z: 2.5, unit: "micron" });
});

Deno.test("resolutions per centimetre are voxel sizes, print resolutions are not", async () => {
  const size = async (fields: TestField[]) =>
    (await readImageInfo(numbered(1, "", fields))).voxelSize;
  assert.deepEqual(await size(resolution([20000, 1], [10000, 1], 3)), {
    x: 5e-5,
    y: 1e-4,
    z: 1,
    unit: "cm",
  });
  assert.equal(await size(resolution([72, 1], [72, 1], 2)), undefined);
  assert.equal(await size(resolution([1, 1], [1, 1], 1)), undefined);
  assert.equal(await size(resolution([0, 0], [0, 0], 2)), undefined);
});

const ome = (attributes: string, inside = "") =>
  `<?xml version="1.0"?><!-- OME --><OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06">` +
  `<Image ID="Image:0"><Pixels ${attributes} SizeX="2" SizeY="1">${inside}</Pixels></Image>` +
  `<Image ID="Image:1"><Pixels SizeZ="99"/></Image></OME>`;

const OME_ORDERS: [order: string, first: number[][], second: number[][]][] = [
  ["XYCZT", [[0, 2, 4], [1, 3, 5]], [[6, 8, 10], [7, 9, 11]]],
  ["XYZCT", [[0, 1, 2], [3, 4, 5]], [[6, 7, 8], [9, 10, 11]]],
  ["XYTZC", [[0, 2, 4], [6, 8, 10]], [[1, 3, 5], [7, 9, 11]]],
];

for (const [order, first, second] of OME_ORDERS) {
  Deno.test(`OME planes in the order ${order} are found`, async () => {
    const file = numbered(
      12,
      ome(`DimensionOrder="${order}" SizeC="2" SizeZ="3" SizeT="2"`, "<TiffData/>"),
    );
    assert.deepEqual(await pagesOf(file), first);
    assert.deepEqual(await pagesOf(file, 1), second);
  });
}

Deno.test("OME planes lie where their TiffData say", async () => {
  const data = [3, 2, 1, 0].map((ifd, z) =>
    `<ome:TiffData FirstZ="${z}" IFD='${ifd}' PlaneCount="1"><UUID FileName="a.tif">x</UUID>` +
    `</ome:TiffData>`
  ).join("");
  const file = numbered(4, ome(`DimensionOrder="XYZCT" SizeZ="4" SizeC="1" SizeT="1"`, data));
  assert.deepEqual(await pagesOf(file), [[3, 2, 1, 0]]);
});

Deno.test("OME calibration is converted to one unit, and channels have their names", async () => {
  const file = numbered(
    2,
    ome(
      `DimensionOrder="XYCZT" SizeC="2" PhysicalSizeX="0.5" PhysicalSizeY="250" ` +
        `PhysicalSizeYUnit="nm" PhysicalSizeZ="0.002" PhysicalSizeZUnit="mm"`,
      `<Channel Name="DAPI &amp; co"/><Channel Name="GFP"/><TiffData/>`,
    ),
  );
  const channels = await readImage(file);
  assert.deepEqual(channels.map(({ name }) => name), ["DAPI & co", "GFP"]);
  assert.deepEqual(channels[1].voxelSize, { x: 0.5, y: 0.25, z: 2, unit: "micron" });
});

Deno.test("OME images in several files are refused by name", async () => {
  const data = ["a", "b"].map((name, z) =>
    `<TiffData FirstZ="${z}" IFD="0"><UUID FileName="${name}.tif">x</UUID></TiffData>`
  ).join("");
  const file = numbered(1, ome(`DimensionOrder="XYZCT" SizeZ="2"`, data));
  await rejectsDaub("image", /spread over 2 files/, () => readImage(file));
  const companion = numbered(1, `<OME><BinaryOnly MetadataFile="a.ome.xml"/></OME>`);
  await rejectsDaub("image", /another file/, () => readImage(companion));
});

Deno.test("an RGB OME image has three channels a pixel", async () => {
  const file = buildTiff([{
    fields: [
      ...greyFields(2, 1, 8, { 258: [8, 8, 8], 262: [2], 277: [3] }),
      description(
        ome(`DimensionOrder="XYCZT" SizeC="3"`, `<Channel SamplesPerPixel="3"/><TiffData/>`),
      ),
    ],
    segments: [Uint8Array.of(1, 2, 3, 4, 5, 6)],
  }]);
  const channels = await readImage(file);
  assert.deepEqual(channels.map(({ data }) => [...data]), [[1, 4], [2, 5], [3, 6]]);
});

const SHAPES: [json: string, pages: number, frames: number, first: number[][]][] = [
  [`{"shape": [4, 1, 2]}`, 4, 1, [[0, 1, 2, 3]]],
  [`{"shape": [2, 3, 1, 2]}`, 6, 1, [[0, 1, 2], [3, 4, 5]]],
  [`{"shape": [2, 2, 2, 1, 2]}`, 8, 2, [[0, 1], [2, 3]]],
  [`{"shape": [2, 3, 1, 2], "axes": "TCYX"}`, 6, 2, [[0], [1], [2]]],
  [`{"shape": [2, 3, 1, 2], "axes": "ZCYX"}`, 6, 1, [[0, 3], [1, 4], [2, 5]]],
  [`{"shape": [2, 1, 2]}`, 3, 1, [[0, 1]]],
  [`{"shape": [`, 2, 1, [[0, 1]]],
];

for (const [json, pages, frames, first] of SHAPES) {
  Deno.test(`${pages} pages described as ${json} are understood`, async () => {
    const file = numbered(pages, json);
    assert.equal((await readImageInfo(file)).frames, frames);
    assert.deepEqual(await pagesOf(file), first);
  });
}

Deno.test("planar samples that are named slices are slices", async () => {
  const file = buildTiff([{
    fields: [
      ...greyFields(2, 1, 8, { 258: [8, 8, 8], 277: [3], 284: [2] }),
      description(`{"shape": [3, 1, 2], "axes": "ZYX"}`),
    ],
    segments: [1, 2, 3].map((v) => Uint8Array.of(v, v)),
  }]);
  assert.deepEqual(await pagesOf(file), [[1, 2, 3]]);
});

Deno.test("a frame that the file does not have is refused", async () => {
  const file = numbered(4, "ImageJ=1.53c\nimages=4\nframes=4\n");
  for (const frame of [4, -1, 0.5, NaN]) {
    await rejectsDaub("options", /a frame from 0 to 3/, () => readImage(file, { frame }));
  }
});

Deno.test("a MetaMorph stack is refused by name", async () => {
  const fields: TestField[] = [
    ...greyFields(2, 1, 8),
    { tag: 33628, type: 4, values: [0] },
    { tag: 33629, type: 4, values: [0, 0, 0] },
  ];
  const file = buildTiff([{ fields, segments: [new Uint8Array(2)] }]);
  await rejectsDaub("image", /MetaMorph/, () => readImage(file));
});

Deno.test("reading can be cancelled", async () => {
  const signal = AbortSignal.abort();
  const file = await openImage(numbered(2, ""));
  await rejectsDaub("cancelled", /cancelled/, () => file.read({ signal }));
  await rejectsDaub("cancelled", /cancelled/, () => readImage(numbered(2, ""), { signal }));
});
