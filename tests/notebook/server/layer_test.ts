import assert from "node:assert/strict";
import { join } from "node:path";
import { openRemoteEngine } from "../../../src/notebook/remote_engine.ts";
import { socketOf } from "../../../src/notebook/remote_images.ts";
import { rejectsDaub } from "../../support/errors.ts";
import { serve, type TestServer, until } from "./support/serve.ts";

async function connectLayer(server: TestServer, id: string, layer: string) {
  const url = socketOf(server.server.origin, { id }, layer);
  const headers = { authorization: `Bearer ${server.credential}` };
  const openSocket = (address: string) => new WebSocket(address, { headers } as never);
  return await openRemoteEngine(url, { openSocket });
}

Deno.test("strokes of another layer are kept apart from those that segment the image", async () => {
  await using server = await serve();
  const id = await server.idOf("squares.tif");
  await using pixels = await server.connect();
  {
    await using classes = await connectLayer(server, id, "objects");
    pixels.annotation.apply({ kind: "stroke", points: [1, 1], size: 1, value: 1 });
    classes.annotation.apply({ kind: "stroke", points: [5, 5], size: 1, value: 3 });
    await until(() => classes.state === "connected" && classes.unsaved === 0, "it is journalled");
    assert.deepEqual(classes.annotation.snapshot().classes, [3]);
    assert.deepEqual(pixels.annotation.snapshot().classes, [1]);
  }
  await using again = await connectLayer(server, id, "objects");
  assert.deepEqual(again.annotation.snapshot().classes, [3]);
});

Deno.test("no folder outside the data is named after a layer", async () => {
  await using server = await serve();
  const id = await server.idOf("squares.tif");
  for (const layer of ["../../evil", "A", "a".repeat(21), "a b"]) {
    await rejectsDaub("server", /./, () => connectLayer(server, id, layer));
    // Behind a blank, in the name of the image, it is no layer either.
    await rejectsDaub("file", /./, () => connectLayer(server, `${id} ${layer}`, ""));
  }
  await assert.rejects(Deno.stat(join(server.folder, "evil")), Deno.errors.NotFound);
});
