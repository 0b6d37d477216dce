import { DaubError, throwIfCancelled } from "../errors.ts";
import { claimName, isAlreadyThere, temporaryName, writeDurably } from "./atomic_file.ts";
import { type FileSystem, fileSystem } from "./file_system.ts";

/** Whatever bytes are read from: a path, an address, or the bytes themselves. */
export type Source = string | URL | Uint8Array | ArrayBuffer | Blob;

/** What messages call a source. */
export function nameOfSource(source: Source): string {
  if (typeof source === "string") return shorten(source);
  if (source instanceof URL) return shorten(source.href);
  const name = (source as { name?: unknown } | null | undefined)?.name;
  return typeof name === "string" && name !== "" ? name : "the given bytes";
}

function shorten(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

/**
 * The bytes of a path, address (`http:`, `https:`, `file:`, `data:`, `blob:`), blob or buffer.
 *
 * @throws {DaubError} `file` when it is missing or cannot be read; `cancelled`.
 */
export async function readSource(source: Source, signal?: AbortSignal): Promise<Uint8Array> {
  throwIfCancelled(signal);
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  if (ArrayBuffer.isView(source)) {
    return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  }
  if (source instanceof Blob) return new Uint8Array(await source.arrayBuffer());
  if (typeof source !== "string" && !(source instanceof URL)) {
    throw new DaubError(
      "file",
      `Expected a path, URL, Blob or bytes but found ${
        source === null ? "null" : typeof source
      }. Pass one of these.`,
      { expected: "a path, URL, Blob or bytes", found: source },
    );
  }
  const address = addressOf(source);
  return address && address.protocol !== "file:"
    ? await fetchBytes(address, signal)
    : await readPath(address ?? String(source), nameOfSource(source), signal);
}

/** The URL that a source is; a name such as `C:\cells.tif` is a path. */
function addressOf(source: string | URL): URL | undefined {
  if (source instanceof URL) return source;
  if (!/^(https?|file|data|blob):/i.test(source)) return undefined;
  return URL.canParse(source) ? new URL(source) : undefined;
}

async function fetchBytes(url: URL, signal: AbortSignal | undefined): Promise<Uint8Array> {
  const name = shorten(url.href);
  try {
    const response = await fetch(url, { signal });
    if (response.ok) return new Uint8Array(await response.arrayBuffer());
    await response.body?.cancel();
    throw new DaubError(
      "file",
      `Expected a file at ${name} but the server answered ${response.status} ` +
        `${response.statusText}`.trimEnd() + ". Check the address.",
      { expected: 200, found: response.status, where: name },
    );
  } catch (cause) {
    throwIfCancelled(signal);
    if (cause instanceof DaubError) throw cause;
    throw new DaubError(
      "file",
      `Expected a file at ${name} but it could not be fetched (${messageOf(cause)}). Check the ` +
        `address and the network.`,
      { expected: "a file", where: name, cause },
    );
  }
}

async function readPath(
  path: string | URL,
  name: string,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const files = fileSystem();
  if (!files) {
    throw new DaubError(
      "file",
      `Expected a URL, Blob or bytes, because a browser opens no paths, but found ${name}. ` +
        `Fetch the file, or let the user choose it.`,
      { expected: "a URL, Blob or bytes", found: name, where: name },
    );
  }
  try {
    return await files.readFile(path, { signal });
  } catch (cause) {
    throwIfCancelled(signal);
    const [found, advice] = whyNotRead(cause);
    throw new DaubError("file", `Expected a file at ${name} but ${found}. ${advice}`, {
      expected: "a file",
      found,
      where: name,
      cause,
    });
  }
}

function whyNotRead(error: unknown): [found: string, advice: string] {
  const { code, name } = error as { code?: string; name?: string };
  if (code === "ENOENT" || code === "ENOTDIR" || name === "NotFound") {
    return ["found none", "Check the name and the folder."];
  }
  if (code === "EISDIR" || name === "IsADirectory") return ["found a folder", "Name a file in it."];
  if (name === "NotCapable") {
    return ["Deno is not allowed to read it", "Run Deno with --allow-read."];
  }
  if (code === "EACCES" || code === "EPERM" || name === "PermissionDenied") {
    return [
      "reading it is not allowed",
      "Change its permissions, or copy it to a folder of yours.",
    ];
  }
  return [`it could not be read (${messageOf(error)})`, "Copy it elsewhere and try again."];
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * The names of the files in a folder, in no particular order.
 *
 * @throws {DaubError} `file` when it is missing, no folder, or cannot be read.
 */
export async function listFolder(folder: string | URL): Promise<string[]> {
  const files = fileSystem();
  const path = pathOf(folder);
  if (!files) {
    throw new DaubError(
      "file",
      `Expected files or their addresses, because a browser opens no folders, but found ${path}.`,
      { expected: "files", found: path, where: path },
    );
  }
  try {
    const names = [];
    for await (const { name, isFile, isSymlink } of files.readDir(path)) {
      if (isFile || isSymlink) names.push(name);
    }
    return names;
  } catch (cause) {
    const { code, name } = cause as { code?: string; name?: string };
    const isFile = code === "ENOTDIR" || name === "NotADirectory";
    const [found, advice] = isFile
      ? ["found a file", "Name the folder it is in."]
      : whyNotRead(cause);
    throw new DaubError("file", `Expected a folder at ${path} but ${found}. ${advice}`, {
      expected: "a folder",
      found,
      where: path,
      cause,
    });
  }
}

/** How {@linkcode writeFileAtomically} treats a file that is there already. */
export interface WriteFileOptions {
  /** Replace it; by default it is kept and the writing refused. */
  readonly overwrite?: boolean;
}

/**
 * Writes a file that appears whole or not at all: under another name beside it, then renamed.
 *
 * @throws {DaubError} `file` when the file exists and `overwrite` is not set, or cannot be written.
 */
export async function writeFileAtomically(
  path: string | URL,
  bytes: Uint8Array,
  { overwrite = false }: WriteFileOptions = {},
): Promise<void> {
  const files = fileSystem();
  const target = pathOf(path);
  if (!files) {
    throw new DaubError("file", `Expected to write ${target} but a browser writes no paths.`, {
      where: target,
    });
  }
  const beside = temporaryName(target);
  try {
    if (!overwrite && await exists(files, target)) throw existingFile(target);
    await writeDurably(files, beside, bytes);
    if (overwrite) await files.rename(beside, target);
    else await claimName(files, beside, target);
  } catch (cause) {
    if (cause instanceof DaubError) throw cause;
    if (isAlreadyThere(cause)) throw existingFile(target);
    const [found, advice] = whyNotWritten(cause);
    throw new DaubError("file", `Expected to write ${target} but ${found}. ${advice}`, {
      expected: "a file that can be written",
      found,
      where: target,
      cause,
    });
  } finally {
    await files.remove(beside).catch(() => {});
  }
}

/** The path that a `file:` address stands for, or the path itself. */
export function pathOf(path: string | URL): string {
  if (typeof path === "string" && !/^file:/i.test(path)) return path;
  const url = new URL(path);
  if (url.protocol !== "file:") {
    throw new DaubError("file", `Expected a path to write to but found ${shorten(url.href)}.`, {
      expected: "a path or file: URL",
      found: url.protocol,
      where: url.href,
    });
  }
  const name = decodeURIComponent(url.pathname);
  return /^\/[A-Za-z]:/.test(name) ? name.slice(1) : name;
}

async function exists(files: FileSystem, path: string): Promise<boolean> {
  return await files.lstat(path).then(() => true, () => false);
}

function existingFile(path: string): DaubError {
  return new DaubError(
    "file",
    `Expected no file at ${path} but found one, which is kept. Choose another name, or allow ` +
      `overwriting.`,
    { expected: "no such file", found: path, where: path },
  );
}

function whyNotWritten(error: unknown): [found: string, advice: string] {
  const { code, name } = error as { code?: string; name?: string };
  switch (code ?? name) {
    case "ENOSPC":
    case "EDQUOT":
      return ["the disk is full", "Make room, or choose another folder."];
    case "EROFS":
      return ["the folder is read-only", "Choose another folder."];
    case "EACCES":
    case "EPERM":
    case "PermissionDenied":
      return ["writing there is not allowed", "Choose another folder."];
    case "NotCapable":
      return ["Deno is not allowed to write it", "Run Deno with --allow-write and --allow-read."];
    case "ENOENT":
    case "NotFound":
      return ["its folder does not exist", "Make the folder, or choose another one."];
    case "ENOTDIR":
    case "NotADirectory":
      return ["a part of its folder's name is a file", "Choose another folder."];
    case "EISDIR":
    case "IsADirectory":
      return ["a folder has this name", "Choose another name."];
    case "ENAMETOOLONG":
      return ["its name is too long", "Choose a shorter one."];
    default:
      return [`it could not be written (${messageOf(error)})`, "Choose another folder."];
  }
}
