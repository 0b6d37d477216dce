import { join } from "node:path";
import { findExisting } from "../../cli/result_paths.ts";
import { DaubError } from "../../errors.ts";
import { isAlreadyThere } from "../../image/atomic_file.ts";
import { joinCsv } from "../../measurement/join_csv.ts";
import type { AppliedImage } from "../applied_image.ts";
import { frameName, labelNames, TABLE_NAME } from "../applied_names.ts";
import { NewFiles } from "./new_files.ts";

/** What was found in an image, as files. */
interface KeptImage {
  readonly bytes: number;
  /** The files of every time point, without their endings. */
  readonly frames: readonly string[];
}

/**
 * What was found in images, kept in a folder of its own until it is disposed of, and written beside
 * the images on command.
 */
export class AppliedFiles implements AsyncDisposable {
  readonly #kept = new Map<string, KeptImage>();
  #folder: Promise<string> | undefined;
  #files = 0;
  #bytes = 0;

  /**
   * @param maxBytes The most bytes that are kept.
   * @param temporary Where the folder is made. Default where the system wants it.
   */
  constructor(readonly maxBytes: number, readonly temporary?: string) {}

  /**
   * Keeps what was found in an image, in place of what was found in it before.
   *
   * @throws {DaubError} `server` when there is no room for it.
   */
  async keep(id: string, { frames }: AppliedImage): Promise<void> {
    await this.#forget(id);
    const bytes = frames.reduce((sum, { labels, table }) => sum + labels.length + table.length, 0);
    if (this.#bytes + bytes > this.maxBytes) throw noRoom(this.maxBytes, this.#bytes + bytes);
    const names: string[] = [];
    try {
      const where = { dir: this.temporary, prefix: "daub-applied-" };
      const folder = await (this.#folder ??= Deno.makeTempDir(where));
      for (const { labels, table } of frames) {
        const name = join(folder, String(++this.#files));
        await Deno.writeFile(`${name}.tif`, labels, { mode: 0o600 });
        await Deno.writeTextFile(`${name}.csv`, table, { mode: 0o600 });
        names.push(name);
      }
    } catch (error) {
      throw notKept(error);
    }
    this.#bytes += bytes;
    this.#kept.set(id, { bytes, frames: names });
  }

  /**
   * Writes the label images beside their images, and one table of all objects into the folder. All
   * of them appear or none does.
   *
   * @param root The folder of the images, and `names` what they are called in it.
   * @returns The names of the files.
   * @throws {DaubError} `file` when one exists, or the folder cannot be written to.
   */
  async save(ids: readonly string[], root: string, names: readonly string[]): Promise<string[]> {
    const images = ids.map((id, i) => ({ kept: this.#found(id, names[i]), name: names[i] }));
    const targets = labelNames(names);
    const files = images.flatMap(({ kept: { frames } }, i) =>
      frames.map((from, frame) => ({ from, to: frameName(targets[i], frame, frames.length) }))
    );
    const all = [...files.map(({ to }) => to), TABLE_NAME];
    await expectNone(root, all);
    await using written = new NewFiles();
    try {
      for (const { from, to } of files) {
        await written.add(join(root, to), [await Deno.readFile(`${from}.tif`)]);
      }
      await written.add(join(root, TABLE_NAME), tableOf(images));
      await written.appear();
    } catch (error) {
      // Somebody else was quicker.
      if (isAlreadyThere(error)) await expectNone(root, all);
      throw notWritten(error);
    }
    return all;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#kept.clear();
    const folder = await this.#folder?.catch(() => undefined);
    if (folder !== undefined) await Deno.remove(folder, { recursive: true }).catch(() => {});
  }

  async #forget(id: string): Promise<void> {
    const before = this.#kept.get(id);
    if (before === undefined) return;
    this.#kept.delete(id);
    this.#bytes -= before.bytes;
    for (const name of before.frames) {
      for (const ending of ["tif", "csv"]) await Deno.remove(`${name}.${ending}`).catch(() => {});
    }
  }

  #found(id: string, name: string): KeptImage {
    const kept = this.#kept.get(id);
    if (kept) return kept;
    throw new DaubError(
      "file",
      `Expected labels of ${name} but found none. Apply the classifier to it first.`,
      { where: name },
    );
  }
}

async function* tableOf(
  images: readonly { readonly kept: KeptImage; readonly name: string }[],
): AsyncGenerator<Uint8Array> {
  const hasFrames = images.some(({ kept }) => kept.frames.length > 1);
  const parts = images.flatMap(({ kept, name }) =>
    kept.frames.map((from, frame) => ({
      first: hasFrames ? [name, frame] : [name],
      read: () => Deno.readTextFile(`${from}.csv`),
    }))
  );
  const encoder = new TextEncoder();
  for await (const text of joinCsv(hasFrames ? ["file", "frame"] : ["file"], parts)) {
    yield encoder.encode(text);
  }
}

/** @throws {DaubError} `file` when one of the files is there. */
async function expectNone(root: string, names: readonly string[]): Promise<void> {
  const existing = await findExisting(names.map((name) => join(root, name)), () => false);
  if (existing.length === 0) return;
  const [first, ...others] = existing.map((path) => path.slice(root.length + 1));
  const rest = others.length === 1 ? others[0] : `${others.length} more`;
  const [more, them] = others.length === 0 ? ["", "it"] : [` and ${rest}`, "them"];
  throw new DaubError(
    "file",
    `Expected no files of these names in the folder but found ${first}${more}; nothing was ` +
      `written. Move ${them} elsewhere, or download the results.`,
    { expected: "no such file", found: existing, where: first },
  );
}

function noRoom(expected: number, found: number): DaubError {
  return new DaubError(
    "server",
    `Expected at most ${expected} bytes of label images and tables but found more. Save those ` +
      "that are done, reload the page, and go on with the others.",
    { expected, found },
  );
}

function notKept(cause: unknown): DaubError {
  return new DaubError(
    "server",
    `Expected to keep what was found in a temporary folder but could not: ${reasonOf(cause)}. ` +
      "Make room on the disk.",
    { cause },
  );
}

function notWritten(cause: unknown): DaubError {
  return new DaubError(
    "file",
    `Expected to write beside the images but could not: ${reasonOf(cause)}. Nothing was written. ` +
      "Download the results instead.",
    { expected: "a writable folder", cause },
  );
}

function reasonOf(error: unknown): string {
  if (error instanceof Deno.errors.NotCapable) {
    return "Deno is not allowed to write there (run it with --allow-write)";
  }
  const code = (error as { code?: string }).code ?? "";
  const known: Readonly<Record<string, string>> = {
    ENOSPC: "the disk is full",
    EROFS: "the folder is read-only",
    EACCES: "writing there is not allowed",
    EPERM: "writing there is not allowed",
  };
  return known[code] ?? `the system refused (${(error as Error).message})`;
}
