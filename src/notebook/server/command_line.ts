import { join, resolve } from "node:path";
import type { BackendChoice } from "../../backend.ts";
import { parseArguments } from "../../cli/arguments.ts";
import type { OptionSpec } from "../../cli/option_table.ts";
import { usageError } from "../../cli/usage_error.ts";
import { DaubError } from "../../errors.ts";
import { isJpeg } from "../../image/jpeg.ts";
import { isPng } from "../../image/png.ts";
import { isTiff } from "../../image/tiff/directory.ts";

/** The port that is tried when none is given, so that a page finds a server that comes back. */
export const USUAL_PORT = 8421;

const TABLE: readonly OptionSpec[] = [
  { name: "port", value: "PORT", range: [0, 65_535], group: "Other", help: "" },
  { name: "host", value: "HOST", group: "Other", help: "" },
  { name: "open", group: "Other", help: "" },
  { name: "root", value: "DIR", group: "Other", help: "" },
  { name: "data", value: "DIR", group: "Other", help: "" },
  { name: "backend", value: "BACKEND", choices: ["auto", "gpu", "cpu"], group: "Other", help: "" },
  { name: "origins", value: "LIST", group: "Other", help: "" },
  { name: "help", group: "Other", help: "" },
  { name: "debug", group: "Other", help: "" },
];

/** The text of `--help`. */
export const NOTEBOOK_HELP = `Opens a notebook in which images are painted and segmented.

Usage:
  notebook.ts [FILE.html] [IMAGE...] [options]

Without a FILE.html, the notebook is notebooks/segment.html; without an IMAGE, it begins with a
sample. One address is printed; it admits one browser, once.

Options:
  --port PORT       where to serve; 0 for any that is free (default: ${USUAL_PORT}, or any)
  --host HOST       which address to serve at; others than this machine can reach it only when this
                    is not 127.0.0.1 (default: 127.0.0.1)
  --open            open the address in a browser
  --root DIR        a folder whose images the notebook may open, and where it saves the labels
                    of a classifier applied to them when told to (default: none)
  --data DIR        where strokes are kept (default: Daub's folder among the user's data)
  --backend BACKEND auto, gpu or cpu (default: auto)
  --origins LIST    other origins whose pages may frame the notebook, separated by commas
  --debug           show where an error arose
  --help, -h        this text`;

/** The command line of the notebook, checked. */
export interface NotebookOptions {
  /** The notebook's file; undefined for the bundled one. */
  readonly notebook?: string;
  /** Images as absolute paths. */
  readonly images: readonly string[];
  /** Undefined when not given. */
  readonly port?: number;
  readonly host: string;
  readonly open: boolean;
  readonly root?: string;
  readonly data: string;
  readonly backend: BackendChoice;
  readonly origins: readonly string[];
  readonly help: boolean;
}

/**
 * Reads and checks a command line, and whether the files that it names are there.
 *
 * @throws {DaubError} `options` when it cannot be understood; `file` when a file is missing.
 */
export async function parseNotebookOptions(argv: readonly string[]): Promise<NotebookOptions> {
  const { positionals, values, flags } = parseArguments(argv, TABLE);
  const notebooks = positionals.filter((name) => /\.html?$/i.test(name));
  const images = positionals.filter((name) => !/\.html?$/i.test(name));
  if (notebooks.length > 1) {
    throw usageError(
      `Expected one notebook but found ${notebooks.join(" and ")}. Open the other one from the ` +
        `page, or start a second server.`,
      { expected: 1, found: notebooks },
    );
  }
  for (const name of ["host", "root", "data", "origins"]) {
    if (values.get(name) === "") {
      throw usageError(`Expected a name behind --${name} but found nothing. Give one.`);
    }
  }
  const help = flags.has("help");
  const root = values.get("root");
  const options: NotebookOptions = {
    ...(notebooks.length > 0 && { notebook: resolve(notebooks[0]) }),
    images: images.map((image) => resolve(image)),
    ...(values.has("port") && { port: Number(values.get("port")) }),
    host: (values.get("host") ?? "127.0.0.1").replace(/^\[(.*)\]$/, "$1"),
    open: flags.has("open"),
    ...(root !== undefined && { root: resolve(root) }),
    data: values.has("data") ? resolve(values.get("data")!) : dataFolder(),
    backend: (values.get("backend") ?? "auto") as BackendChoice,
    origins: (values.get("origins") ?? "").split(",").filter((part) => part !== "").map(readOrigin),
    help,
  };
  if (!help) {
    for (const path of [...notebooks.map((path) => resolve(path)), ...options.images]) {
      await expectReadable(path, "file");
    }
    for (const path of options.images) await expectImage(path);
    if (options.root !== undefined) await expectReadable(options.root, "folder");
  }
  return options;
}

async function expectReadable(path: string, kind: "file" | "folder"): Promise<void> {
  try {
    const { isFile, isDirectory } = await Deno.stat(path);
    if (kind === "file" ? !isFile : !isDirectory) {
      throw missing(path, kind, `found a ${kind === "file" ? "folder" : "file"}`);
    }
    if (kind === "file") (await Deno.open(path)).close();
    else for await (const _ of Deno.readDir(path)) break;
  } catch (error) {
    if (error instanceof DaubError) throw error;
    const found = error instanceof Deno.errors.NotFound
      ? "found none"
      : error instanceof Deno.errors.NotCapable
      ? "Deno is not allowed to read it (run it with --allow-read)"
      : error instanceof Deno.errors.PermissionDenied
      ? "reading it is not allowed"
      : `could not read it (${(error as Error).message})`;
    throw missing(path, kind, found);
  }
}

/** Refuses what is no image at all before a page is opened on it; what is damaged is told there. */
async function expectImage(path: string): Promise<void> {
  const head = new Uint8Array(16);
  using file = await Deno.open(path);
  const bytes = head.subarray(0, await file.read(head) ?? 0);
  if (isTiff(bytes) || isPng(bytes) || isJpeg(bytes)) return;
  const found = bytes.length === 0 ? "an empty file" : "something else";
  throw new DaubError(
    "file",
    `Expected a TIFF, PNG or JPEG image at ${path} but found ${found}. Save the image as TIFF, for ` +
      `example with ImageJ, and try again.`,
    { expected: "an image", found, where: path },
  );
}

function missing(path: string, kind: string, found: string): DaubError {
  return new DaubError(
    "file",
    `Expected a ${kind} at ${path} but ${found}. Check the name and the permissions.`,
    { expected: `a ${kind}`, found, where: path },
  );
}

function readOrigin(text: string): string {
  const origin = URL.canParse(text) ? new URL(text).origin : "null";
  if (/^https?:/.test(origin) && origin === text.replace(/\/$/, "")) return origin;
  throw usageError(
    `Expected origins such as http://localhost:3000 behind --origins but found "${text}". Write ` +
      `scheme, name and port only.`,
    { expected: "an origin", found: text, where: "--origins" },
  );
}

/** Where programs of this user keep their data. */
function dataFolder(): string {
  const home = Deno.env.get("HOME") ?? Deno.env.get("USERPROFILE") ?? ".";
  switch (Deno.build.os) {
    case "darwin":
      return join(home, "Library", "Application Support", "daub");
    case "windows":
      return join(Deno.env.get("LOCALAPPDATA") ?? join(home, "AppData", "Local"), "daub");
    default:
      return join(Deno.env.get("XDG_DATA_HOME") || join(home, ".local", "share"), "daub");
  }
}
