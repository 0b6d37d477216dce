/// <reference lib="dom" />
import { NotebookRuntime, observe } from "npm:@observablehq/notebook-kit@2.1.8/runtime";
import type { LiveState, LiveStatus } from "../../live.ts";
import { isHint } from "../../live_switch.ts";
import { definedNames } from "./cell_graph.ts";
import { type CellLinks, dependants, isLive, shownStatus } from "./cell_status.ts";
import { CellView } from "./cell_view.ts";

/** A cell as the server compiles it. */
export interface PageCell {
  readonly id: number;
  readonly name: string;
  readonly mode: string;
  readonly value: string;
  readonly pinned: boolean;
  readonly hidden: boolean;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly output?: string;
  readonly display: boolean;
  readonly autodisplay: boolean;
  readonly autoview: boolean;
  readonly automutable: boolean;
  readonly hash: string;
  readonly error?: string;
}

type Body = (...inputs: unknown[]) => unknown;

/** The function of a cell; none of one that could not be compiled. */
async function load({ hash, error }: PageCell): Promise<Body | undefined> {
  if (error !== undefined) return undefined;
  return (await import(`/cell/${hash}.js`) as { default: Body }).default;
}

/** The cells of a notebook, defined in one runtime and shown one below the other. */
export class NotebookView {
  readonly element: HTMLElement;
  /** The cells in order. */
  readonly cells: CellView[] = [];
  readonly #runtime: NotebookRuntime;

  constructor(element: HTMLElement, builtins: Record<string, unknown>) {
    this.element = element;
    this.#runtime = new NotebookRuntime(
      builtins as unknown as ConstructorParameters<typeof NotebookRuntime>[0],
    );
  }

  /** Puts a cell before the one at `place`, or last, without running it. */
  insert(cell: PageCell, place = this.cells.length): CellView {
    const view = new CellView(cell);
    this.element.insertBefore(view.element, this.cells[place]?.element ?? null);
    this.cells.splice(place, 0, view);
    return view;
  }

  /** Runs a cell and, by the runtime, whatever depends on it. */
  async run(view: CellView, cell: PageCell): Promise<void> {
    this.#define(view, cell, await load(cell));
  }

  /** Runs cells that depend on one another: all are defined before any is computed. */
  async runAll(views: readonly CellView[], cells: readonly PageCell[]): Promise<void> {
    const bodies = await Promise.all(cells.map(load));
    views.forEach((view, place) => this.#define(view, cells[place], bodies[place]));
  }

  #define(view: CellView, cell: PageCell, body: Body | undefined): void {
    if (cell.error !== undefined || !body) {
      view.fail(cell.error ?? "The cell could not be loaded.");
      return;
    }
    view.become(cell);
    const { state } = view;
    for (const variable of state.variables) variable.delete();
    state.variables.length = 0;
    const definition = {
      ...cell,
      inputs: [...cell.inputs],
      outputs: [...cell.outputs],
      body: (...inputs: unknown[]) => this.#follow(view, body(...inputs)),
    };
    this.#runtime.define(
      state as never,
      definition as never,
      ((state: never, definition: never) => this.#observe(view, state, definition)) as never,
    );
  }

  /** Takes a cell out of the page and its names out of the runtime. */
  remove(view: CellView): void {
    for (const variable of view.state.variables) variable.delete();
    view.state.variables.length = 0;
    view.element.remove();
    this.cells.splice(this.cells.indexOf(view), 1);
  }

  /** Moves a cell up or down by one place. */
  move(view: CellView, by: -1 | 1): void {
    const from = this.cells.indexOf(view);
    const to = from + by;
    if (to < 0 || to >= this.cells.length) return;
    this.cells.splice(from, 1);
    this.cells.splice(to, 0, view);
    this.element.insertBefore(view.element, this.cells[to + 1]?.element ?? null);
  }

  /** A live value's pump tells how its cell fares; those below it show the last good result. */
  #follow(view: CellView, value: unknown): unknown {
    if (!isLive(value)) return value;
    const { pump } = value;
    view.pump = pump;
    this.#show(view, pump.state);
    (async () => {
      for await (const state of pump.states()) {
        if (view.pump === pump) this.#show(view, state);
      }
    })();
    return value;
  }

  #show(view: CellView, state: LiveState): void {
    view.own = state.status === "failed" && isHint(state.error) ? "stale" : state.status;
    view.showLive(state);
    this.#update();
  }

  #observe(view: CellView, state: never, definition: never) {
    const base = observe(state, definition) as unknown as Record<string, unknown> & {
      pending(): void;
      fulfilled(value: unknown): void;
      rejected(error: unknown): void;
    };
    const waitsFor = (error: unknown) => this.#failedInput(error);
    const set = (status: LiveStatus) => {
      view.own = status;
      this.#update();
    };
    return {
      ...base,
      pending() {
        view.pump = undefined;
        set("running");
        base.pending.call(this);
      },
      fulfilled(value: unknown) {
        base.fulfilled.call(this, value);
        view.tellValue(value);
        view.recover();
        set(view.pump?.state.status ?? "done");
      },
      rejected(error: unknown) {
        base.rejected.call(this, error);
        const input = waitsFor(error);
        // What went wrong is told where it did.
        if (input !== undefined) view.waitFor(input);
        // Our own errors are sentences for whoever chose the image; others are for who wrote the cell.
        else if ((error as Error | undefined)?.name === "DaubError") view.refuse(error);
        set("failed");
      },
    };
  }

  /** The name of the cell whose failure an error only passes on. */
  #failedInput(error: unknown): string | undefined {
    const { input } = (error ?? {}) as { input?: unknown };
    const isDefined = this.cells.some(({ cell }) => definedNames(cell).includes(input as string));
    return isDefined ? (input as string).replace("$", " ") : undefined;
  }

  #update(): void {
    const links: CellLinks[] = this.cells.map(({ cell }) => ({
      inputs: cell.inputs,
      outputs: definedNames(cell),
    }));
    const behind = new Set<number>();
    this.cells.forEach(({ own }, place) => {
      if (own === "done") return;
      for (const dependant of dependants(links, place)) behind.add(dependant);
    });
    this.cells.forEach((view, place) => {
      view.status = shownStatus(view.own, behind.has(place));
    });
  }
}
