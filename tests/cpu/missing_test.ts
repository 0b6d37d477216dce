import assert from "node:assert/strict";

const MODULE = new URL("../../mod.ts", import.meta.url).href;

/** Computes a feature where something is missing and prints the error. */
async function errorWithout(prelude: string): Promise<string> {
  const script = `
    ${prelude}
    const { computeFeatures } = await import(${JSON.stringify(MODULE)});
    const image = { data: new Float32Array(6), width: 3, height: 2, depth: 1 };
    try {
      await computeFeatures(image, "gaussian_blur=1", { backend: "cpu" });
    } catch ({ tag, message }) {
      console.log(tag + ": " + message);
    }
  `;
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-lock", script],
    stderr: "null",
  }).output();
  return new TextDecoder().decode(stdout);
}

const MISSING = {
  "WebAssembly": "delete globalThis.WebAssembly;",
  "WebAssembly's vectors":
    "WebAssembly.Module = class { constructor() { throw new WebAssembly.CompileError(); } };",
};

for (const [name, prelude] of Object.entries(MISSING)) {
  Deno.test(`a browser without ${name} is told what to do`, async () => {
    assert.match(await errorWithout(prelude), /^backend: Expected WebAssembly .* Use a browser/);
  });
}
