import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { NotebookPages } from "../../../src/notebook/server/notebook_pages.ts";
import { rawRequest } from "./support/raw.ts";
import { cookieOf, serve } from "./support/serve.ts";

const local = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const NOTEBOOK = (text: string) =>
  `<!doctype html>
<notebook theme="air">
  <title>${text}</title>
  <script id="1" type="text/markdown">
    ${text}
  </script>
</notebook>
`;
const CHANGE = { "Content-Type": "application/json", "X-Daub": "1" };

Deno.test("attacks on the pages of notebooks", async (t) => {
  const outer = await Deno.makeTempDir();
  const folder = join(outer, "notebooks");
  const samples = join(outer, "samples");
  await Deno.mkdir(folder);
  await Deno.mkdir(samples);
  await Deno.writeTextFile(join(folder, "segment.html"), NOTEBOOK("my own"));
  await Deno.writeTextFile(join(folder, "notes.txt"), "the secret");
  await Deno.writeTextFile(join(samples, "notes.txt"), "the secret");
  await Deno.writeTextFile(join(outer, "secret.html"), NOTEBOOK("the secret"));
  await Deno.writeTextFile(join(outer, "secret.tif"), "the secret");
  await Deno.copyFile(local("samples/blobs.tif"), join(samples, "blobs.tif"));
  await Deno.symlink(join(outer, "secret.html"), join(folder, "link.html"));
  await Deno.symlink(join(folder, "loop.html"), join(folder, "loop.html"));
  await Deno.symlink(join(outer, "secret.tif"), join(samples, "link.tif"));
  await Deno.mkdir(join(folder, "folder.html"));
  try {
    const pages = await NotebookPages.open({ folder, samples });
    await using server = await serve({ pages });
    const { port } = server;
    const Cookie = cookieOf(server);
    const get = (path: string) => rawRequest(port, path, { Cookie });
    const post = (path: string, value: unknown) => {
      const body = JSON.stringify(value);
      const headers = { Cookie, ...CHANGE, "Content-Length": `${new Blob([body]).size}` };
      return rawRequest(port, path, headers, { method: "POST", body });
    };
    const version = async (name: string) =>
      JSON.parse((await get(`/notebook/${name}`)).text).version;

    await t.step("7. no path and no link leads out of the folder of the notebooks", async () => {
      assert.match((await get("/segment.html")).text, /my own/);
      assert.equal((await get("/samples/blobs.tif")).status, 200);
      const paths = [
        "/link.html",
        "/loop.html",
        "/folder.html",
        "/notes.txt",
        "/../secret.html",
        "/%2e%2e/secret.html",
        "/..%2fsecret.html",
        "/%2e%2e%2fsecret.html",
        "/segment.html/../../secret.html",
        "/samples/link.tif",
        "/samples/notes.txt",
        "/samples/../secret.tif",
        "/samples/..%2fsecret.tif",
        "/client/../../deno.json",
        "/cell/../../deno.json",
        "/segment.html%00",
        "/@fs/etc/passwd?raw",
        "/segment.html?raw&url=/etc/passwd",
      ];
      for (const path of paths) {
        const { status, text } = await get(path);
        assert.ok([200, 400, 404].includes(status), `${path}: ${status}`);
        assert.ok(!/the secret|root:|"tasks"/.test(text), path);
      }
      for (const name of ["link.html", "notes.txt"]) {
        assert.equal(await version(name), undefined, "nor is it told whether it changed");
      }
      assert.match(await version("segment.html"), /^[0-9a-f]{64}$/);
    });

    await t.step("7. nothing but a notebook of the folder is written", async () => {
      const cells = [{ id: 1, mode: "md", value: "changed" }];
      const secret = await Deno.readTextFile(join(outer, "secret.html"));
      const names = ["link.html", "..%2fsecret.html", "../secret.html", "new.html", "notes.txt"]
        .concat("loop.html", "folder.html", ".hidden.html", "%2e%2e%2fsecret.html");
      for (const name of names) {
        for (const known of ["", await version("segment.html")]) {
          const { status } = await post(`/notebook/${name}`, { version: known, cells });
          assert.ok([400, 404, 409].includes(status), `${name}: ${status}`);
        }
      }
      assert.equal(await Deno.readTextFile(join(outer, "secret.html")), secret);
      assert.equal((await Deno.lstat(join(folder, "link.html"))).isSymlink, true);
      const found = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
      assert.deepEqual(found.sort(), [
        ...["folder.html", "link.html", "loop.html", "notes.txt", "segment.html"],
      ]);
      const good = { version: await version("segment.html"), cells };
      assert.equal((await post("/notebook/segment.html", good)).status, 200);
      assert.match(await Deno.readTextFile(join(folder, "segment.html")), /changed/);
    });

    await t.step(
      "7. cells that would start interpreters are neither compiled nor saved",
      async () => {
        const before = await version("segment.html");
        for (const mode of ["node", "python", "r", "sh", "__proto__", ""]) {
          const cells = [{ id: 1, mode, value: "1" }];
          assert.equal((await post("/compile", { cells })).status, 400, mode);
          const saved = await post("/notebook/segment.html", { version: before, cells });
          assert.equal(saved.status, 400, mode);
        }
        assert.equal(await version("segment.html"), before);
      },
    );

    await t.step(
      "8. every script of a page has its nonce, and no text of a cell ends one",
      async () => {
        const value = "</script><script>alert(1)</script><!--";
        const known = { version: await version("segment.html"), title: value };
        await post("/notebook/segment.html", { ...known, cells: [{ id: 1, mode: "md", value }] });
        const { text, headers } = await get("/segment.html");
        const nonce = /'nonce-([^']+)'/.exec(headers.get("content-security-policy")!)![1];
        const scripts = text.match(/<script\b[^>]*>/g)!;
        assert.ok(scripts.length >= 3);
        for (const script of scripts) assert.ok(script.includes(`nonce="${nonce}"`), script);
      },
    );

    await t.step("9. hostile cells and bodies are refused or fail as cells do", async () => {
      const bodies: unknown[] = [null, 1, [], "x", {}, { cells: {} }, { cells: [null] }]
        .concat({ cells: [{ id: 0.5, mode: "js", value: "" }] })
        .concat({ cells: [{ id: 1, mode: "js", value: 7 }] })
        .concat({ cells: [{ id: 1, mode: "js", value: "x".repeat(200_001) }] })
        .concat({ cells: Array.from({ length: 501 }, (_, id) => ({ id, mode: "js", value: "" })) });
      for (const body of bodies) {
        const { status, text } = await post("/compile", body);
        assert.equal(status, 400, text);
        assert.match(text, /Expected/);
      }
      const headers = { Cookie, ...CHANGE, "Content-Length": "3" };
      const noJson = await rawRequest(port, "/compile", headers, { method: "POST", body: "{a:" });
      assert.match(noJson.text, /Expected JSON/);
      for (const deep of ["(", "[", "{a:", "a=>", "`${", "!"]) {
        const cells = [{ id: 1, mode: "js", value: deep.repeat(20_000) }];
        const { status, text } = await post("/compile", { cells });
        assert.equal(status, 200, text);
        assert.equal(JSON.parse(text).cells.length, 1);
      }
      assert.equal((await get("/segment.html")).status, 200);
    });
  } finally {
    await Deno.remove(outer, { recursive: true });
  }
});
