/// <reference lib="dom" />
import type { BatchImage } from "../image_batch.ts";
import { countObjects } from "./applied_result.ts";
import { element } from "./painter/element.ts";

/** An image in the list. */
export interface ApplyRow extends BatchImage {
  /** The id by which the server knows it, or a file that was chosen in the browser. */
  readonly source: string | File;
  /** Whether the classifier is to be applied to it. */
  isChosen: boolean;
}

/** Who is told what is done with the list. */
export interface ApplyRowsListener {
  /** Other images are chosen. */
  readonly onChoose: () => void;
  /** Another image is looked at. */
  readonly onLook: (row: ApplyRow) => void;
}

/** The elements of a row that change. */
interface Drawn {
  readonly line: HTMLTableRowElement;
  readonly check: HTMLInputElement;
  readonly note: HTMLElement;
  readonly progress: HTMLProgressElement;
  readonly image: HTMLTableCellElement;
  readonly count: HTMLElement;
  readonly time: HTMLElement;
}

/**
 * Images in a list, with what became of them. The arrow keys move from one to the next, which is
 * looked at; Space chooses it or leaves it out.
 */
export class ApplyRows {
  readonly element: HTMLElement;
  readonly #listener: ApplyRowsListener;
  readonly #rows: ApplyRow[] = [];
  readonly #drawn = new Map<ApplyRow, Drawn>();
  readonly #body = element("tbody");
  readonly #all: HTMLInputElement;
  readonly #empty = element("p", { class: "daub-apply-empty" });
  #current: ApplyRow | undefined;
  #isLocked = false;

  constructor(listener: ApplyRowsListener) {
    this.#listener = listener;
    const all = this.#all = element("input", {
      type: "checkbox",
      "aria-label": "All images",
      change: () => this.#choose(this.#rows, all.checked),
    });
    const heads = ["Image", "Objects", "Time"].map((name) => element("th", { scope: "col" }, name));
    const table = element(
      "table",
      { role: "grid", "aria-label": "Images", keydown: (event: KeyboardEvent) => this.#key(event) },
      element(
        "thead",
        {},
        element("tr", {}, element("th", { scope: "col" }, all), ...heads),
      ),
      this.#body,
    );
    this.element = element("div", { class: "daub-apply-rows" }, table, this.#empty);
    this.#drawAll();
  }

  /** All images. */
  get rows(): readonly ApplyRow[] {
    return this.#rows;
  }

  /** The images that the classifier is to be applied to. */
  get chosen(): readonly ApplyRow[] {
    return this.#rows.filter(({ isChosen }) => isChosen);
  }

  /** The image that is looked at. */
  get current(): ApplyRow | undefined {
    return this.#current;
  }

  /** What stands in an empty list. */
  set hint(text: string) {
    this.#empty.textContent = text;
  }

  /** Adds images; those that are there already are left out. */
  add(rows: readonly ApplyRow[]): void {
    for (const row of rows) {
      if (this.#rows.some(({ source }) => isSame(source, row.source))) continue;
      const added = { ...row, name: this.#freeName(row.name) };
      this.#rows.push(added);
      this.#body.append(this.#draw(added).line);
      this.update(added);
    }
    this.#drawAll();
  }

  /** Shows what has changed of an image. */
  update(row: ApplyRow): void {
    const { line, check, note, progress, image, count, time } = this.#drawn.get(row)!;
    const { state, error, found, fraction } = row;
    line.dataset.state = state;
    check.checked = row.isChosen;
    note.textContent = error?.message ?? "";
    progress.hidden = state !== "running";
    progress.value = fraction;
    // The sentence has the room of numbers that there are none of.
    image.colSpan = error ? 3 : 1;
    count.hidden = time.hidden = error !== undefined;
    count.textContent = found ? countObjects(found).toLocaleString("en") : "";
    time.textContent = found ? duration(found.milliseconds) : "";
  }

  /** Looks at an image. */
  look(row: ApplyRow): void {
    // The first one is where the Tab key leads while none is looked at.
    this.#mark(this.#current ?? this.#rows[0], false);
    this.#mark(row, true);
    this.#current = row;
    this.#listener.onLook(row);
  }

  /** Whether images can be chosen; not while the classifier is being applied. */
  set isLocked(isLocked: boolean) {
    this.#isLocked = isLocked;
    this.#all.disabled = isLocked || this.#rows.length === 0;
    for (const { check } of this.#drawn.values()) check.disabled = isLocked;
  }

  /** A name that no other image has, by which results can be told apart. */
  #freeName(name: string): string {
    const isTaken = (name: string) => this.#rows.some((row) => row.name === name);
    if (!isTaken(name)) return name;
    const [, stem, ending] = /^(.*?)(\.[^./]+)?$/s.exec(name)!;
    for (let number = 2;; number++) {
      const other = `${stem} (${number})${ending ?? ""}`;
      if (!isTaken(other)) return other;
    }
  }

  #draw(row: ApplyRow): Drawn {
    const check = element("input", {
      type: "checkbox",
      tabindex: -1,
      "aria-label": `Apply to ${row.name}`,
      change: () => this.#choose([row], check.checked),
    });
    check.disabled = this.#isLocked;
    const note = element("span", { class: "daub-apply-error" });
    const progress = element("progress", { max: 1, "aria-label": `Progress of ${row.name}` });
    const count = element("td", { role: "gridcell" });
    const time = element("td", { role: "gridcell" });
    const cut = row.name.lastIndexOf("/") + 1;
    const folder = element("span", { class: "daub-apply-folder" }, row.name.slice(0, cut));
    const name = element("span", { title: row.name }, cut > 0 && folder, row.name.slice(cut));
    const image = element("td", { role: "gridcell" }, name, progress, note);
    const line = element(
      "tr",
      {
        tabindex: this.#rows.length === 1 ? 0 : -1,
        "aria-selected": "false",
        click: (event: MouseEvent) => event.target !== check && this.look(row),
      },
      element("td", { role: "gridcell" }, check),
      image,
      count,
      time,
    );
    const drawn = { line, check, note, progress, image, count, time };
    this.#drawn.set(row, drawn);
    return drawn;
  }

  #mark(row: ApplyRow, isCurrent: boolean): void {
    const { line } = this.#drawn.get(row)!;
    line.setAttribute("aria-selected", String(isCurrent));
    line.tabIndex = isCurrent ? 0 : -1;
  }

  #key(event: KeyboardEvent): void {
    const at = this.#rows.findIndex((row) => this.#drawn.get(row)!.line === event.target);
    if (at < 0) return;
    const last = this.#rows.length - 1;
    const steps: Record<string, number> = {
      ArrowDown: Math.min(at + 1, last),
      ArrowUp: Math.max(at - 1, 0),
      Home: 0,
      End: last,
      Enter: at,
    };
    const row = this.#rows[at];
    if (event.key === " " && !this.#isLocked) this.#choose([row], !row.isChosen);
    else if (event.key in steps) {
      const next = this.#rows[steps[event.key]];
      this.look(next);
      this.#drawn.get(next)!.line.focus();
    } else if (event.key !== " ") return;
    event.preventDefault();
  }

  #choose(rows: readonly ApplyRow[], isChosen: boolean): void {
    for (const row of rows) {
      row.isChosen = isChosen;
      this.#drawn.get(row)!.check.checked = isChosen;
    }
    this.#drawAll();
    this.#listener.onChoose();
  }

  #drawAll(): void {
    const { length } = this.chosen;
    this.#all.checked = length > 0 && length === this.#rows.length;
    this.#all.indeterminate = length > 0 && length < this.#rows.length;
    this.#all.disabled = this.#isLocked || this.#rows.length === 0;
    this.#empty.hidden = this.#rows.length > 0;
  }
}

function isSame(a: string | File, b: string | File): boolean {
  if (typeof a === "string" || typeof b === "string") return a === b;
  return a.name === b.name && a.webkitRelativePath === b.webkitRelativePath &&
    a.size === b.size && a.lastModified === b.lastModified;
}

function duration(milliseconds: number): string {
  return milliseconds < 1000
    ? `${Math.max(1, Math.round(milliseconds))} ms`
    : `${(milliseconds / 1000).toFixed(milliseconds < 10_000 ? 1 : 0)} s`;
}
