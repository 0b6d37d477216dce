import assert from "node:assert/strict";
import { join } from "node:path";
import { encodeTiff } from "../../../mod.ts";
import type { EngineOptions } from "../../../src/notebook/engine.ts";
import { type Outbox, StorageOutbox } from "../../../src/notebook/outbox.ts";
import type { RemoteEngine } from "../../../src/notebook/remote_engine.ts";
import { uploadImage } from "../../../src/notebook/remote_images.ts";
import { buildTiff, description, greyFields, type TestPage } from "../../image/tiff_bytes.ts";
import { rejectsDaub } from "../../support/errors.ts";
import { paintSquares, QUICK, serve, SQUARES, until } from "./support/serve.ts";

function pixelsOf({ annotation }: RemoteEngine): Uint8Array {
  return annotation.snapshot().toUint8Array();
}

function request({ annotation }: RemoteEngine, options: EngineOptions = QUICK) {
  return { revision: annotation.revision, annotation: new Uint8Array(0), options };
}

async function saved(engine: RemoteEngine): Promise<void> {
  await until(() => engine.state === "connected", "strokes are journalled");
}

Deno.test("a page gets the image, paints, and the server finds the objects", async () => {
  await using server = await serve();
  await using engine = await server.connect();
  assert.equal(engine.image.name, "squares.tif");
  assert.deepEqual(engine.image.channels[0].data, SQUARES.data);
  paintSquares(engine);
  const progress: string[] = [];
  const result = await engine.compute({
    ...request(engine),
    want: { classes: true, probabilities: true, uncertainty: true },
    onProgress: ({ stage }) => progress.push(stage),
  });
  assert.equal(result.revision, engine.annotation.revision);
  assert.equal(result.labels.count, 2);
  const expected = SQUARES.data.map((value) => value > 100 ? 2 : 1);
  assert.deepEqual(result.classes!.data, expected);
  assert.deepEqual(result.areas, { 1: 168, 2: 32 });
  assert.equal(result.probabilities!.length, 2);
  assert.equal(result.uncertainty!.data.length, 200);
  assert.match(result.classifier.text, /ObjectSegmenter/);
  assert.ok(progress.length > 0);
  const { names, planes } = await engine.features(QUICK);
  assert.deepEqual(names, ["original"]);
  assert.deepEqual(planes[0], Float32Array.from(SQUARES.data));
  await saved(engine);
});

Deno.test("results are deflated only for pages that may be on another machine", async () => {
  const counts: number[] = [];
  for (const [host, packing] of [["127.0.0.1", "runs"], ["0.0.0.0", "deflated runs"]]) {
    await using server = await serve({ host, names: ["127.0.0.1"] });
    const packings: string[] = [];
    const listen = (socket: WebSocket) =>
      socket.addEventListener("message", ({ data }) => {
        const text = new TextDecoder("latin1").decode(data);
        packings.push(...text.matchAll(/packing.((?:deflated )?runs)/g).map(([, found]) => found));
      });
    await using engine = await server.connect("squares.tif", { onSocket: listen });
    paintSquares(engine);
    const result = await engine.compute({ ...request(engine), want: { classes: true } });
    assert.deepEqual(packings, [packing, packing]);
    counts.push(result.labels.count, result.areas[2]);
    await saved(engine);
  }
  assert.deepEqual(counts, [2, 32, 2, 32]);
});

Deno.test("time points are painted on one by one, and one is segmented from all strokes", async () => {
  await using server = await serve();
  const pages = [0, 1, 2].map((frame): TestPage => ({
    fields: [
      ...greyFields(20, 10, 8),
      ...(frame === 0 ? [description("ImageJ=1.53c\nimages=3\nframes=3\n")] : []),
    ],
    // Every time point has its squares one pixel further right.
    segments: [SQUARES.data.map((_, i) => SQUARES.data[i - i % 20 + (i + 20 - frame) % 20])],
  }));
  await Deno.writeFile(join(server.folder, "images", "series.tif"), buildTiff(pages));
  await using engine = await server.connect("series.tif");
  assert.deepEqual(engine.image.size, { width: 20, height: 10, depth: 1, frames: 3 });
  assert.deepEqual(engine.image.channels[0].data, SQUARES.data);
  const [moved] = await engine.frame(2);
  assert.deepEqual(moved.data, pages[2].segments[0]);
  await rejectsDaub("options", /time point from 0 to 2/, () => engine.frame(3));
  engine.annotation.apply({ kind: "stroke", points: [3, 3, 9, 3], size: 1, value: 1, t: 1 });
  engine.annotation.apply({ kind: "stroke", points: [13, 9, 15, 9], size: 1, value: 2, t: 2 });
  for (const frame of [0, 2]) {
    const result = await engine.compute({
      ...request(engine),
      frame,
      want: { classes: true },
    });
    assert.equal(result.frame, frame);
    assert.deepEqual(
      result.classes!.data,
      pages[frame].segments[0].map((value) => value > 100 ? 2 : 1),
    );
  }
  await saved(engine);
});

Deno.test("an error of the flow arrives as it is, and the next computation works", async () => {
  await using server = await serve();
  await using engine = await server.connect();
  await rejectsDaub("annotation", /no labelled pixels/, () => engine.compute(request(engine)));
  paintSquares(engine);
  await rejectsDaub(
    "features",
    /gausian/,
    () => engine.compute(request(engine, { ...QUICK, features: "gausian_blur=1" })),
  );
  assert.equal((await engine.compute(request(engine))).labels.count, 2);
});

Deno.test("two tabs are in step in strokes, undo and options, and share a computation", async () => {
  await using server = await serve();
  await using a = await server.connect();
  await using b = await server.connect();
  const heard: EngineOptions[] = [];
  b.listen((event) => event.kind === "options" && heard.push(event.options));
  paintSquares(a);
  await until(() => b.annotation.position === 2, "the strokes are told");
  b.annotation.apply({ kind: "stroke", points: [21, 11], size: 2, value: 1 });
  await Promise.all([saved(a), saved(b)]);
  await until(() => a.annotation.position === 3 && b.annotation.position === 3, "all is told");
  assert.deepEqual(pixelsOf(a), pixelsOf(b));
  a.annotation.undo();
  await until(() => b.annotation.position === 4, "the undo is told");
  assert.deepEqual(pixelsOf(a), pixelsOf(b));
  a.choose({ ...QUICK, maxDepth: 3 });
  await until(() => heard.length === 1, "the options are told");
  assert.equal(heard[0].maxDepth, 3);
  assert.equal(b.options!.maxDepth, 3);
  const [one, other] = await Promise.all([a.compute(request(a)), b.compute(request(b))]);
  assert.deepEqual(one.labels, other.labels);
  assert.deepEqual(one.milliseconds, other.milliseconds);
});

Deno.test("a lost connection is shown, painting goes on, and all of it catches up", async () => {
  const sockets: WebSocket[] = [];
  await using server = await serve();
  await using a = await server.connect("squares.tif", { onSocket: (s) => void sockets.push(s) });
  await using b = await server.connect();
  const states: string[] = [];
  a.listen((event) => event.kind === "state" && states.push(event.state));
  paintSquares(a);
  sockets[0].close();
  await until(() => a.state === "offline", "the loss is noticed");
  a.annotation.apply({ kind: "fill", x: 10, y: 5, value: 3 });
  assert.equal(a.state, "offline");
  assert.ok(a.unsaved > 0);
  b.annotation.apply({ kind: "stroke", points: [21, 11], size: 2, value: 1 });
  const waiting = a.compute(request(a, { ...QUICK, positiveClass: 2 }));
  await saved(a);
  await until(() => b.annotation.position === 4, "the other tab is told");
  assert.deepEqual(pixelsOf(a), pixelsOf(b));
  assert.deepEqual([...new Set(states)], ["catching up", "offline", "connected"]);
  assert.equal((await waiting).revision > 0, true);
  assert.equal(sockets.length, 2);
});

const startWorker = () =>
  new Worker(new URL("./support/stuck_worker.ts", import.meta.url), { type: "module" });

/** A connection to a server whose computations behave as the options say. */
async function toStandIn(limits = {}) {
  const server = await serve({ startWorker, limits });
  return { server, engine: await server.connect() };
}

const doing = (features: string): EngineOptions => ({ ...QUICK, features });

Deno.test("cancelling stops the work, and the next computation starts", async () => {
  const { server, engine } = await toStandIn();
  await using _server = server;
  await using _engine = engine;
  const controller = new AbortController();
  let begun = false;
  const work = engine.compute({
    ...request(engine, doing("wait")),
    signal: controller.signal,
    onProgress: () => begun = true,
  });
  work.catch(() => {});
  await until(() => begun, "the work has begun");
  controller.abort();
  await rejectsDaub("cancelled", /cancelled/, () => work);
  // The stand-in's answers are no results, which is how we know that they are the stand-in's.
  await rejectsDaub("server", /a result/, () => engine.compute(request(engine, doing("count"))));
});

Deno.test("work that does not stop is ended by force, and the image is opened anew", async () => {
  const { server, engine } = await toStandIn({ cancelAfter: 100 });
  await using _server = server;
  await using _engine = engine;
  const controller = new AbortController();
  const work = engine.compute({ ...request(engine, doing("stuck")), signal: controller.signal });
  setTimeout(() => controller.abort(), 50);
  await rejectsDaub("cancelled", /cancelled/, () => work);
  await rejectsDaub("server", /a result/, () => engine.compute(request(engine, doing("count"))));
});

Deno.test("a computation that crashes is reported, and the image is opened anew", async () => {
  const { server, engine } = await toStandIn();
  await using _server = server;
  await using _engine = engine;
  await rejectsDaub(
    "server",
    /crashed.*out of memory/,
    () => engine.compute(request(engine, doing("crash"))),
  );
  await rejectsDaub("server", /a result/, () => engine.compute(request(engine, doing("count"))));
});

Deno.test("one computation is under way and of those that wait only the newest runs", async () => {
  const { server, engine } = await toStandIn();
  await using _server = server;
  await using _engine = engine;
  const first = new AbortController();
  let begun = false;
  const running = engine.compute({
    ...request(engine, doing("wait")),
    signal: first.signal,
    onProgress: () => begun = true,
  });
  running.catch(() => {});
  await until(() => begun, "the work has begun");
  const waiting = ["a", "b", "c"].map((name) => engine.compute(request(engine, doing(name))));
  const ends = Promise.allSettled(waiting);
  await rejectsDaub("cancelled", /./, () => waiting[0]);
  await rejectsDaub("cancelled", /./, () => waiting[1]);
  first.abort();
  const [, , last] = await ends;
  assert.match(String((last as PromiseRejectedResult).reason.message), /a result/);
});

Deno.test("an image that is too large, damaged or none is refused and the server lives on", async () => {
  await using server = await serve({ limits: { pixels: 150 } });
  await rejectsDaub("image", /at most 150 pixels/, () => server.connect());
  const hostile: Record<string, [Uint8Array<ArrayBuffer>, RegExp]> = {
    "text.tif": [new TextEncoder().encode("<html>"), /TIFF, PNG or JPEG/],
    "empty.tif": [new Uint8Array(0), /empty/],
    "cyclic.tif": [Uint8Array.of(73, 73, 42, 0, 8, 0, 0, 0, 0, 0, 8, 0, 0, 0), /Expected/],
    "cut.tif": [(await encodeTiff(SQUARES)).slice(0, 60) as Uint8Array<ArrayBuffer>, /Expected/],
  };
  for (const [name, [bytes, message]] of Object.entries(hostile)) {
    await Deno.writeFile(join(server.folder, "images", name), bytes);
    await assert.rejects(server.connect(name), { name: "DaubError", message }, name);
  }
  await Deno.writeFile(
    join(server.folder, "images", "tiny.tif"),
    await encodeTiff({ width: 2, height: 2, depth: 1, data: Uint8Array.of(1, 2, 3, 4) }),
  );
  await using engine = await server.connect("tiny.tif");
  assert.equal(engine.image.size.width, 2);
});

Deno.test("a command that does not suit the image is refused and the strokes around it stay", async () => {
  await using server = await serve();
  let socket: WebSocket | undefined;
  await using engine = await server.connect("squares.tif", { onSocket: (s) => socket = s });
  const errors: string[] = [];
  engine.listen((event) => event.kind === "error" && errors.push(event.error.message));
  const { encodeMessage } = await import("../../../src/notebook/protocol.ts");
  const { encodeCommand } = await import("../../../src/notebook/annotation_codec.ts");
  const fill = encodeCommand({ kind: "fill", x: 1e6, y: 0, value: 1 });
  socket!.send(encodeMessage({ kind: "paint", first: 1, commands: [fill, Uint8Array.of(99)] }));
  await until(() => errors.length === 1, "the error is told");
  assert.match(errors[0], /x .*from 0 to 19/);
  assert.equal(engine.state, "connected");
});

Deno.test("only so many images are open at a time; one that nobody shows makes room", async () => {
  await using server = await serve({ limits: { sessions: 1 } });
  {
    await using _engine = await server.connect();
    await rejectsDaub("server", /at most 1 open images/, () => server.connect("blobs.tif"));
  }
  for (let tries = 0;; tries++) {
    try {
      await using engine = await server.connect("blobs.tif");
      assert.equal(engine.image.name, "blobs.tif");
      break;
    } catch (error) {
      // The server may not have noticed yet that the page has left.
      if (tries > 20) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
});

Deno.test("an uploaded image is opened, and one that is open already is the same session", async () => {
  await using server = await serve();
  const bytes = await encodeTiff(SQUARES);
  const answer = await server.get("/api/upload?name=mine.tif", {
    method: "PUT",
    headers: { "content-type": "application/octet-stream", "x-daub": "1" },
    body: new Blob([bytes as Uint8Array<ArrayBuffer>]),
  });
  const { id } = await answer.json();
  await using a = await server.connect();
  await using b = await server.connectTo(id);
  assert.equal(b.image.contentKey, a.image.contentKey);
  paintSquares(b);
  await until(() => a.annotation.position === 2, "the strokes are told");
  await rejectsDaub(
    "server",
    /Open the address/,
    () => uploadImage(server.server.origin, new Blob([new Uint8Array(1)]), "x.tif"),
  );
});

Deno.test("strokes made without a server outlive the page: the next page sends them, once", async () => {
  const texts = new Map<string, string>();
  const outbox = new StorageOutbox({
    get length() {
      return texts.size;
    },
    key: (index) => [...texts.keys()][index] ?? null,
    getItem: (key) => texts.get(key) ?? null,
    setItem: (key, value) => void texts.set(key, value),
    removeItem: (key) => void texts.delete(key),
  });
  const sockets: WebSocket[] = [];
  await using server = await serve();
  {
    await using engine = await server.connect("squares.tif", {
      outbox,
      onSocket: (socket) => void sockets.push(socket),
    });
    engine.annotation.apply({ kind: "stroke", points: [1, 1, 5, 1], size: 1, value: 1 });
    await saved(engine);
    sockets[0].close();
    await until(() => engine.state === "offline", "the loss is noticed");
    engine.annotation.apply({ kind: "stroke", points: [11, 9, 13, 9], size: 1, value: 2 });
    engine.annotation.apply({ kind: "fill", x: 19, y: 0, value: 3 });
    engine.keepUnsaved();
    assert.equal(texts.size, 1);
  }
  for (let time = 0; time < 2; time++) {
    // The second time, as if the first page had been closed before it could tidy up.
    const left = new Map(texts);
    await using engine = await server.connect("squares.tif", { outbox });
    await until(() => engine.annotation.position === 3, "the strokes are there");
    assert.deepEqual([engine.annotation.at(5, 4), engine.annotation.at(19, 0)], [2, 3]);
    await until(() => texts.size === 0, "the outbox is empty");
    for (const [key, value] of left) texts.set(key, value);
  }
});

Deno.test("what waits for a connection that comes back leaves the outbox", async () => {
  const written: number[] = [];
  const outbox: Outbox = {
    read: () => [],
    write: (_, { commands }) => void written.push(commands.length),
  };
  const sockets: WebSocket[] = [];
  await using server = await serve();
  await using engine = await server.connect("squares.tif", {
    outbox,
    onSocket: (socket) => void sockets.push(socket),
  });
  paintSquares(engine);
  await saved(engine);
  assert.deepEqual(written, [], "nothing is written while the server listens");
  sockets[0].close();
  await until(() => engine.state === "offline", "the loss is noticed");
  engine.annotation.apply({ kind: "fill", x: 19, y: 0, value: 3 });
  engine.keepUnsaved();
  await saved(engine);
  assert.deepEqual([written[0], written.at(-1)], [1, 0]);
});
