/// <reference lib="dom" />
import { element } from "../painter/element.ts";
import { graphProblem } from "./cell_graph.ts";
import type { CellView } from "./cell_view.ts";
import type { NotebookServer } from "./notebook_server.ts";
import type { NotebookView, PageCell } from "./notebook_view.ts";

/** Editing a notebook in its page: texts, order, new and deleted cells. */
export class Editing {
  readonly #view: NotebookView;
  readonly #server: NotebookServer;
  readonly #onChange: () => void;
  readonly #onDelete: (name: string, putBack: () => void) => void;
  /** Texts that were typed and are not in the file. */
  readonly #drafts = new Map<CellView, string>();
  #saved = "";
  #showsCode = false;

  /**
   * @param onDelete Told of a deleted cell, and how to put it back.
   */
  constructor(
    view: NotebookView,
    server: NotebookServer,
    { onChange, onDelete }: {
      readonly onChange: () => void;
      readonly onDelete: (name: string, putBack: () => void) => void;
    },
  ) {
    this.#view = view;
    this.#server = server;
    this.#onChange = onChange;
    this.#onDelete = onDelete;
    for (const cell of view.cells) this.#equip(cell);
    this.#saved = JSON.stringify(this.texts);
  }

  /** The cells as they would be saved. */
  get texts() {
    return this.#view.cells.map((view) => {
      const { id, mode, value, pinned, hidden } = view.cell;
      return { id, mode, value: this.#drafts.get(view) ?? value, pinned, hidden };
    });
  }

  /** Whether there is something to save. */
  get isChanged(): boolean {
    return JSON.stringify(this.texts) !== this.#saved;
  }

  /** Shows the code of all cells, or of none. */
  set showsCode(showsCode: boolean) {
    this.#showsCode = showsCode;
    for (const view of this.#view.cells) this.#tell(view);
  }

  /** Remembers what was saved. */
  settle(texts: unknown): void {
    this.#saved = JSON.stringify(texts);
  }

  /** Adds an empty cell after another, or as the first, and opens it. */
  async add(after?: CellView, mode = "ojs"): Promise<void> {
    const { cells } = this.#view;
    const id = Math.max(0, ...cells.map(({ cell }) => cell.id)) + 1;
    const view = this.#view.insert(emptyCell(id, mode), after ? cells.indexOf(after) + 1 : 0);
    view.own = "done";
    view.status = "done";
    this.#equip(view);
    this.#onChange();
    await this.#open(view);
  }

  /** Runs what was typed in a cell; on an error the cell lives on as it was. */
  async run(view: CellView): Promise<void> {
    const { id, mode, pinned, hidden } = view.cell;
    const value = this.#drafts.get(view) ?? view.cell.value;
    try {
      const cell = await this.#server.compile({ id, mode, value, pinned, hidden });
      const cells = this.#view.cells.map((other) => other === view ? cell : other.cell);
      const problem = graphProblem(cells, this.#view.cells.indexOf(view));
      if (problem) view.fail(problem);
      else await this.#view.run(view, cell);
      if (!problem && cell.error === undefined) this.#drafts.delete(view);
    } catch (error) {
      view.fail((error as Error).message);
    }
    this.#onChange();
  }

  #tell(view: CellView): void {
    const text = this.#drafts.get(view) ?? view.cell.value;
    view.code.textContent = this.#showsCode ? text : "";
  }

  #equip(view: CellView): void {
    this.#tell(view);
    const act = (label: string, text: string, click: () => void) =>
      element("button", {
        type: "button",
        "aria-label": `${label} ${view.cell.name}`,
        title: label,
        click,
      }, text);
    view.code.addEventListener("click", () => void this.#open(view));
    view.tools.append(
      act("Edit", "✎", () => void this.#toggle(view)),
      act("Move up", "↑", () => this.#move(view, -1)),
      act("Move down", "↓", () => this.#move(view, 1)),
      act("New cell below", "+", () => void this.add(view)),
      act("New text below", "¶", () => void this.add(view, "md")),
      act("Delete", "×", () => this.#delete(view)),
    );
  }

  #move(view: CellView, by: -1 | 1): void {
    this.#view.move(view, by);
    this.#onChange();
  }

  #delete(view: CellView): void {
    const place = this.#view.cells.indexOf(view);
    const draft = this.#drafts.get(view);
    this.#drafts.delete(view);
    this.#view.remove(view);
    this.#onChange();
    this.#onDelete(view.cell.name, () => void this.#putBack(view.cell, place, draft));
  }

  /** Runs a deleted cell again where it was, as far as nothing has taken its names since. */
  async #putBack(cell: PageCell, place: number, draft?: string): Promise<void> {
    const view = this.#view.insert(cell, Math.min(place, this.#view.cells.length));
    this.#drafts.set(view, draft ?? cell.value);
    this.#equip(view);
    await this.run(view);
  }

  async #toggle(view: CellView): Promise<void> {
    if (view.editor.childElementCount > 0) view.editor.replaceChildren();
    else await this.#open(view);
  }

  async #open(view: CellView): Promise<void> {
    const { openEditor } = await import("./editor.ts");
    view.editor.replaceChildren();
    const editor = openEditor(view.editor, {
      text: this.#drafts.get(view) ?? view.cell.value,
      mode: view.cell.mode,
      label: `Code of cell ${view.cell.id}`,
      onChange: (text) => {
        if (text === view.cell.value) this.#drafts.delete(view);
        else this.#drafts.set(view, text);
        this.#tell(view);
        this.#onChange();
      },
      onRun: () => void this.run(view),
      onClose: () => {
        view.editor.replaceChildren();
        view.tools.querySelector("button")?.focus();
      },
    });
    editor.focus();
  }
}

function emptyCell(id: number, mode: string): PageCell {
  return {
    id,
    name: `cell ${id}`,
    mode,
    value: "",
    pinned: false,
    hidden: false,
    inputs: [],
    outputs: [],
    display: false,
    autodisplay: false,
    autoview: false,
    automutable: false,
    hash: "",
  };
}
