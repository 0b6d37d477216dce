import { dirname, join } from "node:path";
import { throwIfCancelled } from "../errors.ts";
import { describeFolderError, describeWriteError } from "./write_error.ts";

/** How a {@linkcode Publication} writes. */
export interface PublicationOptions {
  /** Whether a file may replace an older one. */
  readonly mayReplace: (path: string) => boolean;
  readonly signal?: AbortSignal;
  /** Told the files to remove should this process be ended now, whenever they change. */
  readonly onTemporary?: (paths: readonly string[]) => void;
}

/**
 * Files that belong together: all of them appear, each whole, or none does. They are written
 * beside their places first and get their names when all are on the disk. Disposing of a
 * publication removes what did not appear.
 */
export class Publication implements AsyncDisposable {
  readonly #options: PublicationOptions;
  /** From the path of a file to where it is written first. */
  readonly #temporary = new Map<string, string>();

  constructor(options: PublicationOptions) {
    this.#options = options;
  }

  /**
   * Writes a file beside its place.
   *
   * @throws {DaubError} `file` when that cannot be done.
   */
  async add(path: string, bytes: Uint8Array): Promise<void> {
    const { signal } = this.#options;
    throwIfCancelled(signal);
    // Short, so that it fits wherever the file's own name does.
    const beside = join(dirname(path), `.${crypto.randomUUID().slice(0, 13)}.tmp`);
    await makeFolder(path);
    try {
      this.#setTemporary(path, beside);
      await Deno.writeFile(beside, bytes, { createNew: true, signal });
    } catch (error) {
      throwIfCancelled(signal);
      throw describeWriteError(error, path);
    }
  }

  /**
   * Gives all files their names.
   *
   * @throws {DaubError} `file` when one exists and may not be replaced, or the system refuses.
   */
  async commit(): Promise<void> {
    throwIfCancelled(this.#options.signal);
    const appeared: string[] = [];
    for (const [path, beside] of [...this.#temporary]) {
      try {
        if (this.#options.mayReplace(path)) {
          await Deno.rename(beside, path);
        } else {
          await claim(beside, path);
          appeared.push(path);
        }
      } catch (error) {
        for (const file of appeared) await removeQuietly(file);
        throw describeWriteError(error, path);
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const beside of this.#temporary.values()) await removeQuietly(beside);
    this.#temporary.clear();
    this.#options.onTemporary?.([]);
  }

  #setTemporary(path: string, beside: string): void {
    this.#temporary.set(path, beside);
    this.#options.onTemporary?.([...this.#temporary.values()]);
  }
}

/** Makes the folder of a file. */
async function makeFolder(path: string): Promise<void> {
  const folder = dirname(path);
  try {
    await Deno.mkdir(folder, { recursive: true });
  } catch (error) {
    throw describeFolderError(error, folder);
  }
}

/** Gives a written file its name unless another file has it, even one made this instant. */
async function claim(beside: string, path: string): Promise<void> {
  try {
    await Deno.link(beside, path);
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) throw error;
    // The file system has no hard links: reserve the name by an empty file, then replace that.
    (await Deno.open(path, { write: true, createNew: true })).close();
    await Deno.rename(beside, path);
  }
}

async function removeQuietly(path: string): Promise<void> {
  await Deno.remove(path).catch(() => {});
}
