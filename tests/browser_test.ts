import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ObjectSegmenter } from "../src/classifiers/object_segmenter.ts";
import { readImage } from "../src/image/read.ts";
import { openBrowser } from "./support/browser.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

async function bundle(path: string): Promise<void> {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--platform", "browser", "-o", path, join(root, "mod.ts")],
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
}

Deno.test("the library, bundled, finds the same objects in a browser on each backend", async () => {
  const folder = await Deno.makeTempDir();
  await bundle(join(folder, "daub.js"));
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (req) => {
    const { pathname } = new URL(req.url);
    if (pathname === "/") {
      return new Response("<!doctype html><title>Daub</title>", {
        headers: { "content-type": "text/html" },
      });
    }
    if (pathname === "/favicon.ico") return new Response(null, { status: 204 });
    const path = pathname === "/daub.js" ? join(folder, "daub.js") : join(root, pathname);
    const type = pathname.endsWith(".js") ? "text/javascript" : "image/tiff";
    return new Response(await Deno.readFile(path), { headers: { "content-type": type } });
  });
  try {
    await using browser = await openBrowser({ webgpu: true });
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${server.addr.port}/`);
    const found: Record<string, number> = await page.evaluate(async () => {
      // The bundle exists only once this test has made it, so its types are not known here.
      const { ObjectSegmenter, openBackend, readImage } = await import(
        new URL("/daub.js", location.href).href
      );
      const image = await readImage(new URL("/samples/blobs.tif", location.href));
      const annotation = await readImage(new URL("/samples/blobs_annotation.tif", location.href));
      const counts: Record<string, number> = {};
      for (const kind of ["cpu", "gpu"]) {
        const backend = await openBackend(kind);
        const segmenter = await ObjectSegmenter.train({ image, annotation, backend });
        counts[kind] = (await segmenter.predict(image, { backend })).count;
        await backend[Symbol.asyncDispose]();
      }
      return counts;
    });
    const image = await readImage(join(root, "samples/blobs.tif"));
    const annotation = await readImage(join(root, "samples/blobs_annotation.tif"));
    const segmenter = await ObjectSegmenter.train({ image, annotation, backend: "cpu" });
    const { count } = await segmenter.predict(image, { backend: "cpu" });
    assert.deepEqual(found, { cpu: count, gpu: count });
  } finally {
    await server.shutdown();
    await Deno.remove(folder, { recursive: true });
  }
});
