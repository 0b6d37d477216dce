import assert from "node:assert/strict";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { readImage } from "../../src/image/read.ts";
import { countLabels } from "../cli/support/fixtures.ts";
import { namesIn, withFolder } from "../cli/support/folder.ts";
import { assertDone, assertRefused, runScript, snapshot } from "../cli/support/segment.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const results = ["ObjectSegmenter.cl", "blobs_labels.tif", "blobs_overlay.png"];
const visible = (names: string[]) => names.filter((name) => !name.startsWith("."));

Deno.test("without arguments the script segments the sample, and renews only its own files", async (t) => {
  await withFolder(async (folder) => {
    const out = join(folder, "out");
    await t.step("the results are in out/ and the report says how many objects", async () => {
      const outcome = await runScript([], { cwd: folder });
      assertDone(outcome);
      assert.deepEqual(visible(await namesIn(out)), results);
      const [labels] = await readImage(join(out, "blobs_labels.tif"));
      const reported = Number(/Objects +(\d+) of class 2/.exec(outcome.stdout)![1]);
      assert.equal(countLabels(labels), reported);
      assert.ok(Math.abs(reported - 62) <= 15, `found ${reported} objects where there are 62`);
    });
    await t.step("a second run renews them", async () => {
      const before = await snapshot(out);
      const outcome = await runScript([], { cwd: folder });
      assertDone(outcome);
      const after = await snapshot(out);
      for (const files of [before, after]) files.delete(join(out, ".daub_results.jsonl"));
      assert.deepEqual(after, before);
    });
    await t.step("with any option they are kept", async () => {
      const before = await snapshot(out);
      assertRefused(await runScript(["--quiet"], { cwd: folder }), 1, /found .*blobs_labels\.tif/);
      assert.deepEqual(await snapshot(out), before);
    });
    await t.step("a file that someone else put in their place is kept", async () => {
      await Deno.writeTextFile(join(out, "ObjectSegmenter.cl"), "precious");
      const before = await snapshot(out);
      assertRefused(await runScript([], { cwd: folder }), 1, /found out.ObjectSegmenter\.cl;/);
      assert.deepEqual(await snapshot(out), before);
    });
  });
});

Deno.test("the script prints json alone on standard output", async () => {
  await withFolder(async (folder) => {
    const { code, stdout, stderr } = await runScript(["--json"], { cwd: folder });
    assert.equal(code, 0, stderr);
    const { image, objects, files } = JSON.parse(stdout);
    assert.match(image, /samples.blobs\.tif$/);
    assert.ok(objects > 0);
    assert.deepEqual(files.map((file: string) => file.slice(4)).sort(), results);
  });
});

Deno.test("a command line that is not understood ends with 2, help and version with 0", async () => {
  await withFolder(async (folder) => {
    assertRefused(await runScript(["--tres=5"], { cwd: folder }), 2, /Did you mean --trees\?/);
    const help = await runScript(["--help"], { cwd: folder });
    assertDone(help);
    assert.match(help.stdout, /--annotation STROKES/);
    const version = await runScript(["--version"], { cwd: folder });
    assertDone(version);
    assert.match(version.stdout, /^daub \d+\.\d+\.\d+$/);
    assert.deepEqual(await namesIn(folder), []);
  });
});

Deno.test("the script runs from an address, samples and all", async () => {
  const types: Record<string, string> = {
    ".ts": "application/typescript",
    ".json": "application/json",
  };
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const path = join(root, decodeURIComponent(new URL(request.url).pathname));
    const body = await Deno.readFile(path).catch(() => undefined);
    const type = types[extname(path)] ?? "application/octet-stream";
    return new Response(body, { status: body ? 200 : 404, headers: { "content-type": type } });
  });
  try {
    await withFolder(async (folder) => {
      const address = `http://127.0.0.1:${server.addr.port}/scripts/segment.ts`;
      const outcome = await runScript([], { cwd: folder, address });
      assertDone(outcome);
      assert.match(outcome.stdout, /Image +http:.*samples\/blobs\.tif: 256 × 254/);
      assert.deepEqual(visible(await namesIn(join(folder, "out"))), results);
    });
  } finally {
    await server.shutdown();
  }
});
