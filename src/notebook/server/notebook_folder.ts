import { join } from "node:path";
import { DaubError } from "../../errors.ts";
import { type Cell, formatNotebook, type Notebook, parseNotebook } from "./notebook_file.ts";

/** Names of files directly in the folder; hidden ones are nobody's notebooks. */
const NAME = /^[^./\\:\p{Cc}][^/\\:\p{Cc}]*\.html?$/iu;

/** The notebook files of one folder; no other file is read or written. */
export class NotebookFolder {
  constructor(readonly folder: string) {}

  /** The notebooks' names, in order. */
  async list(): Promise<string[]> {
    const names: string[] = [];
    for await (const { name, isFile } of Deno.readDir(this.folder)) {
      if (isFile && NAME.test(name)) names.push(name);
    }
    return names.sort();
  }

  /**
   * A notebook and the version that it has on disk; undefined when there is none of this name.
   *
   * @throws {DaubError} `notebook` when it is no notebook.
   */
  async read(name: string): Promise<{ notebook: Notebook; version: string } | undefined> {
    const text = await this.#text(name);
    if (text === undefined) return undefined;
    return { notebook: parseNotebook(text, name), version: await versionOf(text) };
  }

  /** The version that a notebook has on disk; undefined when there is none of this name. */
  async version(name: string): Promise<string | undefined> {
    const text = await this.#text(name);
    return text === undefined ? undefined : await versionOf(text);
  }

  /**
   * Replaces a notebook's cells, all at once or not at all.
   *
   * @param version The version that was edited.
   * @returns The new version.
   * @throws {DaubError} `notebook` when there is no such notebook, or it changed on disk since;
   * `file` when the system refuses.
   */
  async save(
    name: string,
    version: string,
    change: { readonly title?: string; readonly cells: readonly Cell[] },
  ): Promise<string> {
    const found = await this.read(name);
    if (!found) {
      throw new DaubError("notebook", `Expected a notebook named ${name} but found none.`, {
        found: name,
      });
    }
    if (found.version !== version) {
      throw new DaubError(
        "notebook",
        `Expected ${name} as it was opened but found that it changed on disk. Reload it, then ` +
          "make the change again.",
        { expected: version, found: found.version, where: "version" },
      );
    }
    const text = formatNotebook({ ...found.notebook, ...change, cells: [...change.cells] });
    const path = join(this.folder, name);
    const temporary = `${path}.${crypto.randomUUID()}.tmp`;
    try {
      await Deno.writeTextFile(temporary, text, { createNew: true });
      await Deno.rename(temporary, path);
    } catch (cause) {
      await Deno.remove(temporary).catch(() => {});
      throw new DaubError(
        "file",
        `Expected to save ${name} but the system refused (${(cause as Error).message}). Allow ` +
          "writing in its folder and make room on the disk; what you typed stays here.",
        { where: path, cause },
      );
    }
    return await versionOf(text);
  }

  async #text(name: string): Promise<string | undefined> {
    if (!NAME.test(name)) return undefined;
    try {
      const path = join(this.folder, name);
      // A link may lead to a file of others, and saving would put a copy in its place.
      const { isFile } = await Deno.lstat(path);
      return isFile ? await Deno.readTextFile(path) : undefined;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
  }
}

async function versionOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
