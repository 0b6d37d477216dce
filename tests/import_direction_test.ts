import assert from "node:assert/strict";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** The layers from the ground up; a file may import from its own layer and those before it. */
const LAYERS: readonly (readonly RegExp[])[] = [
  [/^src\/errors\.ts$/, /^src\/nearest_name\.ts$/],
  [/^src\/image\//],
  [/^src\/gpu\//, /^src\/cpu\//],
  [/^src\/(features|forest|labeling|measurement)\//, /^src\/backend\.ts$/],
  [/^src\/backends\//],
  [/^src\/flow\//],
  [/^src\/classifiers\//],
  [/^src\/evaluation\//],
  [/^src\/segment\.ts$/, /^src\/overlay\//],
  [/^mod\.ts$/],
  [/^src\/(cli|notebook)\//],
  [/^scripts\//],
];

/** The only files that may speak to the operating system. */
const SYSTEM_FILES = [/^src\/image\/file\.ts$/, /^src\/cli\//, /^src\/notebook\/server\//];

/** The only files that may touch a page. */
const PAGE_FILES = [/^src\/notebook\/client\//];

async function* sourceFiles(folder: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(join(root, folder))) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) yield* sourceFiles(path);
    else if (path.endsWith(".ts")) yield path;
  }
}

async function allFiles(): Promise<string[]> {
  const files = ["mod.ts"];
  for (const folder of ["src", "scripts"]) {
    for await (const path of sourceFiles(folder)) files.push(path);
  }
  return files;
}

/** The specifiers that a file imports or re-exports, types included. */
function imports(text: string): string[] {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/^\s*\/\/.*$/gm, "");
  const found = code.matchAll(
    /(?:^|\n)\s*(?:import|export)\b[^;"]*?from\s*"([^"]+)"|import\(\s*"([^"]+)"/g,
  );
  return Array.from(found, ([, a, b]) => a ?? b);
}

function layer(path: string): number {
  return LAYERS.findIndex((patterns) => patterns.some((pattern) => pattern.test(path)));
}

Deno.test("every file belongs to a layer and imports only its own or lower ones", async () => {
  const wrong: string[] = [];
  let edges = 0;
  for (const path of await allFiles()) {
    const from = layer(path);
    if (from < 0) wrong.push(`${path} belongs to no layer`);
    const text = await Deno.readTextFile(join(root, path));
    for (const specifier of imports(text).filter((s) => s.startsWith("."))) {
      const target = relative(root, join(root, dirname(path), specifier));
      edges++;
      if (target.endsWith(".ts") && layer(target) > from) wrong.push(`${path} imports ${target}`);
    }
  }
  assert.ok(edges > 50, `found only ${edges} imports`);
  assert.deepEqual(wrong, []);
});

Deno.test("only inline npm specifiers and relative paths are imported in the library", async () => {
  const wrong: string[] = [];
  for (const path of (await allFiles()).filter((p) => /^(mod\.ts|src\/)/.test(p))) {
    const system = SYSTEM_FILES.some((pattern) => pattern.test(path));
    for (const specifier of imports(await Deno.readTextFile(join(root, path)))) {
      const exact = /^npm:(@[^/]+\/)?[^@/]+@\d+\.\d+\.\d+/.test(specifier);
      const fine = specifier.startsWith("./") || specifier.startsWith("../") || exact ||
        (system && specifier.startsWith("node:"));
      if (!fine) wrong.push(`${path} imports ${specifier}`);
    }
  }
  assert.deepEqual(wrong, []);
});

Deno.test("Deno is used only where files, servers and the command line are", async () => {
  const wrong: string[] = [];
  for (const path of (await allFiles()).filter((p) => p.startsWith("src/"))) {
    const text = (await Deno.readTextFile(join(root, path)))
      .replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/\/\/.*$/gm, "");
    const system = SYSTEM_FILES.some((pattern) => pattern.test(path));
    if (!system && /\bDeno\./.test(text)) wrong.push(`${path} uses Deno`);
    const page = PAGE_FILES.some((pattern) => pattern.test(path));
    if (!page && /(?<![./\w])(document|window)\./.test(text)) wrong.push(`${path} uses the page`);
  }
  assert.deepEqual(wrong, []);
});
