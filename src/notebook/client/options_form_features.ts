/// <reference lib="dom" />
import {
  chooseFeature,
  type FeatureChoice,
  PANEL_FILTERS,
  readFeatureChoice,
  sigmaColumns,
} from "../feature_choice.ts";
import { element } from "./painter/element.ts";

/** The table of filters and sigmas, with the image itself above. */
export class FeatureTable {
  readonly element: HTMLElement;
  readonly #change: (choice: FeatureChoice) => void;
  readonly #original: HTMLInputElement;
  readonly #scroller: HTMLElement;
  #choice: FeatureChoice = readFeatureChoice("original");
  #columns = "";
  #boxes: HTMLInputElement[][] = [];

  /** @param change Called with what the user has chosen. */
  constructor(change: (choice: FeatureChoice) => void) {
    this.#change = change;
    this.#original = element("input", {
      type: "checkbox",
      change: () => this.#change({ ...this.#choice, original: this.#original.checked }),
    });
    this.#scroller = element("div", { class: "daub-form-scroll" });
    this.element = element(
      "fieldset",
      { class: "daub-form-features" },
      element("legend", {}, "Features"),
      this.#scroller,
      element("label", { class: "daub-form-check" }, this.#original, "Consider the original image"),
    );
  }

  /** Shows a choice. */
  show(choice: FeatureChoice): void {
    this.#choice = choice;
    this.#original.checked = choice.original;
    const columns = sigmaColumns(choice);
    if (columns.join() !== this.#columns) this.#build(columns);
    Object.keys(PANEL_FILTERS).forEach((filter, row) =>
      columns.forEach((sigma, column) =>
        this.#boxes[row][column].checked = choice.sigmas[filter].includes(sigma)
      )
    );
  }

  #build(columns: readonly number[]): void {
    this.#columns = columns.join();
    const heads = columns.map((sigma) => element("th", { scope: "col" }, shortSigma(sigma)));
    const rows = Object.entries(PANEL_FILTERS).map(([filter, title]) =>
      columns.map((sigma) => this.#box(filter, title, sigma))
    );
    this.#boxes = rows;
    this.#setStop(0, 0);
    const table = element(
      "table",
      {},
      element("caption", { class: "daub-form-hidden" }, "Filters by sigma in pixels"),
      element(
        "thead",
        {},
        element("tr", {}, element("th", { scope: "col" }, "Filter \\ σ in pixels"), ...heads),
      ),
      element(
        "tbody",
        {},
        ...Object.values(PANEL_FILTERS).map((title, row) =>
          element(
            "tr",
            {},
            element("th", { scope: "row" }, title),
            ...rows[row].map((box) => element("td", {}, element("label", {}, box))),
          )
        ),
      ),
    );
    table.addEventListener("keydown", (event) => this.#walk(event));
    table.addEventListener("focusin", (event) => {
      const place = this.#placeOf(event.target);
      if (place) this.#setStop(...place);
    });
    this.#scroller.replaceChildren(table);
  }

  #box(filter: string, title: string, sigma: number): HTMLInputElement {
    const box = element("input", {
      type: "checkbox",
      "aria-label": `${title}, sigma ${sigma}`,
      change: () => this.#change(chooseFeature(this.#choice, filter, sigma, box.checked)),
    });
    return box;
  }

  /** Arrow keys go from box to box; the table is one stop of the Tab key. */
  #walk(event: KeyboardEvent): void {
    const place = this.#placeOf(event.target);
    if (!place || event.ctrlKey || event.altKey || event.metaKey) return;
    const [row, column] = place;
    const last = this.#boxes[row].length - 1;
    const targets: Record<string, [number, number]> = {
      ArrowLeft: [row, column - 1],
      ArrowRight: [row, column + 1],
      ArrowUp: [row - 1, column],
      ArrowDown: [row + 1, column],
      Home: [row, 0],
      End: [row, last],
    };
    const target = targets[event.key];
    if (!target) return;
    event.preventDefault();
    event.stopPropagation();
    this.#boxes[target[0]]?.[target[1]]?.focus();
  }

  #placeOf(target: EventTarget | null): [number, number] | undefined {
    for (let row = 0; row < this.#boxes.length; row++) {
      const column = this.#boxes[row].indexOf(target as HTMLInputElement);
      if (column >= 0) return [row, column];
    }
  }

  #setStop(row: number, column: number): void {
    for (const box of this.#boxes.flat()) box.tabIndex = -1;
    this.#boxes[row][column].tabIndex = 0;
  }
}

function shortSigma(sigma: number): string {
  return String(sigma).replace(/^0\./, ".");
}
