import {
  type Cell,
  deserialize,
  type Notebook,
  serialize,
} from "npm:@observablehq/notebook-kit@2.1.8";
import { DOMParser, parseHTML } from "npm:linkedom@0.18.15";
import { DaubError } from "../../errors.ts";

export type { Cell, Notebook };

/** Cells of these modes would start interpreters on the server. */
const REFUSED_MODES = ["node", "python", "r"];

/** The modes that a cell may have. */
export const CELL_MODES = ["js", "ts", "ojs", "md", "html", "tex", "dot", "sql"] as const;

/**
 * Reads a notebook in Observable Notebook Kit's open format.
 *
 * @param where The file's name, for errors.
 * @throws {DaubError} `notebook` when it is no notebook, or a cell would start an interpreter.
 */
export function parseNotebook(text: string, where = "the file"): Notebook {
  if (!/<notebook[\s>]/i.test(text)) {
    throw new DaubError(
      "notebook",
      `Expected a notebook with a <notebook> element but found none in ${where}. ` +
        "Choose an .html file written by Observable Notebook Kit or by this program.",
      { where },
    );
  }
  const parser = new DOMParser();
  const notebook = deserialize(text, { parser } as unknown as Parameters<typeof deserialize>[1]);
  for (const { id, mode } of notebook.cells) checkMode(mode, `cell ${id} of ${where}`);
  return notebook;
}

/** The text of a notebook file. */
export function formatNotebook(notebook: Notebook): string {
  const page = parseHTML("<!doctype html><html></html>");
  return serialize(notebook, page as unknown as Parameters<typeof serialize>[1]);
}

/**
 * Refuses cells that would run outside the page, and modes that nobody knows.
 *
 * @throws {DaubError} `notebook`
 */
export function checkMode(mode: string, where: string): asserts mode is Cell["mode"] {
  if (REFUSED_MODES.includes(mode)) {
    throw new DaubError(
      "notebook",
      `Expected cells that run in the page but found ${where} in mode "${mode}", which starts a ` +
        "program on this computer. Write it in JavaScript, or run it outside the notebook.",
      { expected: CELL_MODES, found: mode, where },
    );
  }
  if (!(CELL_MODES as readonly string[]).includes(mode)) {
    throw new DaubError(
      "notebook",
      `Expected a cell mode among ${CELL_MODES.join(", ")} but found "${mode}" in ${where}.`,
      { expected: CELL_MODES, found: mode, where },
    );
  }
}
