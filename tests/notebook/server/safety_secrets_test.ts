import assert from "node:assert/strict";
import nodeCrypto from "node:crypto";
import { join } from "node:path";
import { Credentials } from "../../../src/notebook/server/credentials.ts";
import { rawRequest } from "./support/raw.ts";
import { serve } from "./support/serve.ts";

const secret = () => new Uint8Array(32).fill(7);

Deno.test("3. forged, altered, expired and predated credentials are refused", async () => {
  const credentials = await Credentials.of(secret());
  const good = (await credentials.redeem(credentials.token!))!;
  assert.ok(await credentials.verify(good));
  assert.equal(await credentials.redeem(credentials.token ?? ""), undefined);
  const [nonce, issued, signature] = good.split(".");
  const old = `${nonce}.${Number(issued) - 8 * 24 * 3600}`;
  const late = `${nonce}.${Number(issued) + 3600}`;
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
    `${late}.${await credentials.sign(`credential ${late}`)}`,
  ];
  for (const credential of forged) assert.ok(!await credentials.verify(credential), credential);
  const others = await Credentials.of(new Uint8Array(32).fill(8));
  assert.ok(!await others.verify(good), "another server's");
});

Deno.test("3. tokens are drawn anew, and cannot be guessed from others", async () => {
  const tokens = new Set<string>();
  for (let i = 0; i < 100; i++) {
    const credentials = await Credentials.of(secret());
    tokens.add(credentials.token!).add(credentials.renewToken());
  }
  assert.equal(tokens.size, 200);
  for (let at = 0; at < 32; at++) {
    assert.ok(new Set(Array.from(tokens, (token) => token[at])).size > 20, `character ${at}`);
  }
});

Deno.test("3. of many that bring the token at once one is admitted", async () => {
  await using server = await serve({ credential: "none" });
  const token = (await server.server.address()).searchParams.get("token")!;
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => rawRequest(server.port, `/?token=${token}`)),
  );
  const admitted = answers.filter(({ headers }) => headers.has("set-cookie"));
  assert.equal(admitted.length, 1);
  assert.equal(answers.filter(({ status }) => status === 401).length, 19);
});

Deno.test("3. token and signature are compared in a time that tells nothing", async () => {
  const { timingSafeEqual } = nodeCrypto;
  const compared: string[][] = [];
  nodeCrypto.timingSafeEqual = (a, b) => {
    compared.push([a, b].map((bytes) => new TextDecoder().decode(bytes as Uint8Array)));
    return timingSafeEqual(a, b);
  };
  try {
    const credentials = await Credentials.of(secret());
    const token = credentials.token!;
    const wrong = token.replace(/^./, (first) => first === "A" ? "B" : "A");
    assert.equal(await credentials.redeem(wrong), undefined);
    assert.deepEqual(compared.splice(0), [[wrong, token]]);
    const good = (await credentials.redeem(token))!;
    assert.deepEqual(compared.splice(0), [[token, token]]);
    const signature = good.split(".")[2];
    const forged = good.replace(signature, signature.replace(/^./, (c) => c === "A" ? "B" : "A"));
    assert.equal(await credentials.verify(forged), false);
    assert.deepEqual(compared.splice(0), [[forged.split(".")[2], signature]]);
  } finally {
    nodeCrypto.timingSafeEqual = timingSafeEqual;
  }
});

Deno.test("3. neither the token nor the cookie is printed, and the secret is this user's only", async () => {
  const said: string[] = [];
  const methods = ["log", "info", "warn", "error", "debug"] as const;
  const originals = methods.map((name) => console[name]);
  for (const name of methods) console[name] = (...all) => void said.push(Deno.inspect(all));
  try {
    await using server = await serve({
      credential: "none",
      pages: { respond: () => Promise.reject(new TypeError("a fault")) },
    });
    const { port, folder } = server;
    const address = await server.server.address();
    const token = address.searchParams.get("token")!;
    await rawRequest(port, `/?token=${token}x`);
    const { headers } = await rawRequest(port, `/?token=${token}`);
    const Cookie = headers.get("set-cookie")!.split(";")[0];
    assert.equal((await rawRequest(port, `/?token=${token}`, { Cookie })).status, 303);
    assert.equal((await rawRequest(port, "/?a=b", { Cookie })).status, 500);
    assert.equal(said.length, 1, "the fault is printed");
    assert.ok(!said.join().includes(token));
    assert.ok(!said.join().includes(Cookie.split("=")[1]));
    if (Deno.build.os !== "windows") {
      for (const path of ["data", "data/secret"]) {
        assert.equal((await Deno.stat(join(folder, path))).mode! & 0o077, 0, path);
      }
    }
  } finally {
    methods.forEach((name, i) => console[name] = originals[i]);
  }
});
