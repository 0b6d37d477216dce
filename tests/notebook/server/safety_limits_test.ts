import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { encodeTiff, ObjectSegmenter } from "../../../mod.ts";
import { Random } from "../../../scripts/samples/random.ts";
import {
  APPLY_VERSION,
  type ApplyPageMessage,
  encodeApplyMessage,
} from "../../../src/notebook/apply_protocol.ts";
import { encodeMessage, MAX_MESSAGE, PROTOCOL_VERSION } from "../../../src/notebook/protocol.ts";
import { openRemoteEngine } from "../../../src/notebook/remote_engine.ts";
import { socketOf } from "../../../src/notebook/remote_images.ts";
import { startComputeWorker } from "../../../src/notebook/server/computer.ts";
import type { Limits } from "../../../src/notebook/server/limits.ts";
import { openPlainPage } from "./support/plain_page.ts";
import { rawRequest, upgradeHeaders } from "./support/raw.ts";
import {
  bareSocket,
  cookieOf,
  QUICK,
  serve,
  SQUARES,
  type TestServer,
  until,
} from "./support/serve.ts";

const HELLO = {
  kind: "hello",
  version: PROTOCOL_VERSION,
  client: "0".repeat(32),
  log: "",
  position: 0,
  image: "",
} as const;

Deno.test("9. hostile messages end in a typed error and a closed socket; the server lives on", async () => {
  await using server = await serve();
  const hello = encodeMessage(HELLO);
  const hostile: [string, (Uint8Array<ArrayBuffer> | string)[], RegExp][] = [
    ["text", ["hello"], /binary frames/],
    ["noise", [Uint8Array.of(0xc1, 1, 2)], /MessagePack/],
    ["too long", [new Uint8Array(MAX_MESSAGE + 1)], /at most/],
    ["no greeting", [encodeMessage({ kind: "ping" })], /greet/],
    ["another version", [
      encodeMessage({ ...HELLO, version: 99 }),
    ], /version/],
    ["two greetings", [hello, hello], /greet/],
  ];
  for (const [what, messages, expected] of hostile) {
    const { socket, told, closed } = await bareSocket(server);
    for (const message of messages) socket.send(message);
    assert.ok([1008, 1011].includes(await closed), what);
    assert.match(told(), expected, what);
    assert.match(told(), /server/, what);
  }
  await using engine = await server.connect();
  assert.equal(engine.image.size.width, SQUARES.width);
});

Deno.test("9. a socket that says nothing is closed", async () => {
  await using server = await serve({ limits: { helloAfter: 50 } });
  const silent = await bareSocket(server);
  assert.equal(await silent.closed, 1008);
});

Deno.test("9. handshakes that are none, and requests that are none, are refused", async () => {
  await using server = await serve();
  const { port, credential } = server;
  const Authorization = `Bearer ${credential}`;
  const handshakes: Record<string, string>[] = [
    { "Sec-WebSocket-Key": "short" },
    { "Sec-WebSocket-Version": "7" },
    { Upgrade: "h2c" },
    { Connection: "close" },
  ];
  for (const wrong of handshakes) {
    const headers = { ...upgradeHeaders({ Authorization }), ...wrong };
    const { status } = await rawRequest(port, "/socket?image=x", headers);
    assert.ok(status >= 400 && status < 500, `${JSON.stringify(wrong)}: ${status}`);
  }
  const nonsense = [
    "GET /a b HTTP/1.1",
    "NONSENSE",
    `GET /${"a".repeat(100_000)} HTTP/1.1`,
    `GET / HTTP/1.1\r\nHost: x\r\nX: ${"a".repeat(2_000_000)}`,
  ];
  for (const text of nonsense) {
    using connection = await Deno.connect({ hostname: "127.0.0.1", port });
    const bytes = new TextEncoder().encode(`${text}\r\n\r\n`);
    try {
      for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
      const answer = new Uint8Array(64);
      const count = await connection.read(answer) ?? 0;
      const status = Number(new TextDecoder().decode(answer.subarray(9, Math.min(12, count))));
      assert.ok(status >= 400 && status < 500, `${text.slice(0, 20)}: ${status}`);
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error;
      // Hanging up is an answer, too.
    }
  }
  await using engine = await server.connect();
  assert.equal(engine.image.size.width, SQUARES.width);
});

Deno.test("9. bodies, sockets and requests are limited", async () => {
  await using server = await serve({
    limits: { bodyBytes: 100, fileBytes: 1000, sockets: 2, requests: 2 },
  });
  const { port } = server;
  const Cookie = cookieOf(server);
  const body = "x".repeat(2000);
  const upload = { Cookie, "X-Daub": "1", "Content-Type": "application/octet-stream" };
  const put = (headers: Record<string, string>, body: string) =>
    rawRequest(port, "/api/upload", { ...upload, ...headers }, { method: "PUT", body });
  assert.equal((await put({ "Content-Length": "2000" }, body)).status, 400);
  const chunk = `7d0\r\n${body}\r\n0\r\n\r\n`;
  assert.equal((await put({ "Transfer-Encoding": "chunked" }, chunk)).status, 400);
  const long = {
    Cookie,
    "X-Daub": "1",
    "Content-Type": "application/json",
    "Content-Length": "2000",
  };
  const posted = await rawRequest(port, "/compile", long, { method: "POST", body });
  assert.equal(posted.status, 400);
  assert.match(posted.text, /at most 100 bytes/);

  await using engine = await server.connect();
  const many = Array.from({ length: 4 }, () => engine.features(QUICK));
  const ends = await Promise.allSettled(many);
  const refused = ends.filter(({ status }) => status === "rejected") as PromiseRejectedResult[];
  assert.equal(refused.length, 2);
  assert.match(refused[0].reason.message, /at most 2 requests/);

  const second = await bareSocket(server);
  const third = await rawRequest(
    port,
    "/socket?image=x",
    upgradeHeaders({ Authorization: `Bearer ${server.credential}` }),
  );
  assert.equal(third.status, 503);
  second.socket.close();
  await second.closed;
});

Deno.test("9. uploads together, and requests at a time, are limited", async () => {
  const { promise: wait, resolve: goOn } = Promise.withResolvers<void>();
  await using server = await serve({
    limits: { uploadBytes: 300, answers: 1 },
    pages: { respond: () => wait.then(() => new Response("a page")) },
  });
  const upload = async (value: number) => {
    const answer = await server.get("/api/upload", {
      method: "PUT",
      headers: { "x-daub": "1", "content-type": "application/octet-stream" },
      body: new Uint8Array(200).fill(value),
    });
    return { status: answer.status, text: await answer.text() };
  };
  assert.equal((await upload(1)).status, 200);
  const more = await upload(2);
  assert.equal(more.status, 400);
  assert.match(more.text, /at most 300 bytes of uploaded images/);
  assert.equal((await upload(1)).status, 200, "the same again takes no more room");

  const first = server.get("/");
  let second = await server.get("/api/images");
  while (second.status === 200) {
    await second.body?.cancel();
    second = await server.get("/api/images");
  }
  assert.equal(second.status, 503);
  assert.match(await second.text(), /Too many requests/);
  assert.ok(second.headers.get("content-security-policy"));
  goOn();
  assert.equal(await (await first).text(), "a page");
  const third = await server.get("/");
  assert.equal(await third.text(), "a page");
});

Deno.test("9. a body that is announced to be too long is not even waited for", async () => {
  await using server = await serve({ limits: { fileBytes: 1000 } });
  const headers = {
    Cookie: cookieOf(server),
    "X-Daub": "1",
    "Content-Type": "application/octet-stream",
    "Content-Length": "2000",
  };
  const { status, text } = await rawRequest(server.port, "/api/upload", headers, { method: "PUT" });
  assert.equal(status, 400);
  assert.match(text, /at most 1000 bytes/);
});

Deno.test("9. a body that stops coming is given up and holds no other one up", async () => {
  await using server = await serve({ limits: { bodyPause: 100 } });
  const { port } = server;
  const Cookie = cookieOf(server);
  const headers = { Cookie, "X-Daub": "1", "Content-Length": "20" };
  const binary = { ...headers, "Content-Type": "application/octet-stream" };
  const stalled = rawRequest(port, "/api/upload", binary, { method: "PUT", body: "0123" });
  const json = { ...headers, "Content-Type": "application/json" };
  const alsoStalled = rawRequest(port, "/compile", json, { method: "POST", body: "{" });
  const upload = await server.get("/api/upload", {
    method: "PUT",
    headers: { "x-daub": "1", "content-type": "application/octet-stream" },
    body: new Uint8Array(200),
  });
  assert.equal(upload.status, 200);
  await upload.body?.cancel();
  for (const answer of [stalled, alsoStalled]) {
    const { status, text } = await answer;
    assert.equal(status, 400);
    assert.match(text, /without a pause of more than 0\.1 s/);
  }
});

Deno.test("9. strokes, options and views together are limited, and what is kept stays", async () => {
  await using server = await serve({ limits: { journalBytes: 600 } });
  await using engine = await server.connect();
  const errors: string[] = [];
  engine.listen((event) => event.kind === "error" && errors.push(event.error.message));
  for (let x = 0; errors.length === 0 && x < 1000; x++) {
    engine.annotation.apply({
      kind: "stroke",
      points: [x % 39, x % 19],
      size: 1,
      value: 1 + x % 9,
    });
    await until(() => engine.unsaved === 0, "the stroke is taken or refused");
  }
  assert.match(errors[0], /at most 600 bytes of strokes/);
  const kept = engine.annotation.position;
  assert.ok(kept > 3, `${kept} strokes`);
  await using again = await server.connect();
  assert.equal(again.annotation.position, kept);
});

/** Bytes that cannot be compressed. */
function noise(length: number): Uint8Array {
  const random = new Random(1);
  return Uint8Array.from({ length }, () => random.uniform() * 256);
}

/** A server, and how often its thread that computes has answered. */
async function serveCounted(limits: Partial<Limits>) {
  const counted = { answers: 0 };
  const server = await serve({
    limits,
    startWorker: () => {
      const worker = startComputeWorker();
      worker.addEventListener("message", ({ data }) => counted.answers += "answer" in data ? 1 : 0);
      return worker;
    },
  });
  return { server, counted };
}

async function putNoise(server: TestServer, size: number): Promise<string> {
  const image = { width: size, height: size, depth: 1, data: noise(size * size) };
  await Deno.writeFile(join(server.folder, "images", "wide.tif"), await encodeTiff(image));
  return await server.idOf("wide.tif");
}

Deno.test("9. a page that asks for much and does not read it is cut off", async () => {
  const size = 1000;
  const { server, counted } = await serveCounted({ unreadBytes: 2 ** 20, requests: 100 });
  await using _ = server;
  const id = await putNoise(server, size);
  using page = await openPlainPage(server, `/socket?image=${id}`);
  await page.send(encodeMessage(HELLO));
  await page.readUntil("ready", Infinity);
  const options = { ...QUICK, features: "original gaussian_blur=1 gaussian_blur=2" };
  const answer = 3 * 4 * size * size;
  const before = counted.answers;
  for (let id = 1; id <= 10; id++) {
    await page.send(encodeMessage({ kind: "features", id, options }));
  }
  // The first is more than may wait, the second is what it is cut off at.
  await until(() => counted.answers >= before + 3, "several were answered");
  // The last that comes says that it is the end.
  const read = await page.readUntil("does not read", 4 * answer);
  assert.ok(read > answer / 2, `only ${read} bytes were sent`);
  await using engine = await server.connect();
  assert.equal(engine.image.size.width, SQUARES.width);
});

Deno.test("9. a page that applies a classifier and does not read what is found is cut off", async () => {
  const { server, counted } = await serveCounted({ unreadBytes: 2 ** 20 });
  await using _ = server;
  const image = await putNoise(server, 600);
  const segmenter = await ObjectSegmenter.train({
    image: SQUARES,
    annotation: { ...SQUARES, data: SQUARES.data.map((value) => value > 100 ? 2 : 1) },
    features: "original",
    numTrees: 2,
    backend: "cpu",
  });
  using page = await openPlainPage(server, "/apply");
  const send = (message: ApplyPageMessage) => page.send(encodeApplyMessage(message));
  const [name, text] = ["a.cl", segmenter.toString()];
  await send({ kind: "classifier", id: 1, version: APPLY_VERSION, name, text });
  const times = 8;
  for (let id = 2; id < 2 + times; id++) await send({ kind: "apply", id, image });
  await until(() => counted.answers > times, "all were answered");
  await page.readUntil("does not read", Infinity);
  await using engine = await server.connect();
  assert.equal(engine.image.size.width, SQUARES.width);
});

Deno.test("9. more connections than the system grants end neither the server nor its sockets", async () => {
  const folder = await Deno.makeTempDir();
  const script = fileURLToPath(
    new URL("../../../scripts/bench/plain_notebook.ts", import.meta.url),
  );
  const image = join(folder, "squares.tif");
  await Deno.writeFile(image, await encodeTiff(SQUARES));
  const command = `ulimit -n 120; exec "$0" run -A --no-check "$@"`;
  const process = new Deno.Command("sh", {
    args: ["-c", command, Deno.execPath(), script, image, "--port", "0", "--data", folder]
      .concat("--backend", "cpu"),
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const connections: Deno.Conn[] = [];
  try {
    const reader = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
    const address = new URL((await reader.read()).value!.trim());
    await reader.cancel();
    const answer = await fetch(address, { redirect: "manual" });
    await answer.body?.cancel();
    const credential = /=([^;]+)/.exec(answer.headers.get("set-cookie")!)![1];
    const headers = { authorization: `Bearer ${credential}` };
    const url = socketOf(address.origin, { id: address.searchParams.get("image")! });
    const openSocket = (url: string) => new WebSocket(url, { headers } as never);
    await using engine = await openRemoteEngine(url, { openSocket });
    const states: string[] = [];
    engine.listen((event) => event.kind === "state" && states.push(event.state));

    const port = Number(address.port);
    let ended = 0;
    for (let i = 0; i < 200; i++) {
      try {
        const connection = await Deno.connect({ hostname: "127.0.0.1", port });
        connections.push(connection);
        connection.read(new Uint8Array(1)).catch(() => {}).finally(() => ended++);
      } catch {
        ended++;
      }
    }
    await until(() => ended > 0, "there is no room for some");
    engine.annotation.apply({ kind: "stroke", points: [1, 1, 5, 1], size: 1, value: 1 });
    await until(() => engine.unsaved === 0, "the socket that is open still works");
    for (const connection of connections.splice(0)) connection.close();

    let status = 0;
    // `fetch` would take the connection that it has kept. One that waited for the server while it
    // had no room may be refused or just end.
    for (let tries = 0; status === 0 && tries < 500; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      status = (await rawRequest(port, "/").catch(() => ({ status: 0 }))).status;
    }
    assert.equal(status, 401);
    assert.ok(!states.includes("offline"), states.join());
  } finally {
    for (const connection of connections) connection.close();
    process.kill("SIGKILL");
    await process.status;
    await Deno.remove(folder, { recursive: true });
  }
});
