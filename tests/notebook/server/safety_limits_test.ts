import assert from "node:assert/strict";
import { encodeMessage, MAX_MESSAGE, PROTOCOL_VERSION } from "../../../src/notebook/protocol.ts";
import { rawRequest, upgradeHeaders } from "./support/raw.ts";
import { bareSocket, cookieOf, QUICK, serve, SQUARES } from "./support/serve.ts";

Deno.test("9. hostile messages end in a typed error and a closed socket; the server lives on", async () => {
  await using server = await serve();
  const client = "0".repeat(32);
  const hello = encodeMessage({
    kind: "hello",
    version: PROTOCOL_VERSION,
    client,
    log: "",
    position: 0,
    image: "",
  });
  const hostile: [string, (Uint8Array<ArrayBuffer> | string)[], RegExp][] = [
    ["text", ["hello"], /binary frames/],
    ["noise", [Uint8Array.of(0xc1, 1, 2)], /MessagePack/],
    ["too long", [new Uint8Array(MAX_MESSAGE + 1)], /at most/],
    ["no greeting", [encodeMessage({ kind: "ping" })], /greet/],
    ["another version", [
      encodeMessage({ kind: "hello", version: 99, client, log: "", position: 0, image: "" }),
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
