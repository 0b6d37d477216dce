import assert from "node:assert/strict";
import { paintSquares, QUICK, serve, SQUARES, until } from "./support/serve.ts";

Deno.test("a page gets the image, paints, and the server finds the objects", async () => {
  await using server = await serve();
  await using engine = await server.connect();
  assert.equal(engine.image.name, "squares.tif");
  assert.deepEqual(engine.image.channels[0].data, SQUARES.data);
  paintSquares(engine);
  const { revision } = engine.annotation;
  const annotation = engine.annotation.snapshot().toUint8Array();
  const result = await engine.compute({
    revision,
    annotation,
    options: QUICK,
    want: { classes: true, probabilities: true, uncertainty: true },
  });
  assert.equal(result.revision, revision);
  assert.equal(result.labels.count, 2);
  const expected = SQUARES.data.map((value) => value > 100 ? 2 : 1);
  assert.deepEqual(result.classes!.data, expected);
  assert.deepEqual(result.areas, { 1: 168, 2: 32 });
  assert.equal(result.probabilities!.length, 2);
  assert.equal(result.uncertainty!.data.length, 200);
  assert.match(result.classifier.text, /ObjectSegmenter/);
  await until(() => engine.state === "connected", "strokes are journalled");
});
