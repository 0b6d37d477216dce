/**
 * Builds the library that notebooks import, so that Observable Notebook Kit's own command can
 * preview them from the folder of this project: `notebooks preview --root .`
 *
 *     deno run -A scripts/build_notebooks.ts [FOLDER]     default dist/notebook
 *
 * @module
 */
import { dirname, join, resolve } from "node:path";
import { bundleClient } from "../src/notebook/server/client_bundle.ts";

/** Writes the library and all that it imports into a folder. */
export async function buildNotebooks(folder: string): Promise<void> {
  const { files } = await bundleClient();
  for (const [name, bytes] of files) {
    const path = join(folder, name);
    await Deno.mkdir(dirname(path), { recursive: true });
    await Deno.writeFile(path, bytes);
  }
}

if (import.meta.main) await buildNotebooks(resolve(Deno.args[0] ?? "dist/notebook"));
