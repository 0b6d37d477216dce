import { type Cell, transpile } from "npm:@observablehq/notebook-kit@2.1.8";

/** A cell as a page defines it; its body is a module of its own. */
export interface CompiledCell {
  readonly id: number;
  /** What the cell defines, for people: `annotation`, `viewof options` shortened to `options`. */
  readonly name: string;
  readonly mode: Cell["mode"];
  /** The cell's text as it stands in the file. */
  readonly value: string;
  /** Whether its code is shown. */
  readonly pinned: boolean;
  readonly hidden: boolean;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly output?: string;
  readonly display: boolean;
  readonly autodisplay: boolean;
  readonly autoview: boolean;
  readonly automutable: boolean;
  /** The name of its module, which is a hash of its text. */
  readonly hash: string;
  /** What is wrong with its text; it cannot run then. */
  readonly error?: string;
}

/** A compiled cell and the module that is served for it. */
export interface CellModule {
  readonly cell: CompiledCell;
  readonly code: string;
}

/** Translates a cell into a module whose default export is its body. */
export async function compileCell(cell: Cell): Promise<CellModule> {
  const { id, mode, value, pinned = false, hidden = false } = cell;
  const about = { id, mode, value, pinned, hidden };
  try {
    const {
      body,
      inputs = [],
      outputs = [],
      output,
      autodisplay = false,
      autoview = false,
      automutable = false,
    } = transpile(cell, { resolveLocalImports: true, resolveFiles: true });
    const code = `export default ${body}\n`;
    return {
      code,
      cell: {
        ...about,
        name: nameOf(id, mode, output, outputs),
        inputs,
        outputs,
        ...(output !== undefined && { output }),
        display: mode === "js" || mode === "ts",
        autodisplay,
        autoview,
        automutable,
        hash: await hash(code),
      },
    };
  } catch (error) {
    // A cell that cannot be read is shown with its error; the others live on.
    const message = error instanceof Error ? error.message : String(error);
    const code = `export default () => { throw new SyntaxError(${JSON.stringify(message)}); }\n`;
    return {
      code,
      cell: {
        ...about,
        name: `cell ${id}`,
        inputs: [],
        outputs: [],
        display: false,
        autodisplay: false,
        autoview: false,
        automutable: false,
        hash: await hash(code),
        error: message,
      },
    };
  }
}

function nameOf(
  id: number,
  mode: string,
  output: string | undefined,
  outputs: readonly string[],
): string {
  const name = output ?? outputs[0];
  if (name !== undefined) return name.replace(/^viewof\$|^mutable /, "");
  return mode === "md" ? `text ${id}` : `cell ${id}`;
}

async function hash(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest, 0, 12), (byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}
