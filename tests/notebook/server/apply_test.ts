import assert from "node:assert/strict";
import { join } from "node:path";
import { encode } from "npm:@msgpack/msgpack@3.1.3";
import { encodeTiff, ObjectSegmenter, PixelClassifier, readImage } from "../../../mod.ts";
import { MAX_CLASSIFIER } from "../../../src/notebook/applied_image.ts";
import { encodeApplyMessage } from "../../../src/notebook/apply_protocol.ts";
import { RemoteApplier } from "../../../src/notebook/remote_applier.ts";
import { startComputeWorker } from "../../../src/notebook/server/computer.ts";
import type { Limits } from "../../../src/notebook/server/limits.ts";
import { rejectsDaub } from "../../support/errors.ts";
import { samePixels } from "../../support/same_pixels.ts";
import { rawRequest, upgradeHeaders } from "./support/raw.ts";
import { serve, SQUARES, type TestServer, until } from "./support/serve.ts";

const segmenter = await ObjectSegmenter.train({
  image: SQUARES,
  annotation: {
    ...SQUARES,
    data: SQUARES.data.map((value, i) => i % 20 > 9 ? 0 : value > 100 ? 2 : 1),
  },
  features: "original",
  numTrees: 5,
  backend: "cpu",
});
const text = segmenter.toString();

function connect(server: TestServer): RemoteApplier & { readonly sockets: WebSocket[] } {
  const sockets: WebSocket[] = [];
  const headers = { authorization: `Bearer ${server.credential}` };
  const made = new RemoteApplier(() => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/apply`, { headers } as never);
    sockets.push(socket);
    return socket;
  });
  return Object.assign(made, { sockets });
}

/** Files in the server's folder, and their ids. */
async function put(server: TestServer, files: Record<string, Uint8Array>): Promise<string[]> {
  const ids: string[] = [];
  for (const [name, bytes] of Object.entries(files)) {
    const path = join(server.folder, "images", name);
    await Deno.mkdir(join(path, ".."), { recursive: true });
    await Deno.writeFile(path, bytes);
    ids.push(await server.idOf(name));
  }
  return ids;
}

async function filesOf(server: TestServer): Promise<string[]> {
  const all: string[] = [];
  for await (const { name } of Deno.readDir(join(server.folder, "images"))) all.push(name);
  return all.sort();
}

/** A server whose thread does as files say. */
async function serveStuck(limits: Partial<Limits> = {}): Promise<TestServer> {
  return await serve({
    limits: { cancelAfter: 100, ...limits },
    startWorker: () =>
      new Worker(new URL("./support/stuck_applier.ts", import.meta.url), { type: "module" }),
  });
}

const bytes = (letter: string) => new TextEncoder().encode(letter);

Deno.test("the server applies a classifier to the images of its folder, a bad one among them", async () => {
  await using server = await serve();
  await using applier = connect(server);
  const whole = await encodeTiff(SQUARES);
  const [broken, inner] = await put(server, {
    "broken.tif": whole.subarray(0, 50),
    "plate/inner.tif": whole,
  });
  const facts = await applier.load(text, "a.cl");
  assert.deepEqual(facts.classes, [1, 2]);
  assert.equal(facts.numFeatures, 1);
  await rejectsDaub("file", /broken\.tif/, () => applier.apply(broken));
  const { frames: [{ labels, count, table }] } = await applier.apply(inner);
  assert.equal(count, 2);
  const expected = await segmenter.predict(SQUARES, { backend: "cpu" });
  samePixels((await readImage(labels))[0].data as Uint16Array, expected.data);
  assert.equal(table.trimEnd().split("\n").length, 3);
});

Deno.test("the server looks at the channels that are chosen", async () => {
  await using server = await serve();
  await using applier = connect(server);
  const blank = { ...SQUARES, data: new Uint8Array(200) };
  const [id] = await put(server, { "two.tif": await encodeTiff([blank, SQUARES]) });
  await applier.load(text, "a.cl");
  await rejectsDaub(
    "image",
    /found 2 in two\.tif\. Choose the channel that/,
    () => applier.apply(id),
  );
  await rejectsDaub("image", /a channel 3/, () => applier.apply(id, { channels: [2] }));
  const counts: number[] = [];
  for (const channels of [[0], [1]]) {
    counts.push((await applier.apply(id, { channels })).frames[0].count);
  }
  assert.deepEqual(counts, [0, 2]);
});

Deno.test("what was found is saved beside the images on command, and replaces nothing", async () => {
  await using server = await serve();
  await using applier = connect(server);
  const whole = await encodeTiff(SQUARES);
  const ids = await put(server, { "a.tif": whole, "plate/b.tif": whole });
  await applier.load(text, "a.cl");
  const before = await filesOf(server);
  const [first] = [await applier.apply(ids[0]), await applier.apply(ids[1])];
  assert.deepEqual(await filesOf(server), before, "nothing is written unasked");

  const folder = join(server.folder, "images");
  const own = join(folder, "plate", "b_labels.tif");
  await Deno.writeTextFile(own, "precious");
  await rejectsDaub(
    "file",
    /found plate\/b_labels\.tif; nothing was written/,
    () => applier.save(ids),
  );
  assert.deepEqual(await filesOf(server), before);
  assert.equal(await Deno.readTextFile(own), "precious");

  await Deno.remove(own);
  assert.deepEqual(await applier.save(ids), ["a_labels.tif", "plate/b_labels.tif", "labels.csv"]);
  assert.deepEqual(await Deno.readFile(join(folder, "a_labels.tif")), first.frames[0].labels);
  const table = await Deno.readTextFile(join(folder, "labels.csv"));
  assert.deepEqual(
    table.trimEnd().split("\n").map((line) => line.split(",")[0]),
    ["file", "a.tif", "a.tif", "plate/b.tif", "plate/b.tif"],
  );
  await rejectsDaub("file", /a_labels\.tif and 2 more/, () => applier.save(ids));
  assert.equal(await Deno.readTextFile(join(folder, "labels.csv")), table);
});

Deno.test("a link put in the place of a result is not followed", async () => {
  await using server = await serve();
  await using applier = connect(server);
  const [id] = await put(server, { "a.tif": await encodeTiff(SQUARES) });
  await applier.load(text, "a.cl");
  await applier.apply(id);
  const outside = join(server.folder, "outside.tif");
  await Deno.symlink(outside, join(server.folder, "images", "a_labels.tif"));
  await rejectsDaub("file", /a_labels\.tif; nothing/, () => applier.save([id]));
  await assert.rejects(Deno.lstat(outside), Deno.errors.NotFound);
});

Deno.test("results are saved in no folder that was moved out of the root", async () => {
  await using server = await serve();
  await using applier = connect(server);
  const [id] = await put(server, { "plate/a.tif": await encodeTiff(SQUARES) });
  await applier.load(text, "a.cl");
  await applier.apply(id);
  const elsewhere = join(server.folder, "elsewhere");
  await Deno.rename(join(server.folder, "images", "plate"), elsewhere);
  await Deno.symlink(elsewhere, join(server.folder, "images", "plate"));
  await rejectsDaub("file", /found none/, () => applier.save([id]));
  await assert.rejects(Deno.lstat(join(elsewhere, "a_labels.tif")), Deno.errors.NotFound);
});

Deno.test("results are saved in no folder that is moved out of the root while they are", async () => {
  await using server = await serve();
  await using applier = connect(server);
  const [id] = await put(server, { "plate/a.tif": await encodeTiff(SQUARES) });
  await applier.load(text, "a.cl");
  await applier.apply(id);
  const root = join(server.folder, "images");
  const elsewhere = join(server.folder, "elsewhere");
  const { realPath } = Deno;
  let times = 0;
  Deno.realPath = async (path) => {
    // Once to list the images, then to save beside them.
    if (path === root && ++times === 2) {
      await Deno.rename(join(root, "plate"), elsewhere);
      await Deno.symlink(elsewhere, join(root, "plate"));
    }
    return await realPath(path);
  };
  try {
    await rejectsDaub("file", /found none/, () => applier.save([id]));
  } finally {
    Deno.realPath = realPath;
  }
  assert.equal(times, 2, "it was moved");
  await assert.rejects(Deno.lstat(join(elsewhere, "a_labels.tif")), Deno.errors.NotFound);
});

Deno.test("only what was found, in images of the folder, is saved", async () => {
  await using server = await serve();
  await using applier = connect(server);
  const [id] = await put(server, { "a.tif": await encodeTiff(SQUARES) });
  await applier.load(text, "a.cl");
  await rejectsDaub("file", /labels of a\.tif but found none/, () => applier.save([id]));
  const sample = await server.idOf("blobs.tif");
  await applier.apply(sample);
  await rejectsDaub("file", /Download/, () => applier.save([sample]));
  await rejectsDaub("file", /found none/, () => applier.save([`f-${"0".repeat(32)}`]));
});

Deno.test("ids of files outside, of none, and of files exchanged for links are refused", async () => {
  await using server = await serve();
  await using applier = connect(server);
  const whole = await encodeTiff(SQUARES);
  const [id] = await put(server, { "a.tif": whole });
  await applier.load(text, "a.cl");
  await Deno.writeFile(join(server.folder, "outside.tif"), whole);
  for (const wrong of [`f-${"0".repeat(32)}`, `u-${"0".repeat(64)}`, "f-constructor"]) {
    await rejectsDaub("file", /found none/, () => applier.apply(wrong));
    const answer = await server.get(`/api/image?id=${wrong}`);
    assert.ok(answer.status >= 400, wrong);
    assert.ok(!(await answer.text()).includes(server.folder), "no path is told");
  }
  await Deno.remove(join(server.folder, "images", "a.tif"));
  await Deno.symlink(join(server.folder, "outside.tif"), join(server.folder, "images", "a.tif"));
  await rejectsDaub("file", /found none/, () => applier.apply(id));
  const answer = await server.get(`/api/image?id=${id}`);
  assert.ok(answer.status >= 400);
  await answer.body?.cancel();
  await rejectsDaub("server", /id of an image|a text of at most/, () => applier.apply("../x.tif"));
});

Deno.test("classifiers that are none, of another kind, cut off or too large are refused, and the server lives on", async () => {
  await using server = await serve();
  await using applier = connect(server);
  const pixel = await PixelClassifier.train({
    image: SQUARES,
    annotation: { ...SQUARES, data: SQUARES.data.map((value) => value > 100 ? 2 : 1) },
    features: "original",
    numTrees: 2,
    backend: "cpu",
  });
  const wrong = ["", "\0\xff".repeat(1000), text.slice(0, -20), pixel.toString()];
  for (const each of wrong) {
    await rejectsDaub("classifier", /Expected/, () => applier.load(each, "a.cl"));
  }
  const huge = " ".repeat(MAX_CLASSIFIER + 1);
  await rejectsDaub("classifier", /at most/, () => applier.load(huge, "a.cl"));
  await applier.load(text, "a.cl");
  const { frames } = await applier.apply(await server.idOf("squares.tif"));
  assert.equal(frames[0].count, 2);
});

Deno.test("a message of 100 MB ends its socket only", async () => {
  await using server = await serve();
  await using other = connect(server);
  await other.load(text, "a.cl");
  const headers = { authorization: `Bearer ${server.credential}` };
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/apply`, { headers } as never);
  socket.onerror = (event) => event.preventDefault();
  const closed = new Promise((resolve) => socket.onclose = resolve);
  await new Promise((resolve) => socket.onopen = resolve);
  socket.send(new Uint8Array(100 * 2 ** 20));
  await closed;
  const { frames } = await other.apply(await server.idOf("squares.tif"));
  assert.equal(frames[0].count, 2);
});

Deno.test("images beyond the limits of pixels and bytes are refused", async () => {
  await using server = await serve({
    limits: { pixels: 200, appliedBytes: 1500, fileBytes: 5000 },
  });
  await using applier = connect(server);
  const large = { ...SQUARES, data: new Uint8Array(210), width: 21 };
  const whole = await encodeTiff(SQUARES);
  const [pixels, file, ...more] = await put(server, {
    "pixels.tif": await encodeTiff(large),
    "file.tif": new Uint8Array(5001),
    "a.tif": whole,
    "b.tif": whole,
    "c.tif": whole,
  });
  await applier.load(text, "a.cl");
  await rejectsDaub("image", /at most 200 pixels/, () => applier.apply(pixels));
  await rejectsDaub("file", /at most 5000 bytes/, () => applier.apply(file));
  await rejectsDaub("server", /at most 1500 bytes/, async () => {
    for (const id of more) await applier.apply(id);
  });
});

Deno.test("cancelling stops the work on the server, and the thread goes on with the next image", async () => {
  await using server = await serveStuck();
  await using applier = connect(server);
  const [wait, quick] = await put(server, { "wait.tif": bytes("w"), "quick.tif": bytes("q") });
  await applier.load(text, "a.cl");
  const controller = new AbortController();
  await rejectsDaub(
    "cancelled",
    /cancelled/,
    () => applier.apply(wait, { signal: controller.signal, onProgress: () => controller.abort() }),
  );
  assert.equal((await applier.apply(quick)).frames[0].count, 1, "it was told once");
});

Deno.test("a thread that is stuck or crashes is ended, and another one goes on", async () => {
  await using server = await serveStuck();
  await using applier = connect(server);
  const [stuck, crash, quick] = await put(server, {
    "stuck.tif": bytes("s"),
    "crash.tif": bytes("c"),
    "quick.tif": bytes("q"),
  });
  await applier.load(text, "a.cl");
  const controller = new AbortController();
  const waiting = applier.apply(stuck, { signal: controller.signal });
  setTimeout(() => controller.abort(), 50);
  await rejectsDaub("cancelled", /cancelled/, () => waiting);
  await rejectsDaub("server", /crashed \(.*out of memory/, () => applier.apply(crash));
  assert.equal((await applier.apply(quick)).frames.length, 1);
});

Deno.test("a page cannot cancel what another one asked for", async () => {
  await using server = await serveStuck();
  await using ours = connect(server);
  await using theirs = connect(server);
  const [wait] = await put(server, { "wait.tif": bytes("w") });
  for (const applier of [ours, theirs]) await applier.load(text, "a.cl");
  const controller = new AbortController();
  let started = false;
  let ended = false;
  const waiting = ours.apply(wait, {
    signal: controller.signal,
    onProgress: () => started = true,
  }).finally(() => ended = true);
  await until(() => started, "the work has started");
  for (let id = 1; id < 10; id++) {
    theirs.sockets[0].send(encodeApplyMessage({ kind: "cancel", id }));
  }
  // Answered after the cancellations were read.
  await theirs.load(text, "a.cl");
  assert.ok(!ended);
  controller.abort();
  await rejectsDaub("cancelled", /cancelled/, () => waiting);
});

Deno.test("one image is worked on at a time, and requests and pages are limited", async () => {
  await using server = await serveStuck({ requests: 3, appliers: 1 });
  await using applier = connect(server);
  const [wait, quick] = await put(server, { "wait.tif": bytes("w"), "quick.tif": bytes("q") });
  await applier.load(text, "a.cl");
  const controller = new AbortController();
  const first = applier.apply(wait, { signal: controller.signal });
  let second = "waits";
  const other = applier.apply(quick).then(() => second = "done");
  const third = applier.apply(quick);
  await rejectsDaub("server", /at most 3 requests/, () => applier.apply(quick));
  assert.equal(second, "waits");
  await using more = connect(server);
  await rejectsDaub("server", /at most 1 pages/, () => more.load(text, "a.cl"));
  controller.abort();
  await rejectsDaub("cancelled", /cancelled/, () => first);
  await Promise.all([other, third]);
  assert.equal(second, "done");
});

Deno.test("what is kept for a page goes when it leaves, and a page that comes back starts anew", async () => {
  await using server = await serve();
  const [id] = await put(server, { "a.tif": await encodeTiff(SQUARES) });
  await using applier = connect(server);
  await applier.load(text, "a.cl");
  await applier.apply(id);
  applier.sockets[0].close();
  await until(() => applier.sockets[0].readyState === WebSocket.CLOSED, "the socket is closed");
  await rejectsDaub("file", /found none\. Apply/, () => applier.save([id]));
  assert.equal((await applier.apply(id)).frames[0].count, 2, "the classifier is given again");
  assert.equal(applier.sockets.length, 2);
});

Deno.test("a thread that was left idle is ended, and another one goes on", async () => {
  let started = 0;
  await using server = await serve({
    limits: { idleAfter: 1 },
    startWorker: () => {
      started++;
      return startComputeWorker();
    },
  });
  await using applier = connect(server);
  await applier.load(text, "a.cl");
  const id = await server.idOf("squares.tif");
  await until(() => started === 1, "a thread is there");
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal((await applier.apply(id)).frames[0].count, 2);
  assert.equal(started, 2);
});

Deno.test("a folder that cannot be written to is told of, and nothing is left in it", async () => {
  await using server = await serve();
  await using applier = connect(server);
  const whole = await encodeTiff(SQUARES);
  const [a, b] = await put(server, { "a.tif": whole, "b.tif": whole });
  await applier.load(text, "a.cl");
  for (const id of [a, b]) await applier.apply(id);
  const before = await filesOf(server);
  const { link } = Deno;
  // As when the disk is full in the middle.
  let links = 0;
  Deno.link = (...args) => {
    if (++links < 2) return link(...args);
    return Promise.reject(Object.assign(new Error("no space"), { code: "EEXIST" }));
  };
  try {
    await rejectsDaub("file", /Nothing was written/, () => applier.save([a, b]));
  } finally {
    Deno.link = link;
  }
  assert.deepEqual(await filesOf(server), before);
});

Deno.test("a page whose server is gone is told", async () => {
  const server = await serve();
  await using applier = connect(server);
  await applier.load(text, "a.cl");
  const id = await server.idOf("squares.tif");
  await server[Symbol.asyncDispose]();
  await rejectsDaub("server", /Start it again/, () => applier.apply(id));
});

Deno.test("sockets for applying, and images, need the credential", async () => {
  await using server = await serve();
  const { port } = server;
  const Authorization = "Bearer wrong";
  const refused = [
    await rawRequest(port, "/apply", upgradeHeaders({ Authorization })),
    await rawRequest(port, "/api/image?id=f-1", { Authorization }),
    await rawRequest(port, "/apply", upgradeHeaders({ Origin: "http://evil.test" })),
  ];
  assert.deepEqual(refused.map(({ status }) => status), [401, 401, 401]);
  const Cookie = `daub-${port}=${server.credential}`;
  const Origin = "http://evil.test";
  const foreign = await rawRequest(port, "/apply", upgradeHeaders({ Cookie, Origin }));
  assert.equal(foreign.status, 403);
});

Deno.test("messages that are none end the socket", async () => {
  await using server = await serve();
  const headers = { authorization: `Bearer ${server.credential}` };
  const nonsense = ["apply", Uint8Array.of(0xc1), encode({ kind: "apply", id: 1, image: "/etc" })];
  for (const message of nonsense) {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/apply`, { headers } as never);
    socket.onopen = () => socket.send(message as Uint8Array<ArrayBuffer>);
    socket.onerror = (event) => event.preventDefault();
    const code = await new Promise((resolve) => socket.onclose = ({ code }) => resolve(code));
    assert.equal(code, 1008);
  }
});
