import assert from "node:assert/strict";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

const PROGRAM = (url: string) =>
  `import { ObjectSegmenter, openBackend, readImage } from "${url}mod.ts";
const image = await readImage(new URL("samples/blobs.tif", "${url}"));
const annotation = await readImage(new URL("samples/blobs_annotation.tif", "${url}"));
const counts: Record<string, number> = {};
for (const kind of JSON.parse(Deno.args[0])) {
  await using backend = await openBackend(kind);
  const segmenter = await ObjectSegmenter.train({ image, annotation, backend });
  counts[kind] = (await segmenter.predict(image, { backend })).count;
}
console.log(JSON.stringify(counts));
`;

/** Serves the checkout and notes what was asked for. */
function serve(typeOf: (path: string) => string) {
  const asked: string[] = [];
  const missing: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (req) => {
    const path = decodeURIComponent(new URL(req.url).pathname).slice(1);
    asked.push(path);
    try {
      const body = await Deno.readFile(join(root, path));
      return new Response(body, { headers: { "content-type": typeOf(path) } });
    } catch {
      missing.push(path);
      return new Response("not found", { status: 404 });
    }
  });
  return { server, asked, missing, url: `http://127.0.0.1:${server.addr.port}/` };
}

const adapter = await navigator.gpu?.requestAdapter().catch(() => null);
const kinds = adapter ? ["cpu", "gpu"] : ["cpu"];

for (
  const [name, typescript] of [
    ["text/plain", "text/plain; charset=utf-8"],
    ["application/typescript", "application/typescript"],
  ]
) {
  Deno.test(`mod.ts served as ${name} trains and segments in a project without configuration`, async () => {
    const host = serve((path) => extname(path) === ".ts" ? typescript : "text/plain");
    const folder = await Deno.makeTempDir();
    try {
      await Deno.writeTextFile(join(folder, "main.ts"), PROGRAM(host.url));
      const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--no-config", "--no-lock", "main.ts", JSON.stringify(kinds)],
        cwd: folder,
        env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
      }).output();
      const errors = new TextDecoder().decode(stderr);
      assert.equal(code, 0, errors);
      const counts: Record<string, number> = JSON.parse(new TextDecoder().decode(stdout));
      assert.deepEqual(Object.keys(counts), kinds);
      for (const count of Object.values(counts)) assert.ok(count > 30, `found ${count} objects`);
      assert.deepEqual(host.missing, []);
      const foreign = host.asked.filter((path) => !/^(mod\.ts|src\/|samples\/)/.test(path));
      assert.deepEqual(foreign, []);
      assert.ok(!host.asked.some((path) => /^src\/(cli|notebook)\//.test(path)));
    } finally {
      await host.server.shutdown();
      await Deno.remove(folder, { recursive: true });
    }
  });
}

Deno.test("the library downloads codecs of images and tables, a spatial index, and nothing else", async () => {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", join(root, "mod.ts")],
  }).output();
  const { modules } = JSON.parse(new TextDecoder().decode(stdout));
  const packages = modules.map(({ specifier }: { specifier: string }) => specifier)
    .filter((specifier: string) => specifier.startsWith("npm:"))
    .map((specifier: string) => specifier.replace(/^npm:\/?/, "").replace(/@[\d.]+(\/.*)?$/, ""));
  const expected = ["fast-png", "flatbush", "geotiff", "hyparquet-writer", "jpeg-js", "tiff"];
  assert.deepEqual([...new Set(packages)].sort(), expected);
});
