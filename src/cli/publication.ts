import { dirname } from "node:path";
import { throwIfCancelled } from "../errors.ts";
import { claimName, temporaryName, writeDurably } from "../image/atomic_file.ts";
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
  /** From the path of a file to its content and where it is written first. */
  readonly #written = new Map<string, { readonly bytes: Uint8Array; readonly beside: string }>();
  /** All files to be removed in the end. */
  readonly #temporary = new Set<string>();

  constructor(options: PublicationOptions) {
    this.#options = options;
  }

  /** The files that were written, by their paths: their content and where they are for now. */
  get written(): ReadonlyMap<string, { readonly bytes: Uint8Array; readonly beside: string }> {
    return this.#written;
  }

  /**
   * Writes a file beside its place.
   *
   * @throws {DaubError} `file` when that cannot be done.
   */
  async add(path: string, bytes: Uint8Array): Promise<void> {
    const { signal } = this.#options;
    throwIfCancelled(signal);
    await makeFolder(path);
    const beside = this.#newTemporary(path);
    try {
      await writeDurably(Deno, beside, bytes, signal);
      this.#written.set(path, { bytes, beside });
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
    const undo: (() => Promise<void>)[] = [];
    for (const [path, { beside }] of this.#written) {
      try {
        const replace = this.#options.mayReplace(path);
        const undoing = replace ? await this.#keep(path) : () => Deno.remove(path);
        await (replace ? Deno.rename(beside, path) : claimName(Deno, beside, path));
        undo.push(undoing);
      } catch (error) {
        for (const step of undo.reverse()) await step().catch(() => {});
        throw describeWriteError(error, path);
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const path of this.#temporary) await Deno.remove(path).catch(() => {});
    this.#written.clear();
    this.#temporary.clear();
    this.#options.onTemporary?.([]);
  }

  /** Gives an old file a second name and returns how to bring the old state back. */
  async #keep(path: string): Promise<() => Promise<void>> {
    const backup = this.#newTemporary(path);
    try {
      await Deno.link(path, backup);
      return () => Deno.rename(backup, path);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return () => Deno.remove(path);
      // The file system has no hard links: what is replaced cannot be brought back.
      return () => Promise.resolve();
    }
  }

  #newTemporary(path: string): string {
    const name = temporaryName(path);
    this.#temporary.add(name);
    this.#options.onTemporary?.([...this.#temporary]);
    return name;
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
