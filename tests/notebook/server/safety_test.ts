import assert from "node:assert/strict";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { encodeTiff } from "../../../mod.ts";
import { Credentials } from "../../../src/notebook/server/credentials.ts";
import { encodeMessage, MAX_MESSAGE, PROTOCOL_VERSION } from "../../../src/notebook/protocol.ts";
import { QUICK, serve, SQUARES, type TestServer } from "./support/serve.ts";
import { rawRequest, upgradeHeaders } from "./support/raw.ts";

/** The cookie by which a browser is admitted. */
function cookieOf({ port, credential }: TestServer): string {
  return `daub-${port}=${credential}`;
}

const CHANGE = { "Content-Type": "application/json", "X-Daub": "1", "Content-Length": "2" };

Deno.test("1. the server is bound to this machine only", async () => {
  await using server = await serve();
  const others = Object.values(networkInterfaces()).flatMap((all) => all ?? [])
    .filter(({ family, internal }) => family === "IPv4" && !internal)
    .map(({ address }) => address);
  for (const hostname of ["127.0.0.2", ...others]) {
    await assert.rejects(
      Deno.connect({ hostname, port: server.port }),
      Deno.errors.ConnectionRefused,
      hostname,
    );
  }
});

Deno.test("2. requests and sockets under any other name are refused", async () => {
  await using server = await serve();
  const { port } = server;
  const Cookie = cookieOf(server);
  for (const host of [`127.0.0.1:${port}`, `localhost:${port}`]) {
    assert.equal((await rawRequest(port, "/", { Cookie }, { host })).status, 200, host);
  }
  const foreign = [
    `evil.test:${port}`,
    "127.0.0.1",
    `127.0.0.1:${port + 1}`,
    `127.0.0.1:${port}.evil.test`,
    `evil.test@127.0.0.1:${port}`,
    `127.0.0.2:${port}`,
    `[::1]:${port}`,
    `LOCALHOST.evil.test:${port}`,
    "",
  ];
  for (const host of foreign) {
    const page = await rawRequest(port, "/", { Cookie }, { host });
    assert.ok([400, 403].includes(page.status), `${host}: ${page.status}`);
    const Origin = `http://${host}`;
    const socket = await rawRequest(port, "/socket?image=x", upgradeHeaders({ Cookie, Origin }), {
      host,
    });
    assert.ok([400, 403].includes(socket.status), `${host}: ${socket.status}`);
  }
  const absolute = await rawRequest(port, `http://evil.test:${port}/`, { Cookie });
  assert.equal(absolute.status, 403);
});

Deno.test("3. the token admits one browser once, for a cookie that scripts and sites cannot use", async () => {
  await using server = await serve({ credential: "none" });
  const { port } = server;
  const token = (await server.server.address()).searchParams.get("token")!;
  assert.ok(token.length * 6 >= 128, token);
  assert.equal((await rawRequest(port, "/")).status, 401);
  assert.equal((await rawRequest(port, `/?token=${"A".repeat(token.length)}`)).status, 401);
  assert.equal((await rawRequest(port, `/?token=${token.slice(0, -1)}`)).status, 401);
  const ahead = await rawRequest(port, `/?token=${token}`, { "Sec-Purpose": "prefetch" });
  assert.equal(ahead.status, 503);
  assert.equal((await rawRequest(port, `/?token=${token}`, {}, { method: "HEAD" })).status, 405);

  const admitted = await rawRequest(port, `/?token=${token}&image=s-1`);
  assert.equal(admitted.status, 303);
  assert.equal(admitted.headers.get("location"), `http://127.0.0.1:${port}/?image=s-1`);
  const cookie = admitted.headers.get("set-cookie")!;
  for (const part of ["HttpOnly", "SameSite=Strict", "Path=/"]) assert.ok(cookie.includes(part));
  assert.ok(!cookie.includes(token));
  const Cookie = cookie.split(";")[0];
  assert.equal((await rawRequest(port, "/", { Cookie })).status, 200);

  assert.equal((await rawRequest(port, `/?token=${token}`)).status, 401, "it works once");
  assert.equal((await rawRequest(port, `/?token=${token}`, { Cookie })).status, 303, "a reload");
});

Deno.test("3. a path of the token's address leads nowhere else", async () => {
  await using server = await serve({ credential: "none" });
  const token = (await server.server.address()).searchParams.get("token")!;
  const { headers } = await rawRequest(server.port, `//evil.test/?token=${token}`);
  assert.equal(new URL(headers.get("location")!).host, `127.0.0.1:${server.port}`);
});

Deno.test("3. forged, altered and expired credentials are refused", async () => {
  const credentials = await Credentials.of(new Uint8Array(32).fill(7));
  const good = (await credentials.redeem(credentials.token!))!;
  assert.ok(await credentials.verify(good));
  assert.equal(await credentials.redeem(credentials.token ?? ""), undefined);
  const [nonce, issued, signature] = good.split(".");
  const old = `${nonce}.${Number(issued) - 8 * 24 * 3600}`;
  const forged = [
    "",
    "..",
    nonce,
    `${nonce}.${issued}.`,
    `${nonce}.${issued}.${signature.slice(0, -1)}`,
    `${nonce}.${issued}.${signature}x`,
    `${nonce}.${Number(issued) + 1}.${signature}`,
    `${nonce}x.${issued}.${signature}`,
    `${good}.more`,
    `${old}.${signature}`,
    `${old}.${await credentials.sign(`credential ${old}`)}`,
  ];
  for (const credential of forged) assert.ok(!await credentials.verify(credential), credential);
  const others = await Credentials.of(new Uint8Array(32).fill(8));
  assert.ok(!await others.verify(good), "another server's");
});

Deno.test("4. sockets need our origin and the cookie, or a bearer token and no origin", async () => {
  await using server = await serve();
  const { port, credential } = server;
  const Cookie = cookieOf(server);
  const Origin = `http://127.0.0.1:${port}`;
  const Authorization = `Bearer ${credential}`;
  const status = async (headers: Record<string, string>) =>
    (await rawRequest(port, "/socket?image=x", upgradeHeaders(headers))).status;
  assert.equal(await status({ Cookie, Origin }), 101);
  assert.equal(await status({ Authorization }), 101);
  assert.equal(await status({ Origin }), 401, "no cookie");
  assert.equal(await status({ Cookie }), 403, "no origin and no bearer token");
  assert.equal(await status({}), 401);
  assert.equal(await status({ Authorization: "Bearer wrong" }), 401);
  for (
    const other of [
      "http://evil.test",
      "null",
      `http://127.0.0.1:${port + 1}`,
      `https://127.0.0.1:${port}`,
      `http://127.0.0.1:${port}.evil.test`,
      `http://localhost:${port}`,
    ]
  ) {
    assert.equal(await status({ Cookie, Origin: other }), 403, other);
    assert.equal(await status({ Authorization, Origin: other }), 403, other);
  }
  const plain = await rawRequest(port, "/socket?image=x", { Cookie, Origin });
  assert.equal(plain.status, 426);
});

Deno.test("5. changes need a JSON content type and a header that no form sends", async () => {
  await using server = await serve();
  const { port } = server;
  const Cookie = cookieOf(server);
  const post = async (headers: Record<string, string>, path = "/api/address") =>
    (await rawRequest(port, path, { Cookie, ...headers }, { method: "POST", body: "{}" })).status;
  assert.equal(await post(CHANGE), 200);
  for (const path of ["/api/address", "/compile"]) {
    assert.equal(await post({ ...CHANGE, "Content-Type": "text/plain" }, path), 415);
    assert.equal(
      await post({ ...CHANGE, "Content-Type": "application/x-www-form-urlencoded" }, path),
      415,
    );
    assert.equal(await post({ ...CHANGE, "X-Daub": "0" }, path), 415);
    assert.equal(await post({ "Content-Length": "2" }, path), 415);
    assert.equal(await post({ ...CHANGE, Origin: "http://evil.test" }, path), 403);
  }
  const put = async (headers: Record<string, string>) =>
    (await rawRequest(port, "/api/upload", { Cookie, ...headers }, { method: "PUT", body: "{}" }))
      .status;
  assert.equal(
    await put({ "Content-Length": "2", "Content-Type": "application/octet-stream" }),
    415,
  );
  assert.equal(await put(CHANGE), 415);
  for (const method of ["DELETE", "PATCH", "TRACE"]) {
    const answer = await rawRequest(port, "/", { Cookie }, { method });
    assert.ok(answer.status >= 400, `${method}: ${answer.status}`);
  }
});

Deno.test("6. no other origin may read, unless it is listed", async () => {
  const listed = "http://lab.test:3000";
  for (const origins of [[], [listed]]) {
    await using server = await serve({ origins });
    const Cookie = cookieOf(server);
    const allowed = async (Origin: string, method = "GET") => {
      const answer = await rawRequest(server.port, "/", { Cookie, Origin }, { method });
      assert.equal(answer.headers.get("access-control-allow-credentials"), null);
      return answer.headers.get("access-control-allow-origin");
    };
    for (const origin of ["http://evil.test", "null", `${listed}.evil.test`]) {
      assert.equal(await allowed(origin), null);
      assert.equal(await allowed(origin, "OPTIONS"), null);
    }
    assert.equal(await allowed(listed), origins[0] ?? null);
    const { headers } = await rawRequest(server.port, "/", { Cookie });
    const policy = headers.get("content-security-policy")!;
    assert.ok(policy.includes(`frame-ancestors ${origins[0] ?? "'none'"}`));
  }
});

Deno.test("7. files are named by opaque ids under one root, whatever path is asked for", async () => {
  await using server = await serve();
  const { port, folder } = server;
  const Cookie = cookieOf(server);
  await Deno.writeTextFile(join(folder, "secret.txt"), "the secret");
  const secret = await Deno.readTextFile(join(folder, "data", "secret")).catch(() => "");
  const images = join(folder, "images");
  await Deno.writeFile(join(folder, "outside.tif"), await encodeTiff(SQUARES));
  await Deno.symlink(join(folder, "outside.tif"), join(images, "link_out.tif"));
  await Deno.symlink(join(images, "squares.tif"), join(images, "link_in.tif"));
  await Deno.symlink(folder, join(images, "folder_out"));
  const listing = await (await server.get("/api/images")).json();
  const names = listing.images.filter(({ group }: { group: string }) => group === "folder")
    .map(({ name }: { name: string }) => name);
  assert.deepEqual(names, ["link_in.tif", "squares.tif"]);
  const text = JSON.stringify(listing);
  assert.ok(!text.includes(folder), "no paths in the list");

  const paths = [
    "/../secret.txt",
    "/%2e%2e/secret.txt",
    "/..%2fsecret.txt",
    "/images/../../secret.txt",
    "/@fs/etc/passwd?raw",
    "/@fs/etc/passwd?raw??",
    "/etc/passwd?import&raw",
    "/squares.tif%00.html",
    "/..\\secret.txt",
    "/%5c..%5csecret.txt",
    "//etc/passwd",
    "/file:///etc/passwd",
    "/data/secret",
  ];
  for (const path of paths) {
    const answer = await rawRequest(port, path, { Cookie });
    assert.ok([400, 403, 404].includes(answer.status), `${path}: ${answer.status}`);
    assert.ok(!/the secret|root:/.test(answer.text), path);
    assert.ok(secret === "" || !answer.text.includes(secret), path);
  }

  const ids = [
    "../secret.txt",
    "/etc/passwd",
    "%2e%2e/secret.txt",
    "squares.tif",
    "squares.tif\0",
    "u-../../secret",
    `u-${"0".repeat(63)}`,
    `u-${"0".repeat(64)}`,
    "f-",
    "__proto__",
    "",
  ];
  for (const id of ids) {
    await assert.rejects(server.connectTo(id), { name: "DaubError", tag: "file" }, id);
  }

  // A file that is exchanged for a link after it was listed.
  const id = await server.idOf("squares.tif");
  await Deno.remove(join(images, "squares.tif"));
  await Deno.symlink(join(folder, "outside.tif"), join(images, "squares.tif"));
  await assert.rejects(server.connectTo(id), { name: "DaubError", tag: "file" });
});

Deno.test("8. every answer, refusals too, carries the headers of safety, with a nonce of its own", async () => {
  await using server = await serve();
  const { port } = server;
  const Cookie = cookieOf(server);
  const answers = [
    await rawRequest(port, "/", { Cookie }),
    await rawRequest(port, "/"),
    await rawRequest(port, "/", { Cookie }, { host: "evil.test" }),
    await rawRequest(port, "/nowhere", { Cookie }),
    await rawRequest(port, "/api/images", { Cookie }),
    await rawRequest(port, "/api/address", { Cookie }, { method: "POST" }),
    await rawRequest(port, "/a%00", { Cookie }),
  ];
  assert.deepEqual(answers.map(({ status }) => status), [200, 401, 403, 404, 200, 415, 400]);
  const nonces = answers.map(({ headers }) => {
    const policy = headers.get("content-security-policy")!;
    assert.match(policy, /default-src 'none'/);
    assert.match(policy, /frame-ancestors 'none'/);
    assert.match(policy, /base-uri 'none'/);
    assert.doesNotMatch(policy, /'unsafe-eval'|script-src[^;]*('unsafe-inline'|\*|https?:)/);
    assert.equal(headers.get("x-content-type-options"), "nosniff");
    assert.equal(headers.get("referrer-policy"), "no-referrer");
    assert.equal(headers.get("x-frame-options"), "DENY");
    assert.equal(headers.get("cross-origin-resource-policy"), "same-origin");
    assert.equal(headers.get("cache-control"), "no-store");
    return /script-src 'nonce-([^']+)'/.exec(policy)![1];
  });
  assert.equal(new Set(nonces).size, nonces.length);
  for (const nonce of nonces) assert.ok(nonce.length >= 22, nonce);
});

/** Opens a bare socket and collects what it is told. */
async function bareSocket(server: TestServer): Promise<{
  socket: WebSocket;
  told: () => string;
  closed: Promise<number>;
}> {
  const id = await server.idOf("squares.tif");
  const headers = { authorization: `Bearer ${server.credential}` };
  const address = `ws://127.0.0.1:${server.port}/socket?image=${id}`;
  const socket = new WebSocket(address, { headers } as never);
  socket.binaryType = "arraybuffer";
  let told = "";
  socket.onmessage = ({ data }) => told += new TextDecoder().decode(data);
  socket.onerror = (event) => event.preventDefault();
  const closed = new Promise<number>((resolve) => socket.onclose = ({ code }) => resolve(code));
  await new Promise((resolve) => socket.onopen = resolve);
  return { socket, told: () => told, closed };
}

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

Deno.test("8. a fault of the program tells nothing of itself and keeps the headers", async () => {
  const said: unknown[] = [];
  const { error } = console;
  console.error = (...all) => void said.push(...all);
  try {
    await using server = await serve({
      pages: { respond: () => Promise.reject(new TypeError("the password is 1234")) },
    });
    const { status, text, headers } = await rawRequest(server.port, "/", {
      Cookie: cookieOf(server),
    });
    assert.equal(status, 500);
    assert.doesNotMatch(text, /password/);
    assert.match(headers.get("content-security-policy")!, /default-src 'none'/);
    assert.equal(said.length, 1);
  } finally {
    console.error = error;
  }
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
