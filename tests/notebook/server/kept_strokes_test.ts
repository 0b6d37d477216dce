import assert from "node:assert/strict";
import { join } from "node:path";
import { encodeTiff, readImage, writeImage } from "../../../mod.ts";
import { openImage } from "../../../src/image/read.ts";
import type { RemoteEngine } from "../../../src/notebook/remote_engine.ts";
import { paintSquares, QUICK, serve, SQUARES, until } from "./support/serve.ts";

function pixelsOf({ annotation }: RemoteEngine): Uint8Array {
  return annotation.snapshot().toUint8Array();
}

async function saved(engine: RemoteEngine): Promise<void> {
  await until(() => engine.state === "connected", "strokes are journalled");
}

Deno.test("strokes, undo history, options and view outlive the server, by the image's content", async () => {
  const folder = await Deno.makeTempDir();
  try {
    let log: unknown;
    let pixels: Uint8Array;
    let credential: string;
    {
      await using server = await serve({ folder });
      await using engine = await server.connect();
      paintSquares(engine);
      engine.annotation.apply({ kind: "fill", x: 19, y: 9, value: 4 });
      engine.annotation.undo();
      engine.choose({ ...QUICK, numTrees: 7 });
      engine.look({ zoom: 3, slice: 0 });
      await saved(engine);
      log = engine.annotation.log;
      pixels = pixelsOf(engine);
      credential = server.credential;
    }
    // The same pixels in another file, elsewhere.
    await Deno.writeFile(
      join(folder, "moved.png.tif"),
      await encodeTiff(SQUARES, { compression: "none" }),
    );
    await using server = await serve({
      folder,
      credential,
      images: [join(folder, "moved.png.tif")],
    });
    await using engine = await server.connect("moved.png.tif");
    assert.deepEqual(engine.annotation.log, log);
    assert.deepEqual(pixelsOf(engine), pixels);
    assert.deepEqual([engine.annotation.undoDepth, engine.annotation.redoDepth], [2, 1]);
    assert.equal(engine.options!.numTrees, 7);
    assert.deepEqual(engine.view, { zoom: 3, slice: 0 });
    engine.annotation.redo();
    assert.equal(engine.annotation.at(19, 9), 4);
    const [labels] = await readImage(
      join(folder, "data", "annotations", engine.image.contentKey, "annotation.tif"),
    );
    assert.deepEqual(labels.data, pixels);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("strokes on all time points are in the label image, and are taken up from it", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const images = [join(folder, "series.tif")];
    const data = new Uint8Array([...SQUARES.data, ...SQUARES.data.toReversed(), ...SQUARES.data]);
    await Deno.writeFile(
      images[0],
      await encodeTiff({ ...SQUARES, depth: 3, data }, { frames: 3 }),
    );
    let path: string;
    let pixels: Uint8Array;
    let credential: string;
    {
      await using server = await serve({ folder, images });
      credential = server.credential;
      await using engine = await server.connect("series.tif");
      assert.equal(engine.image.size.frames, 3);
      paintSquares(engine);
      engine.annotation.apply({ kind: "stroke", points: [21, 9], size: 3, value: 3, t: 2 });
      await saved(engine);
      pixels = pixelsOf(engine);
      path = join(folder, "data", "annotations", engine.image.contentKey);
    }
    const file = await openImage(join(path, "annotation.tif"));
    assert.equal(file.info.frames, 3);
    const [last] = await file.read({ frame: 2 });
    assert.deepEqual(last.data, pixels.subarray(400));
    await Deno.remove(join(path, "journal"));
    await using server = await serve({ folder, images, credential });
    await using engine = await server.connect("series.tif");
    assert.deepEqual(pixelsOf(engine), pixels);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("without a journal the label image beside it is taken up, as one step", async () => {
  const folder = await Deno.makeTempDir();
  try {
    let path: string;
    let pixels: Uint8Array;
    let credential: string;
    {
      await using server = await serve({ folder });
      credential = server.credential;
      await using engine = await server.connect();
      paintSquares(engine);
      await saved(engine);
      pixels = pixelsOf(engine);
      path = join(folder, "data", "annotations", engine.image.contentKey);
    }
    await Deno.remove(join(path, "journal"));
    await using server = await serve({ folder, credential });
    await using engine = await server.connect();
    assert.deepEqual(pixelsOf(engine), pixels);
    assert.equal(engine.annotation.undoDepth, 1);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a label image that a crash left behind the journal is written anew", async () => {
  const folder = await Deno.makeTempDir();
  try {
    let [labels, credential] = ["", ""];
    let [before, pixels] = [new Uint8Array(0), new Uint8Array(0)];
    for (const stroke of [1, 2]) {
      await using server = await serve({ folder, ...(credential && { credential }) });
      credential = server.credential;
      await using engine = await server.connect();
      if (stroke === 1) paintSquares(engine);
      else engine.annotation.apply({ kind: "stroke", points: [9, 9, 20, 9], size: 3, value: 3 });
      await saved(engine);
      before = pixels;
      pixels = Uint8Array.from(pixelsOf(engine));
      labels = join(folder, "data", "annotations", engine.image.contentKey, "annotation.tif");
    }
    const [image] = await readImage(labels);
    await writeImage(labels, { ...image, data: before }, { overwrite: true });
    await Deno.utime(labels, new Date(0), new Date(0));
    {
      await using server = await serve({ folder, credential });
      await using engine = await server.connect();
      assert.deepEqual(pixelsOf(engine), pixels);
    }
    const [again] = await readImage(labels);
    assert.deepEqual(Uint8Array.from(again.data, Number), pixels);
    const { mtime } = await Deno.stat(labels);
    for (let time = 0; time < 2; time++) {
      await using server = await serve({ folder, credential });
      await using _engine = await server.connect();
    }
    assert.deepEqual((await Deno.stat(labels)).mtime, mtime, "what is newest is left alone");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
