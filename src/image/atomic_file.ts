import { throwIfCancelled } from "../errors.ts";
import type { FileSystem } from "./file_system.ts";

/** How much is written before it is seen whether the writing was given up. */
const CHUNK_BYTES = 4 * 2 ** 20;

/** A hidden name beside a file that nobody else uses; short, so that it fits where the file's does. */
export function temporaryName(path: string): string {
  const at = Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1;
  return `${path.slice(0, at)}.${crypto.randomUUID().slice(0, 13)}.tmp`;
}

/** Whether a file's name, without its folder, is one that {@linkcode temporaryName} gives. */
export function isTemporaryName(name: string): boolean {
  return /^\.[0-9a-f]{8}-[0-9a-f]{4}\.tmp$/.test(name);
}

/** Writes a new file and waits until the disk has it. */
export async function writeDurably(
  files: FileSystem,
  path: string,
  bytes: Uint8Array,
  signal?: AbortSignal,
): Promise<void> {
  const file = await files.open(path, { write: true, createNew: true });
  try {
    for (let at = 0; at < bytes.length;) {
      throwIfCancelled(signal);
      at += await file.write(bytes.subarray(at, at + CHUNK_BYTES));
    }
    await file.syncData();
  } finally {
    file.close();
  }
}

/**
 * Gives a written file its name unless another has it, even one made this instant.
 *
 * @throws What {@linkcode isAlreadyThere} knows when another has it.
 */
export async function claimName(files: FileSystem, beside: string, path: string): Promise<void> {
  try {
    await files.link(beside, path);
  } catch (error) {
    if (isAlreadyThere(error)) throw error;
    // The file system has no hard links: reserve the name by an empty file, then replace that.
    (await files.open(path, { write: true, createNew: true })).close();
    await files.rename(beside, path);
  }
}

/** Whether the system refused because there is a file of that name. */
export function isAlreadyThere(error: unknown): boolean {
  const { code, name } = error as { code?: string; name?: string };
  return code === "EEXIST" || name === "AlreadyExists";
}
