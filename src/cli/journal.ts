import { basename, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { isTemporaryName } from "../image/atomic_file.ts";
import { isPath } from "./inputs.ts";
import type { Finding } from "./finding.ts";
import { describeWriteError } from "./write_error.ts";

/** What is known of a file that was written: enough to see whether it is still the same. */
interface FileRecord {
  /** In bytes. */
  readonly size: number;
  /** When it was written, in milliseconds. */
  readonly modified: number;
  readonly sha256: string;
}

/** Files that were written together. */
interface Entry {
  /** What they were made from and how. */
  readonly key: string;
  /** By their paths from the folder of the results. */
  readonly files: Readonly<Record<string, FileRecord>>;
  /** What was found in an image. */
  readonly findings?: readonly Finding[];
}

/** Which results of a run are there, whole and as they were written. */
export interface Kept {
  /** Paths of the files. */
  readonly files: readonly string[];
  readonly findings: readonly Finding[];
}

/**
 * Remembers beside the results what they were made from, so that a run that was interrupted goes on
 * where it was: a line per image, written before the image's files get their names. A line says
 * what the files are to hold; whether they do is looked up when it matters.
 */
export class Journal {
  readonly path: string;
  readonly #folder: string;
  readonly #entries: Entry[];

  private constructor(folder: string, entries: Entry[]) {
    this.#folder = folder;
    this.#entries = entries;
    this.path = Journal.#pathIn(folder);
  }

  static #pathIn(folder: string): string {
    return join(folder, ".daub_results.jsonl");
  }

  /** Reads the journal of a folder; an empty one where there is none. */
  static async read(folder: string): Promise<Journal> {
    const text = await Deno.readTextFile(Journal.#pathIn(folder)).catch(() => "");
    const entries: Entry[] = [];
    for (const line of text.split("\n")) {
      try {
        const entry = JSON.parse(line);
        if (typeof entry?.key === "string" && Object(entry.files) === entry.files) {
          entries.push(entry);
        }
      } catch {
        // The last line of a program that was ended while it wrote.
      }
    }
    return new Journal(folder, entries);
  }

  /**
   * Removes the second names of files that a program had just named when it was killed. What has no
   * other name stays: it may be all that is left of a file that was being replaced.
   */
  static async removeSecondNames(folder: string): Promise<void> {
    const entries = await Array.fromAsync(Deno.readDir(folder)).catch(() => []);
    for (const { name, isFile } of entries) {
      if (!isFile || !isTemporaryName(name)) continue;
      const path = join(folder, name);
      const { nlink } = await Deno.stat(path).catch(() => ({ nlink: 1 }));
      if ((nlink ?? 1) > 1) await Deno.remove(path).catch(() => {});
    }
  }

  /** The results of a key if all of them are there as they were written. */
  async findKept(key: string): Promise<Kept | undefined> {
    for (const entry of this.#entries.filter((entry) => entry.key === key).reverse()) {
      const names = Object.keys(entry.files);
      const intact = await Promise.all(
        names.map((name) => this.#isIntact(name, entry.files[name])),
      );
      if (names.length === 0 || intact.includes(false)) continue;
      return { files: names.map((name) => this.#locate(name)), findings: entry.findings ?? [] };
    }
    return undefined;
  }

  /**
   * The files that are as one of the entries of these keys left them, a part of results perhaps:
   * ours, so that they may be made anew. All entries count where no key is given.
   */
  async findOwn(keys?: ReadonlySet<string>): Promise<Set<string>> {
    const own = new Set<string>();
    for (const { key, files } of this.#entries) {
      if (keys && !keys.has(key)) continue;
      for (const [name, record] of Object.entries(files)) {
        const path = this.#locate(name);
        if (!own.has(path) && await this.#isIntact(name, record)) own.add(path);
      }
    }
    return own;
  }

  /**
   * Writes down what files are about to hold.
   *
   * @param files The content of each file and where it is for now.
   * @throws {DaubError} `file` when that cannot be written.
   */
  async add(
    key: string,
    files: ReadonlyMap<string, { readonly bytes: Uint8Array; readonly beside: string }>,
    findings?: readonly Finding[],
  ): Promise<void> {
    const records: Record<string, FileRecord> = {};
    for (const [path, { bytes, beside }] of files) {
      const { mtime } = await Deno.stat(beside);
      records[relative(resolve(this.#folder), resolve(path))] = {
        size: bytes.length,
        modified: mtime?.getTime() ?? 0,
        sha256: await digest(bytes),
      };
    }
    const entry: Entry = { key, files: records, ...(findings && { findings }) };
    this.#entries.push(entry);
    try {
      // A line that was cut off before ends here.
      const line = `\n${JSON.stringify(entry)}\n`;
      await Deno.writeTextFile(this.path, line, { append: true });
    } catch (error) {
      throw describeWriteError(error, this.path);
    }
  }

  #locate(name: string): string {
    return join(this.#folder, name);
  }

  /** As rsync looks: size and time suffice; a file that was copied since is read. */
  async #isIntact(name: string, { size, modified, sha256 }: FileRecord): Promise<boolean> {
    const path = this.#locate(name);
    const info = await Deno.stat(path).catch(() => undefined);
    if (!info?.isFile || info.size !== size) return false;
    if (info.mtime?.getTime() === modified) return true;
    const bytes = await Deno.readFile(path).catch(() => undefined);
    return bytes !== undefined && await digest(bytes) === sha256;
  }
}

/**
 * What tells one piece of work from another: equal when the same was to be done with the same files,
 * wherever they lie.
 *
 * @param files Paths and addresses; of a file its name, size and time count.
 */
export async function keyOf(
  work: unknown,
  files: readonly (string | undefined)[],
): Promise<string> {
  const facts = await Promise.all(files.map(async (name) => {
    if (name === undefined || !isPath(name)) return name ?? null;
    const path = /^file:/i.test(name) ? fileURLToPath(name) : name;
    const info = await Deno.stat(path).catch(() => undefined);
    return [basename(path), info?.size ?? null, info?.mtime?.getTime() ?? null];
  }));
  return await digest(new TextEncoder().encode(JSON.stringify([work, facts])));
}

/** The SHA-256 of bytes or text, in hexadecimal digits. */
export async function digest(content: Uint8Array | string): Promise<string> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const hash = await crypto.subtle.digest("SHA-256", bytes as BufferSource);
  return new Uint8Array(hash).toHex();
}
