/**
 * Builds the WebAssembly kernels: every `src/cpu/assembly/<stage>.as.ts`, in AssemblyScript,
 * becomes a module `src/cpu/<stage>_wasm.ts` that holds the binary and the types of its functions.
 *
 *     deno run -A scripts/build_wasm.ts           writes the modules
 *     deno run -A scripts/build_wasm.ts --check   fails where they differ from their sources
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import asc from "npm:assemblyscript@0.28.20/asc";

const FOLDER = new URL("../src/cpu/", import.meta.url);
const ENDING = ".as.ts";
/** As the formatter has it. */
const LINE_WIDTH = 100;

/** The kernels share one memory, also between threads; they keep nothing of their own in it. */
const OPTIONS = [
  "-O3",
  "--noAssert",
  ...["--runtime", "stub"],
  ...["--enable", "simd", "--enable", "threads"],
  ...["--disable", "mutable-globals", "--disable", "bulk-memory"],
  ...["--importMemory", "--sharedMemory", "--noExportMemory"],
  ...["--initialMemory", "1", "--maximumMemory", "65536"],
  ...["--bindings", "raw"],
];

/** The text of the module for one source. */
async function build(stage: string): Promise<string> {
  const entry = `${stage}${ENDING}`;
  const outputs = new Map<string, string | Uint8Array>();
  const { error, stderr } = await asc.main(
    [entry, ...OPTIONS, "--outFile", "kernels.wasm"],
    {
      readFile: (name) => {
        const url = new URL(`assembly/${name.replace(/(\.as)?\.ts$/, ENDING)}`, FOLDER);
        try {
          return Deno.readTextFileSync(url);
        } catch {
          return null;
        }
      },
      writeFile: (name, contents) => void outputs.set(name, contents),
      listFiles: () => [],
    },
  );
  if (error) throw new Error(`${entry}: ${stderr.toString()}`);
  const wasm = outputs.get("kernels.wasm") as Uint8Array<ArrayBuffer>;
  const types = String(outputs.get("kernels.d.ts"));
  return moduleText(entry, wasm, functionTypes(types));
}

/** The functions of a declaration file, as methods; long ones with a parameter a line. */
function functionTypes(declarations: string): string[] {
  const found = declarations.matchAll(/export function (\w+)\(([^)]*)\): (\w+);/g);
  return Array.from(found, ([, name, parameters, type]) => {
    const line = `  ${name}(${parameters}): ${type};`;
    if (line.length <= LINE_WIDTH) return line;
    const lines = parameters.split(", ").map((parameter) => `    ${parameter},\n`);
    return `  ${name}(\n${lines.join("")}  ): ${type};`;
  });
}

function moduleText(entry: string, wasm: Uint8Array<ArrayBuffer>, methods: string[]): string {
  const base64 = btoa(Array.from(wasm, (byte) => String.fromCharCode(byte)).join(""));
  return `// Built by scripts/build_wasm.ts from assembly/${entry}; not to be edited.

/** The functions of the kernels. Pointers, lengths and strides as the source says. */
export interface Kernels {
${methods.join("\n")}
}

/** Where the binary says whether its memory is shared between threads. */
export const MEMORY_FLAGS = ${memoryFlags(wasm)};

/** The binary. */
export const BASE64 =
  "${base64}";
`;
}

/** The position of the flags of the imported memory; sections before it are walked over. */
function memoryFlags(wasm: Uint8Array): number {
  const name = new TextEncoder().encode("env\x06memory\x02");
  const at = wasm.findIndex((_, i) => name.every((byte, k) => wasm[i + k] === byte));
  if (at < 0 || wasm[at + name.length] !== 3) throw new Error("Expected an imported shared memory");
  return at + name.length;
}

async function stages(): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(new URL("assembly/", FOLDER))) {
    if (name.endsWith(ENDING) && !name.startsWith("_")) names.push(name.slice(0, -ENDING.length));
  }
  return names.sort();
}

if (import.meta.main) {
  const isCheck = Deno.args.includes("--check");
  for (const stage of await stages()) {
    const url = new URL(`${stage}_wasm.ts`, FOLDER);
    const text = await build(stage);
    const path = fileURLToPath(url);
    if (!isCheck) await Deno.writeTextFile(path, text);
    else if (await Deno.readTextFile(path).catch(() => "") !== text) {
      console.error(`${path} is not what its source gives; run scripts/build_wasm.ts.`);
      Deno.exit(1);
    }
    console.log(`${stage}: ${text.length} characters`);
  }
}
