import { claimName, temporaryName } from "../../image/atomic_file.ts";

/** What a file holds, piece by piece. */
export type Pieces = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/**
 * New files that belong together: all of them appear, each whole, or none does, and none replaces
 * another. They are written beside their places first and get their names when all are on the disk.
 * Disposing of them removes what did not appear.
 */
export class NewFiles implements AsyncDisposable {
  readonly #written: { readonly path: string; readonly beside: string }[] = [];

  /** Writes a file beside its place. @throws What the system says when it refuses. */
  async add(path: string, pieces: Pieces): Promise<void> {
    const beside = temporaryName(path);
    using file = await Deno.open(beside, { write: true, createNew: true });
    this.#written.push({ path, beside });
    for await (const piece of pieces) {
      for (let at = 0; at < piece.length;) at += await file.write(piece.subarray(at));
    }
    await file.syncData();
  }

  /** Gives all files their names. @throws What the system says when it refuses. */
  async appear(): Promise<void> {
    const named: string[] = [];
    try {
      for (const { path, beside } of this.#written) {
        await claimName(Deno, beside, path);
        named.push(path);
      }
    } catch (error) {
      for (const path of named) await Deno.remove(path).catch(() => {});
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { beside } of this.#written) await Deno.remove(beside).catch(() => {});
  }
}
