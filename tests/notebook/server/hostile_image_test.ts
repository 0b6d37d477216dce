import assert from "node:assert/strict";
import { join } from "node:path";
import { encodeTiff } from "../../../mod.ts";
import { giantJpeg, giantPng, giantTiff, pngBomb, tiffBombs } from "../../support/bombs.ts";
import { rejectsDaub } from "../../support/errors.ts";
import { buildTiff } from "../../image/tiff_bytes.ts";
import { paintSquares, QUICK, serve, SQUARES, until } from "./support/serve.ts";

/** Uploads bytes and opens them. */
async function open(server: Awaited<ReturnType<typeof serve>>, bytes: Uint8Array<ArrayBuffer>) {
  const answer = await server.get("/api/upload?name=hostile", {
    method: "PUT",
    headers: { "content-type": "application/octet-stream", "x-daub": "1" },
    body: new Blob([bytes]),
  });
  assert.equal(answer.status, 200);
  return await server.connectTo((await answer.json()).id);
}

Deno.test("hostile images end in typed errors, and who paints beside them notices nothing", async (t) => {
  await using server = await serve();
  await using engine = await server.connect();
  paintSquares(engine);
  const tiff = await encodeTiff(SQUARES) as Uint8Array<ArrayBuffer>;
  const page = (fields: [number, number][], next?: number) => ({
    fields: fields.map(([tag, value]) => ({ tag, type: 4, values: [value] }) as const),
    segments: [new Uint8Array(4)],
    next,
  });
  const plain: [number, number][] = [[256, 2], [257, 2], [258, 8], [259, 1], [262, 1], [278, 2]];
  const hostile: Record<string, [Uint8Array<ArrayBuffer>, "file" | "image"]> = {
    "a giant PNG": [giantPng(), "file"],
    "a giant JPEG": [giantJpeg(), "file"],
    "a giant TIFF": [giantTiff(1), "file"],
    "a giant TIFF by deflate": [giantTiff(8), "file"],
    "a PNG bomb": [pngBomb(), "file"],
    "a TIFF bomb by deflate": [tiffBombs.deflate(), "file"],
    "a TIFF bomb by LZW": [tiffBombs.LZW(), "file"],
    "a TIFF that leads to itself": [Uint8Array.from(buildTiff([page(plain, 12)])), "file"],
    "a TIFF of no rows": [Uint8Array.from(buildTiff([page([[256, 2], [257, 0]])])), "file"],
    "a TIFF cut off": [tiff.slice(0, tiff.length >> 1), "file"],
    "nothing": [new Uint8Array(0), "file"],
    "a web page": [new TextEncoder().encode("<script>alert(1)</script>"), "image"],
    "noise": [crypto.getRandomValues(new Uint8Array(1000)).fill(7, 0, 2), "image"],
  };
  for (const [name, [bytes, tag]] of Object.entries(hostile)) {
    await t.step(
      name,
      () => rejectsDaub(tag, /^Expected .* but found /, () => open(server, bytes)),
    );
  }
  const { revision } = engine.annotation;
  const request = { revision, annotation: new Uint8Array(0), options: QUICK };
  assert.equal((await engine.compute(request)).labels.count, 2);
  await until(() => engine.unsaved === 0, "the strokes are safe");
  // Threads that failed to open an image are gone, and so there is room for another one.
  await using other = await server.connect("blobs.tif");
  assert.equal(other.image.name, "blobs.tif");
});

Deno.test("an image is limited in pixels and in the memory that they take", async () => {
  await using server = await serve({ limits: { pixels: 150, imageBytes: 500 } });
  const image = async (data: Uint8Array | Float32Array) => {
    const bytes = await encodeTiff({ width: data.length, height: 1, depth: 1, data });
    return bytes as Uint8Array<ArrayBuffer>;
  };
  await rejectsDaub(
    "image",
    /at most 150 pixels/,
    async () => await open(server, await image(new Uint8Array(151))),
  );
  await rejectsDaub(
    "image",
    /at most 500 bytes of memory but found one of 504/,
    async () => await open(server, await image(new Float32Array(126))),
  );
  await using engine = await open(server, await image(new Float32Array(125)));
  assert.equal(engine.image.size.width, 125);
});

Deno.test("features that would fill the memory are refused", async () => {
  await using server = await serve();
  const side = 4000;
  const data = new Uint8Array(side * side);
  const bytes = await encodeTiff({ width: side, height: side, depth: 1, data });
  await Deno.writeFile(join(server.folder, "images", "wide.tif"), bytes);
  await using engine = await server.connect("wide.tif");
  const features = Array.from({ length: 9 }, (_, i) => `gaussian_blur=${i + 1}`).join(" ");
  await rejectsDaub(
    "features",
    /feature stack of at most/,
    () => engine.features({ ...QUICK, features }),
  );
});
