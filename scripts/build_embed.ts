/**
 * Builds the segmenter for any web page: one ES module and one stylesheet.
 *
 *     deno run -A scripts/build_embed.ts [FOLDER]     default dist
 *
 * The program that computes is bundled first, as one function that needs nothing around it: its text
 * is the source of the page's worker, and where no worker may be started it is called in the page.
 *
 * @module
 */

import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import * as esbuild from "npm:esbuild@0.25.12";

const SOURCE = new URL("../src/notebook/", import.meta.url);

/** What browsers of the last years understand; `using` is written out for them. */
const TARGET = "es2022";

/** Browsers that lack these symbols have no use for them but as names. */
const SYMBOLS = `Symbol.dispose??=Symbol.for("Symbol.dispose");` +
  `Symbol.asyncDispose??=Symbol.for("Symbol.asyncDispose");`;

/** The styles in the order in which they apply. */
const STYLES = ["frame", "controls", "surface", "panels", "room"]
  .map((name) => `client/painter/${name}.css`)
  .concat("client/options_form.css", "client/embed/segmenter.css");

/** A file that was built. */
export interface BuiltFile {
  readonly name: string;
  readonly bytes: number;
  /** As a server sends it. */
  readonly gzipped: number;
}

/** Builds into a folder, which is made if it is not there. */
export async function buildEmbed(folder: string): Promise<BuiltFile[]> {
  const temporary = await Deno.makeTempDir({ prefix: "daub-embed-" });
  try {
    const programFile = join(temporary, "program.js");
    await Deno.writeTextFile(programFile, await bundleProgram());
    const importMap = join(temporary, "imports.json");
    const replaced = new URL("client/embed/program.ts", SOURCE).href;
    const imports = { [replaced]: pathToFileURL(programFile).href };
    await Deno.writeTextFile(importMap, JSON.stringify({ imports }));
    const page = await bundle("client/embed/mod.ts", ["--import-map", importMap]);
    const { code } = await esbuild.transform(page, {
      minify: true,
      target: TARGET,
      format: "esm",
      banner: SYMBOLS,
    });
    const styles = await Promise.all(
      STYLES.map((path) => Deno.readTextFile(new URL(path, SOURCE))),
    );
    const css = await esbuild.transform(styles.join("\n"), { loader: "css", minify: true });
    await Deno.mkdir(folder, { recursive: true });
    return [
      await write(folder, "daub.js", code),
      await write(folder, "daub.css", css.code),
    ];
  } finally {
    await esbuild.stop();
    await Deno.remove(temporary, { recursive: true });
  }
}

/** The module whose function `program` holds all that computing needs. */
async function bundleProgram(): Promise<string> {
  const { code } = await esbuild.transform(await bundle("serve_engine.ts"), {
    minify: true,
    target: TARGET,
    format: "iife",
    globalName: "daub",
  });
  return `export function program(port,options){${SYMBOLS}${code};daub.serveEngine(port,options)}`;
}

async function bundle(entry: string, options: readonly string[] = []): Promise<string> {
  const path = fileURLToPath(new URL(entry, SOURCE));
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--platform", "browser", ...options, path],
  }).output();
  if (code !== 0) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

async function write(folder: string, name: string, text: string): Promise<BuiltFile> {
  await Deno.writeTextFile(join(folder, name), text);
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  const gzipped = (await new Response(stream).bytes()).length;
  return { name, bytes: new TextEncoder().encode(text).length, gzipped };
}

if (import.meta.main) {
  const folder = resolve(Deno.args[0] ?? fileURLToPath(new URL("../dist/", import.meta.url)));
  for (const { name, bytes, gzipped } of await buildEmbed(folder)) {
    const kilobytes = (count: number) => `${(count / 1024).toFixed(0)} KB`;
    console.log(`${join(folder, name)}: ${kilobytes(bytes)}, ${kilobytes(gzipped)} gzipped`);
  }
}
