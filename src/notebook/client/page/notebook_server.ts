import { DaubError } from "../../../errors.ts";
import type { PageCell } from "./notebook_view.ts";

/** A cell's text as it is sent to be compiled or saved. */
export type CellText = Pick<PageCell, "id" | "mode" | "value" | "pinned" | "hidden">;

/** What the page asks of the server about its notebook. */
export class NotebookServer {
  constructor(readonly name: string) {}

  /** Makes a cell's text a module that can be run. @throws {DaubError} `server`, `notebook` */
  async compile(cell: CellText): Promise<PageCell> {
    const { cells } = await send("/compile", { cells: [cell] }) as { cells: PageCell[] };
    return cells[0];
  }

  /**
   * Writes the notebook's file.
   *
   * @param version The version that was opened or saved last.
   * @returns The new version.
   * @throws {DaubError} `notebook` when the file changed on disk since.
   */
  async save(version: string, cells: readonly CellText[]): Promise<string> {
    const answer = await send(`/notebook/${encodeURIComponent(this.name)}`, { version, cells }) as {
      version: string;
    };
    return answer.version;
  }

  /** The version that the file has now; undefined when nobody can tell. */
  async version(): Promise<string | undefined> {
    try {
      const response = await fetch(`/notebook/${encodeURIComponent(this.name)}`);
      return response.ok ? (await response.json() as { version?: string }).version : undefined;
    } catch {
      return undefined;
    }
  }
}

async function send(address: string, body: unknown): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(address, {
      method: "POST",
      headers: { "content-type": "application/json", "x-daub": "1" },
      body: JSON.stringify(body),
    });
  } catch (cause) {
    throw new DaubError(
      "server",
      "Expected the notebook's server to answer but it is gone. Start it again; what you typed " +
        "stays here.",
      { cause },
    );
  }
  const text = await response.text();
  if (response.ok) return JSON.parse(text);
  let message = text;
  try {
    message = (JSON.parse(text) as { error: string }).error;
  } catch {
    // The server says it in words.
  }
  throw new DaubError(response.status === 409 ? "notebook" : "server", message, {
    found: response.status,
  });
}
