import { join } from "node:path";
import { findExisting } from "../../cli/result_paths.ts";
import { Publication } from "../../cli/publication.ts";
import { DaubError } from "../../errors.ts";
import { joinCsv } from "../../measurement/join_csv.ts";
import type { AppliedImage } from "../applied_image.ts";
import { frameName, labelNames, TABLE_NAME } from "../applied_names.ts";

/** What was found in an image, as files of this folder's numbers. */
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

  /** @param maxBytes The most bytes that are kept. */
  constructor(readonly maxBytes: number) {}

  /**
   * Keeps what was found in an image, in place of what was found in it before.
   *
   * @throws {DaubError} `server` when there is no room for it.
   */
  async keep(id: string, { frames }: AppliedImage): Promise<void> {
    const bytes = frames.reduce((sum, { labels, table }) => sum + labels.length + table.length, 0);
    this.#bytes -= this.#kept.get(id)?.bytes ?? 0;
    this.#kept.delete(id);
    if (this.#bytes + bytes > this.maxBytes) {
      throw new DaubError(
        "server",
        `Expected at most ${this.maxBytes} bytes of label images and tables but found more. Save ` +
          "those that are done, reload the page, and go on with the others.",
        { expected: this.maxBytes, found: this.#bytes + bytes },
      );
    }
    this.#bytes += bytes;
    const folder = await (this.#folder ??= Deno.makeTempDir({ prefix: "daub-applied-" }));
    const names: string[] = [];
    for (const { labels, table } of frames) {
      const name = join(folder, String(++this.#files));
      await Deno.writeFile(`${name}.tif`, labels, { mode: 0o600 });
      await Deno.writeTextFile(`${name}.csv`, table, { mode: 0o600 });
      names.push(name);
    }
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
    const existing = await findExisting(all.map((name) => join(root, name)), () => false);
    if (existing.length > 0) {
      throw alreadyThere(existing.map((path) => path.slice(root.length + 1)));
    }
    await using publication = new Publication({ mayReplace: () => false });
    try {
      for (const { from, to } of files) {
        await publication.add(join(root, to), await Deno.readFile(`${from}.tif`));
      }
      await publication.add(join(root, TABLE_NAME), await this.#table(images));
      await publication.commit();
    } catch (error) {
      throw notWritten(error);
    }
    return all;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#kept.clear();
    const folder = await this.#folder?.catch(() => undefined);
    if (folder !== undefined) await Deno.remove(folder, { recursive: true }).catch(() => {});
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

  async #table(images: readonly { kept: KeptImage; name: string }[]): Promise<Uint8Array> {
    const hasFrames = images.some(({ kept }) => kept.frames.length > 1);
    const parts = images.flatMap(({ kept, name }) =>
      kept.frames.map((from, frame) => ({
        first: hasFrames ? [name, frame] : [name],
        read: () => Deno.readTextFile(`${from}.csv`),
      }))
    );
    const text = await Array.fromAsync(joinCsv(hasFrames ? ["file", "frame"] : ["file"], parts));
    return new TextEncoder().encode(text.join(""));
  }
}

function alreadyThere(names: readonly string[]): DaubError {
  const [first, ...others] = names;
  const more = others.length === 0
    ? ""
    : ` and ${others.length === 1 ? others[0] : `${others.length} more`}`;
  return new DaubError(
    "file",
    `Expected no files of these names in the folder but found ${first}${more}; nothing was ` +
      `written. Move ${others.length === 0 ? "it" : "them"} elsewhere, or download the results.`,
    { expected: "no such file", found: names, where: first },
  );
}

function notWritten(error: unknown): DaubError {
  const { cause = error } = error as { cause?: unknown };
  const found = cause instanceof Deno.errors.NotCapable
    ? "Deno is not allowed to write there (run it with --allow-write)"
    : cause instanceof Error
    ? cause.message
    : String(cause);
  return new DaubError(
    "file",
    `Expected to write beside the images but could not: ${found}. Nothing was written. Download ` +
      "the results instead.",
    { expected: "a writable folder", cause },
  );
}
