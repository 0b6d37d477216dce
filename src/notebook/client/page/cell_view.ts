/// <reference lib="dom" />
import type { LiveState, LiveStatus } from "../../live.ts";
import { explain, isHint } from "../../live_switch.ts";
import { isNothingYet } from "../../nothing_yet.ts";
import { element } from "../painter/element.ts";
import type { PageCell } from "./notebook_view.ts";

/** The kit's state of a cell. */
interface CellState {
  readonly root: HTMLElement;
  readonly expanded: unknown[];
  readonly variables: { delete(): void }[];
}

/** A live cell's pump, as far as its cell steers it. */
export interface CellPump {
  readonly state: LiveState;
  update(): void;
  cancel(): void;
}

/** One cell of the page: its output, its state, and room for its code. */
export class CellView {
  readonly element: HTMLElement;
  /** Where the buttons of editing go. */
  readonly tools: HTMLElement;
  /** Where the cell's code is read; a click is to edit it. */
  readonly code: HTMLElement;
  /** Where the editor goes. */
  readonly editor: HTMLElement;
  readonly state: CellState;
  cell: PageCell;
  /** The cell's own state, not counting what it depends on. */
  own: LiveStatus = "running";
  pump: CellPump | undefined;
  readonly #progress: HTMLProgressElement;
  readonly #cancel: HTMLButtonElement;
  readonly #message: HTMLElement;
  #slow: ReturnType<typeof setTimeout> | undefined;
  #isRefused = false;

  constructor(cell: PageCell) {
    const root = element("div", { class: "output observablehq observablehq--cell" });
    this.#progress = element("progress", { "aria-label": "Progress", max: 1 });
    this.#cancel = element(
      "button",
      { type: "button", click: () => this.pump?.cancel() },
      "Cancel",
    );
    const waiting = element(
      "div",
      { class: "waiting", hidden: true },
      this.#progress,
      this.#cancel,
    );
    this.#message = element("div", { class: "cell-error", role: "alert", hidden: true });
    this.tools = element("div", { class: "cell-tools", role: "toolbar", "aria-label": "Cell" });
    this.code = element("pre", { class: "cell-code" });
    this.editor = element("div", { class: "cell-editor" });
    this.element = element(
      "section",
      {},
      this.tools,
      root,
      waiting,
      this.#message,
      this.code,
      this.editor,
    );
    this.state = { root, expanded: [], variables: [] };
    this.cell = cell;
    this.become(cell);
    this.status = "running";
  }

  /** Takes on a new text. */
  become(cell: PageCell): void {
    this.cell = cell;
    this.element.id = `cell-${cell.id}`;
    this.element.dataset.cell = cell.name;
    this.element.dataset.mode = cell.mode;
    for (const button of this.tools.children) {
      button.setAttribute("aria-label", `${(button as HTMLElement).title} ${cell.name}`);
    }
    this.#message.hidden = true;
  }

  /** What the cell shows of itself. */
  set status(status: LiveStatus) {
    if (this.element.dataset.status === status) return;
    this.element.dataset.status = status;
    this.element.toggleAttribute("aria-busy", status === "running");
    if (status !== "running") this.#wait(false);
  }

  /** Shows what is wrong with the cell's text and leaves what it last showed. */
  fail(message: string): void {
    this.#isRefused = false;
    this.#complain(new Error(message));
    this.own = "failed";
    this.status = "failed";
  }

  /** Shows what the cell's computation says against its inputs, in place of its output. */
  refuse(error: unknown): void {
    this.state.root.replaceChildren();
    this.#complain(error);
    this.#isRefused = true;
  }

  /** Shows its output again; what is wrong with its text still is. */
  recover(): void {
    if (this.#isRefused) this.#message.hidden = true;
    this.#isRefused = false;
  }

  /** Shows that a cell it needs has failed: nothing of its own, and no error of its own. */
  waitFor(name: string): void {
    this.#message.hidden = true;
    const { root } = this.state;
    root.replaceChildren();
    if (!this.cell.hidden) root.append(element("p", { class: "hint" }, `Waits for ${name}.`));
  }

  /** Shows how a live cell fares: how far it has come, once that takes long, and what is wrong. */
  showLive({ status, progress, error }: LiveState): void {
    this.#wait(status === "running");
    if (progress) this.#progress.value = progress.fraction;
    else this.#progress.removeAttribute("value");
    this.#progress.title = progress?.stage ?? "";
    if (status === "failed") this.#complain(error);
    else if (status === "done") this.#message.hidden = true;
  }

  /** Numbers of a value that others can read off the page: objects, revision. */
  tellValue(value: unknown): void {
    const told = isNothingYet(value) ? {} : value ?? {};
    const { count, revision } = told as { count?: unknown; revision?: unknown };
    const { dataset } = this.element;
    if (typeof count === "number") dataset.objects = String(count);
    else delete dataset.objects;
    if (typeof revision === "number") dataset.revision = String(revision);
    else delete dataset.revision;
  }

  #complain(error: unknown): void {
    this.#message.classList.toggle("hint", isHint(error));
    this.#message.textContent = explain(error);
    this.#message.hidden = false;
  }

  #wait(isRunning: boolean): void {
    const waiting = this.#progress.parentElement!;
    if (!isRunning) {
      clearTimeout(this.#slow);
      this.#slow = undefined;
      waiting.hidden = true;
    } else this.#slow ??= setTimeout(() => waiting.hidden = false, 400);
  }
}
