import assert from "node:assert/strict";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { encodeTiff } from "../../../mod.ts";
import { cookieOf, serve, SQUARES } from "./support/serve.ts";
import { rawRequest, upgradeHeaders } from "./support/raw.ts";

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
  // Where there is no such address at all, the error is another one.
  await assert.rejects(Deno.connect({ hostname: "::1", port: server.port }));
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
  const binary = { ...CHANGE, "Content-Type": "application/octet-stream" };
  assert.equal(await put({ ...binary, Origin: "http://evil.test" }), 403);
  // What a link, an image or a prefetch would ask for changes nothing.
  const { token } = server.server.credentials;
  for (const [path, method] of [["/api/address", "GET"], ["/api/upload", "GET"], ["/", "POST"]]) {
    const answer = await rawRequest(port, path, { Cookie }, { method });
    assert.ok([405, 415].includes(answer.status), `${method} ${path}: ${answer.status}`);
  }
  assert.equal(server.server.credentials.token, token);
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
  // A folder whose name begins as the root's does is not in it.
  await Deno.mkdir(`${images}_of_others`);
  await Deno.rename(join(folder, "outside.tif"), join(`${images}_of_others`, "outside.tif"));
  await Deno.symlink(join(`${images}_of_others`, "outside.tif"), join(images, "link_beside.tif"));
  await Deno.writeFile(join(folder, "outside.tif"), await encodeTiff(SQUARES));
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
    "u-../secret",
    "u-../../secret.txt",
    "u-../../outside.tif",
    `u-${"0".repeat(63)}`,
    `u-${"0".repeat(64)}`,
    "f-",
    "__proto__",
    "",
  ];
  for (const id of ids) {
    await assert.rejects(server.connectTo(id), { name: "DaubError", tag: "file" }, id);
    const answer = await server.get(`/api/image?id=${encodeURIComponent(id)}`);
    assert.ok(answer.status >= 400, id);
    assert.match(await answer.text(), /^Expected one of the images|^Expected the image/, id);
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
    assert.equal(headers.get("cross-origin-opener-policy"), "same-origin");
    assert.match(headers.get("permissions-policy")!, /camera=\(\).*microphone=\(\)/);
    assert.equal(headers.get("cache-control"), "no-store");
    // Nothing but this server, and what the page makes itself, is a place to load from or tell to.
    const nonce = /script-src 'nonce-([^']+)'/.exec(policy)![1];
    const allowed = ["'self'", "blob:", "data:", `ws://127.0.0.1:${port}`, "'none'"]
      .concat(`'nonce-${nonce}'`, "'wasm-unsafe-eval'");
    for (const directive of policy.split("; ")) {
      const [name, ...sources] = directive.split(" ");
      const more = name === "style-src" ? ["'unsafe-inline'"] : [];
      assert.ok(sources.every((source) => [...allowed, ...more].includes(source)), directive);
    }
    return /script-src 'nonce-([^']+)'/.exec(policy)![1];
  });
  assert.equal(new Set(nonces).size, nonces.length);
  for (const nonce of nonces) assert.ok(nonce.length >= 22, nonce);
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
