import { join } from "node:path";
import { DaubError } from "../../errors.ts";
import { bundleClient, type ClientBundle } from "./client_bundle.ts";
import { type CellModule, compileCell, type CompiledCell } from "./compile_cell.ts";
import { kitStyles } from "./kit_styles.ts";
import { checkMode } from "./notebook_file.ts";
import { NotebookFolder } from "./notebook_folder.ts";
import { notebookPage } from "./notebook_page.ts";
import pageStyles from "../client/page/page.css" with { type: "text" };
import type { PageRequest, Pages } from "./pages.ts";

/** Where notebooks and samples lie. */
export interface NotebookPagesOptions {
  /** The folder of the notebooks. */
  readonly folder: string;
  /** The notebook at `/`. Default `segment.html`. */
  readonly start?: string;
  /** The folder of the sample images. */
  readonly samples: string;
}

const MAX_CELLS = 500;
const MAX_TEXT = 200_000;
const MAX_MODULES = 5000;
const IMMUTABLE = "public, max-age=31536000, immutable";

/** The notebooks of a folder as pages: their cells, scripts and styles, and saving them. */
export class NotebookPages implements Pages {
  readonly #bundle: ClientBundle;
  readonly #folder: NotebookFolder;
  readonly #start: string;
  readonly #samples: string;
  readonly #styles: string;
  readonly #modules = new Map<string, string>();

  private constructor(bundle: ClientBundle, options: NotebookPagesOptions) {
    this.#bundle = bundle;
    this.#folder = new NotebookFolder(options.folder);
    this.#start = options.start ?? "segment.html";
    this.#samples = options.samples;
    this.#styles = `${kitStyles()}\n${pageStyles}`;
  }

  /**
   * Stands ready with the page's scripts.
   *
   * @param bundle Default bundled here.
   * @throws {DaubError} `notebook` when the notebook to start with is none; `server` when the scripts
   * cannot be bundled.
   */
  static async open(
    options: NotebookPagesOptions,
    bundle?: ClientBundle,
  ): Promise<NotebookPages> {
    const { folder, start } = options;
    if (start !== undefined && !await new NotebookFolder(folder).read(start)) {
      throw new DaubError(
        "notebook",
        `Expected a notebook whose name does not begin with a dot but found ${start}. Rename it.`,
        { found: start, where: folder },
      );
    }
    return new NotebookPages(bundle ?? await bundleClient(), options);
  }

  async respond(request: PageRequest): Promise<Response | undefined> {
    try {
      return request.method === "GET" ? await this.#get(request) : await this.#post(request);
    } catch (error) {
      if (!(error instanceof DaubError)) throw error;
      return json({ error: error.message }, error.where === "version" ? 409 : 400);
    }
  }

  async #get({ url, nonce }: PageRequest): Promise<Response | undefined> {
    const path = url.pathname;
    if (path === "/") return await this.#page(this.#start, nonce);
    const name = decode(path.slice(1));
    if (/^[^/]*\.html?$/i.test(name)) return await this.#page(name, nonce);
    const [, place, rest] = /^\/(\w[\w.-]*)(?:\/(.*))?$/.exec(path) ?? [];
    if (place === undefined) return undefined;
    if (rest === undefined) {
      if (place === "styles.css") return text(this.#styles, "text/css");
      if (place === "daub.js") {
        return text(`export * from "${this.#bundle.base}daub.js";\n`, "text/javascript");
      }
      return undefined;
    }
    if (path.startsWith(this.#bundle.base)) {
      const file = this.#bundle.files.get(path.slice(this.#bundle.base.length));
      return file && answer(file, "text/javascript", IMMUTABLE);
    }
    if (place === "cell") {
      const code = this.#modules.get(rest.replace(/\.js$/, ""));
      return code === undefined ? undefined : answer(code, "text/javascript", IMMUTABLE);
    }
    if (place === "notebook") {
      return json({ version: await this.#folder.version(decode(rest)) });
    }
    if (place === "samples" && /^\w+\.(tif|png)$/.test(rest)) return await this.#sample(rest);
    return undefined;
  }

  async #post({ url, json: body }: PageRequest): Promise<Response | undefined> {
    if (url.pathname === "/compile") {
      return json({ cells: await this.#compile(readCells(body)) });
    }
    const encoded = /^\/notebook\/([^/]+)$/.exec(url.pathname)?.[1];
    if (encoded === undefined) return undefined;
    const name = decode(encoded);
    const { version, title } = body as { version?: unknown; title?: unknown };
    if (typeof version !== "string") {
      throw new DaubError("notebook", "Expected the version that was edited but found none.");
    }
    const cells = readCells(body);
    return json({
      version: await this.#folder.save(name, version, {
        cells,
        ...(typeof title === "string" && { title }),
      }),
    });
  }

  async #page(name: string, nonce: string): Promise<Response | undefined> {
    let found;
    try {
      found = await this.#folder.read(name);
    } catch (error) {
      if (!(error instanceof DaubError)) throw error;
      // It is read by the person who opened the page.
      return new Response(error.message, {
        status: 400,
        headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "no-cache" },
      });
    }
    if (!found) return undefined;
    const { notebook, version } = found;
    const html = notebookPage({
      name,
      title: notebook.title,
      version,
      cells: await this.#compile(notebook.cells),
      notebooks: await this.#folder.list(),
      bundle: this.#bundle,
      nonce,
    });
    return answer(html, "text/html");
  }

  async #compile(cells: readonly Parameters<typeof compileCell>[0][]): Promise<CompiledCell[]> {
    const modules: CellModule[] = await Promise.all(cells.map(compileCell));
    for (const { cell, code } of modules) {
      this.#modules.delete(cell.hash);
      this.#modules.set(cell.hash, code);
    }
    for (const hash of this.#modules.keys()) {
      if (this.#modules.size <= MAX_MODULES) break;
      this.#modules.delete(hash);
    }
    return modules.map(({ cell }) => cell);
  }

  async #sample(name: string): Promise<Response | undefined> {
    try {
      const path = join(this.#samples, name);
      const { isFile } = await Deno.lstat(path);
      return isFile ? answer(await Deno.readFile(path), "application/octet-stream") : undefined;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
  }
}

/** A name out of an address; one that cannot be decoded names nothing. */
function decode(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return "";
  }
}

/** The cells that a page sent, none of it trusted. */
function readCells(body: unknown): Parameters<typeof compileCell>[0][] {
  const { cells } = (body ?? {}) as { cells?: unknown };
  if (!Array.isArray(cells) || cells.length > MAX_CELLS) {
    throw new DaubError(
      "notebook",
      `Expected a list of at most ${MAX_CELLS} cells but found something else.`,
    );
  }
  return cells.map((cell) => {
    const { id, mode, value, pinned, hidden } = (cell ?? {}) as Record<string, unknown>;
    if (!Number.isSafeInteger(id) || typeof value !== "string" || value.length > MAX_TEXT) {
      throw new DaubError(
        "notebook",
        `Expected cells with a number and a text of at most ${MAX_TEXT} characters but found ` +
          "something else.",
      );
    }
    checkMode(String(mode), `cell ${id}`);
    return {
      id: id as number,
      mode: mode as "js",
      value,
      pinned: pinned === true,
      hidden: hidden === true,
    };
  });
}

function answer(body: string | Uint8Array<ArrayBuffer>, type: string, cache = "no-cache") {
  return new Response(body, {
    headers: { "content-type": `${type}; charset=utf-8`, "cache-control": cache },
  });
}

function text(body: string, type: string): Response {
  return answer(body, type);
}

function json(value: unknown, status = 200): Response {
  return Response.json(value, { status, headers: { "cache-control": "no-store" } });
}
