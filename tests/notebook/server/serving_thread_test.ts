import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

const source = new URL("../../../src/", import.meta.url);

interface ModuleGraph {
  readonly roots: readonly string[];
  readonly modules: readonly {
    readonly specifier: string;
    readonly dependencies?: readonly {
      readonly code?: { readonly specifier?: string };
    }[];
  }[];
}

/** The modules of `src` that run when one of them is imported; what it asks for types is none. */
async function modulesReached(name: string): Promise<string[]> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", fileURLToPath(new URL(name, source))],
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  assert.equal(code, 0, text(stderr));
  const { roots, modules }: ModuleGraph = JSON.parse(text(stdout));
  const reached = new Set(roots);
  const dependencies = new Map(
    modules.map(({ specifier, dependencies = [] }) => [specifier, dependencies]),
  );
  for (const specifier of reached) {
    for (const { code } of dependencies.get(specifier) ?? []) {
      if (code?.specifier) reached.add(code.specifier);
    }
  }
  return [...reached].filter((specifier) => specifier.startsWith(source.href))
    .map((specifier) => specifier.slice(source.href.length));
}

Deno.test("the thread that serves pages has no code that computes on a GPU or a processor: its worker has", async () => {
  const computing = /^(gpu|backends|flow|classifiers)\//;
  const serving = await modulesReached("notebook/server/server.ts");
  assert.ok(serving.includes("notebook/server/session.ts"), `${serving.length} modules`);
  assert.deepEqual(serving.filter((path) => computing.test(path)), []);
  const working = await modulesReached("notebook/server/compute_worker.ts");
  for (const path of ["gpu/gpu.ts", "backends/gpu_backend.ts"]) {
    assert.ok(working.includes(path), `${path} among ${working.length} modules`);
  }
});
