import { basename, dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { DaubError } from "../../errors.ts";
import type { Credentials } from "./credentials.ts";
import type { Limits } from "./limits.ts";
import type { ImageSource } from "./session.ts";

/** An image that a page may open. */
export interface CatalogEntry {
  /** Says nothing of where the image lies, and stays the same when the server starts again. */
  readonly id: string;
  readonly name: string;
  readonly group: "given" | "sample" | "folder" | "upload";
}

/** Where images come from. */
export interface CatalogOptions {
  /** Images named by the user, wherever they lie. */
  readonly given: readonly string[];
  /** The folder whose images may be opened; none when undefined. */
  readonly root?: string;
  /** Where uploads are kept. */
  readonly data: string;
  readonly credentials: Credentials;
  readonly limits: Limits;
}

const IMAGE_NAME = /\.(tiff?|png|jpe?g)$/i;
/** Strokes and truths that lie beside the samples. */
const NO_SAMPLE = /\.png$|_(annotation|truth|labels)\.tif$/;
const UPLOAD_ID = /^u-([0-9a-f]{64})$/;
/** How deep folders are searched, and how many images are listed. */
const DEPTH = 4;
const MOST = 2000;

const samples = fileURLToPath(new URL("../../../samples/", import.meta.url));
const naturally = new Intl.Collator("en", { numeric: true });

/**
 * The images that pages may open: by opaque ids, never by paths, and only files that lie under the
 * root after every link was followed.
 */
export class ImageCatalog {
  /** The paths of ids that were listed. */
  readonly #paths = new Map<string, string>();

  constructor(readonly options: CatalogOptions) {}

  /** Everything that can be opened, the images named by the user first. */
  async list(): Promise<CatalogEntry[]> {
    const { given, root } = this.options;
    const entries: CatalogEntry[] = [];
    for (const path of given) entries.push(await this.#entry("given", path, basename(path)));
    for (const path of await imagesIn(samples, 0)) {
      if (!NO_SAMPLE.test(path)) entries.push(await this.#entry("sample", path, basename(path)));
    }
    if (root !== undefined) {
      for (const path of await imagesIn(root, DEPTH)) {
        entries.push(await this.#entry("folder", path, relative(root, path)));
      }
    }
    return [...entries, ...await this.#uploaded()];
  }

  /**
   * The image that an id stands for.
   *
   * @throws {DaubError} `file` when there is none, or it lies outside the root.
   */
  async find(id: string): Promise<ImageSource> {
    const upload = UPLOAD_ID.exec(id);
    if (upload) {
      const path = join(this.#uploads, upload[1]);
      return this.#source(path, await readName(path), () => Promise.resolve(path));
    }
    if (!this.#paths.has(id)) await this.list();
    const path = this.#paths.get(id);
    if (path === undefined) throw noSuchImage(id);
    return this.#source(path, basename(path), () => this.#admit(id, path));
  }

  /**
   * Where images of the folder lie, for what is saved beside them.
   *
   * @returns The folder itself, and the names of the images in it.
   * @throws {DaubError} `file` when one is none of the folder, or no more.
   */
  async places(
    ids: readonly string[],
  ): Promise<{ readonly root: string; readonly names: readonly string[] }> {
    const entries = new Map((await this.list()).map((entry) => [entry.id, entry]));
    const root = await Deno.realPath(this.options.root ?? "").catch(() => undefined);
    const names = [];
    for (const id of ids) {
      const entry = entries.get(id);
      if (entry === undefined) throw noSuchImage(id);
      if (entry.group !== "folder") throw notOfFolder(entry.name);
      const folder = await Deno.realPath(dirname(this.#paths.get(id)!)).catch(() => undefined);
      const isInside = folder !== undefined && root !== undefined &&
        (folder === root || isUnder(root, folder));
      if (!isInside) throw noSuchImage(id);
      names.push(entry.name);
    }
    return { root: root!, names };
  }

  /**
   * Keeps an uploaded image, named by its content.
   *
   * @throws {DaubError} `file` when it cannot be written.
   */
  async keep(bytes: Uint8Array<ArrayBuffer>, name: string): Promise<CatalogEntry> {
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    const hash = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
    const path = join(this.#uploads, hash);
    try {
      await Deno.mkdir(this.#uploads, { recursive: true, mode: 0o700 });
      await this.#expectRoom(path, bytes.length);
      const beside = `${path}.${crypto.randomUUID()}`;
      await Deno.writeFile(beside, bytes, { createNew: true, mode: 0o600 });
      await Deno.rename(beside, path);
      await Deno.writeTextFile(`${path}.name`, name, { mode: 0o600 });
    } catch (cause) {
      if (cause instanceof DaubError) throw cause;
      throw new DaubError(
        "file",
        `Expected to keep the image but the system refused (${(cause as Error).message}). Make ` +
          `room on the disk.`,
        { where: path, cause },
      );
    }
    return { id: `u-${hash}`, name, group: "upload" };
  }

  /** Refuses an image for which there is no room beside those that are kept. */
  async #expectRoom(path: string, more: number): Promise<void> {
    const { uploadBytes } = this.options.limits;
    let kept = 0;
    for await (const { name } of Deno.readDir(this.#uploads)) {
      const other = join(this.#uploads, name);
      // The same image again takes no more room.
      if (other !== path) kept += (await Deno.stat(other)).size;
    }
    if (kept + more <= uploadBytes) return;
    throw new DaubError(
      "server",
      `Expected at most ${uploadBytes} bytes of uploaded images but found ${kept + more}. Delete ` +
        `some of those in ${this.#uploads}, or open the image on the command line.`,
      { expected: uploadBytes, found: kept + more, where: this.#uploads },
    );
  }

  /** What was uploaded before, so that it can be opened again. */
  async #uploaded(): Promise<CatalogEntry[]> {
    const found: CatalogEntry[] = [];
    try {
      for await (const { name: file } of Deno.readDir(this.#uploads)) {
        if (!/^[0-9a-f]{64}$/.test(file)) continue;
        const name = await readName(join(this.#uploads, file));
        found.push({ id: `u-${file}`, name, group: "upload" });
      }
    } catch {
      // Nothing was uploaded yet.
    }
    return found.sort((a, b) => naturally.compare(a.name, b.name)).slice(0, MOST);
  }

  get #uploads(): string {
    return join(this.options.data, "uploads");
  }

  async #entry(group: CatalogEntry["group"], path: string, name: string): Promise<CatalogEntry> {
    const id = `${group[0]}-${(await this.options.credentials.sign(`image ${path}`)).slice(0, 32)}`;
    this.#paths.set(id, path);
    return { id, name: name.replaceAll(sep, "/"), group };
  }

  /** The file itself, when it may be read: links may have been put in its way since it was listed. */
  async #admit(id: string, path: string): Promise<string> {
    if (!id.startsWith("f-")) return path;
    const root = await Deno.realPath(this.options.root!);
    const real = await Deno.realPath(path).catch(() => undefined);
    if (real !== undefined && isUnder(root, real)) return real;
    throw noSuchImage(id);
  }

  #source(path: string, name: string, admit: () => Promise<string>): ImageSource {
    return {
      name,
      read: async () => {
        const real = await admit();
        try {
          using file = await Deno.open(real, { read: true });
          const { size, isFile } = await file.stat();
          if (!isFile) throw new Error("it is no file");
          if (size > this.options.limits.fileBytes) throw tooLarge(name, this.options.limits);
          return new Uint8Array(await new Response(file.readable).arrayBuffer());
        } catch (cause) {
          if (cause instanceof DaubError) throw cause;
          throw unreadable(name, path, cause);
        }
      },
    };
  }
}

/** The images in a folder, and in those in it; hidden ones and links that lead out are left out. */
async function imagesIn(folder: string, depth: number): Promise<string[]> {
  const root = await Deno.realPath(folder).catch(() => undefined);
  const found: string[] = [];
  if (root !== undefined) await search(folder, root, depth, found);
  return found.sort(naturally.compare).slice(0, MOST);
}

async function search(folder: string, root: string, depth: number, found: string[]): Promise<void> {
  const folders: string[] = [];
  try {
    for await (const { name, isDirectory, isSymlink } of Deno.readDir(folder)) {
      if (name.startsWith(".") || found.length >= MOST) continue;
      const path = join(folder, name);
      if (isDirectory && depth > 0) folders.push(path);
      if (isDirectory || !IMAGE_NAME.test(name)) continue;
      const real = isSymlink ? await Deno.realPath(path).catch(() => undefined) : path;
      if (real !== undefined && (!isSymlink || isUnder(root, real))) found.push(path);
    }
  } catch {
    // A folder that may not be read has nothing to offer.
  }
  for (const inner of folders) await search(inner, root, depth - 1, found);
}

function isUnder(root: string, path: string): boolean {
  return path.startsWith(root.endsWith(sep) ? root : root + sep);
}

async function readName(path: string): Promise<string> {
  return await Deno.readTextFile(`${path}.name`).catch(() => "upload");
}

function noSuchImage(id: string): DaubError {
  return new DaubError(
    "file",
    "Expected one of the images that the notebook lists but found none. Choose one of the list.",
    { expected: "the id of an image", found: id.slice(0, 80) },
  );
}

function notOfFolder(name: string): DaubError {
  return new DaubError(
    "file",
    `Expected an image of the folder that the notebook was started with but found ${name}. ` +
      "Download what was found in it instead.",
    { expected: "an image of the folder", found: name, where: name },
  );
}

function tooLarge(name: string, { fileBytes }: Limits): DaubError {
  return new DaubError(
    "file",
    `Expected a file of at most ${fileBytes} bytes but found more in ${name}. Crop the image.`,
    { expected: fileBytes, where: name },
  );
}

function unreadable(name: string, path: string, cause: unknown): DaubError {
  const found = cause instanceof Deno.errors.NotFound
    ? "found none"
    : cause instanceof Deno.errors.PermissionDenied
    ? "reading it is not allowed"
    : `could not read it (${(cause as Error).message})`;
  return new DaubError(
    "file",
    `Expected the image ${name} but ${found}. Check the file, then open it again.`,
    { where: path, cause },
  );
}
