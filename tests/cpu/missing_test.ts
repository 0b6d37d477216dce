import assert from "node:assert/strict";

const local = (path: string) => new URL(`../../${path}`, import.meta.url).href;

/** Segments the sample with some of WebAssembly missing, and tells what was found. */
async function segmentWithout(prelude: string): Promise<{ device: string; found: unknown }> {
  const script = `
    ${prelude}
    const { measure, ObjectSegmenter, openBackend, readImage } = await import(
      ${JSON.stringify(local("mod.ts"))}
    );
    const sample = (name) => readImage(new URL(${JSON.stringify(local("samples/"))} + name));
    const image = await sample("blobs.tif");
    await using backend = await openBackend("cpu");
    const segmenter = await ObjectSegmenter.train({
      image,
      annotation: await sample("blobs_annotation.tif"),
      backend,
    });
    const labels = await segmenter.predict(image, { backend });
    const { columns } = await measure(labels, image, { backend });
    const bytes = await crypto.subtle.digest("SHA-256", labels.data);
    const found = [
      labels.count,
      [...new Uint8Array(bytes)],
      Object.entries(columns).map(([name, values]) => [name, [...values]]),
    ];
    console.log(JSON.stringify({ device: backend.device, found }));
  `;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-lock", script],
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  assert.ok(stdout.length > 0, text(stderr));
  return JSON.parse(text(stdout));
}

const MISSING = {
  "WebAssembly": "delete globalThis.WebAssembly;",
  "WebAssembly's vectors":
    "WebAssembly.Module = class { constructor() { throw new WebAssembly.CompileError(); } };",
};

for (const [name, prelude] of Object.entries(MISSING)) {
  Deno.test(`without ${name} the same objects are found in plain TypeScript`, async () => {
    const [usual, plain] = await Promise.all([segmentWithout(""), segmentWithout(prelude)]);
    assert.match(usual.device, /^CPU, \d+ threads?$/);
    assert.equal(plain.device, "CPU, without WebAssembly");
    assert.deepEqual(plain.found, usual.found);
  });
}
