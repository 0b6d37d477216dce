/// <reference lib="dom" />
import type { ObjectLink } from "../object_link.ts";
import type { ClassifiedObjects } from "../object_workbench.ts";
import type { MeasuredObjects } from "./open_workbench.ts";
import { element } from "./painter/element.ts";
import { formatValue } from "./painter/readout.ts";
import { styleObjects } from "./object_styles.ts";

/** A table of measurements, a row an object. */
export interface MeasurementTable extends HTMLElement {
  /** Adds the class of every object. */
  showClasses(found: ClassifiedObjects, colorOf: (value: number) => string): void;
}

/** Tables of more rows hold only those in view, and some around them. */
const [MOST_ROWS, ROWS_AROUND] = [100, 40];

/** A table that is sorted by a click on a column's name, linked with other views. */
export function measurementTable(
  { table }: MeasuredObjects,
  { link, columns: shown }: { link: ObjectLink; columns: readonly string[] },
): MeasurementTable {
  const { columns, rowCount } = table;
  const labels = columns.label ?? Uint32Array.from({ length: rowCount }, (_, row) => row + 1);
  const names = shown.filter((name) => name in columns && name !== "label");
  let classes: Uint8Array = new Uint8Array(rowCount);
  let colorOf: (value: number) => string = () => "transparent";
  let sorted = "label";
  let isFalling = false;
  const valuesOf = (name: string): ArrayLike<number> =>
    name === "label" ? labels : name === "class" ? classes : columns[name];
  const heads = ["label", "class", ...names].map((name) => {
    const sort = () => {
      isFalling = name === sorted && !isFalling;
      sorted = name;
      scroller.scrollTop = 0;
      arrange();
    };
    const button = element("button", { type: "button", click: sort }, name.replaceAll("_", " "));
    return { name, cell: element("th", { scope: "col" }, button) };
  });
  const body = element("tbody");
  const note = element("p", { class: "daub-plot-hint", "aria-live": "polite" });
  const room = element(
    "div",
    {},
    element(
      "table",
      {},
      element("thead", {}, element("tr", {}, ...heads.map(({ cell }) => cell))),
      body,
    ),
  );
  const scroller = element("div", {
    class: "daub-rows",
    tabindex: 0,
    role: "region",
    "aria-label": "Measurements",
    scroll: () => scrolled(),
  }, room);

  /** Rows of the table of measurements in the order shown, and the place of each label in it. */
  let order: number[] = [];
  let placeOf = new Map<number, number>();
  const arrange = () => {
    const values = valuesOf(sorted);
    const sign = isFalling ? -1 : 1;
    const { selected } = link;
    order = Array.from(labels.keys())
      .filter((row) => selected.size === 0 || selected.has(labels[row]))
      .sort((a, b) => sign * (values[a] - values[b]) || a - b);
    placeOf = new Map(order.map((row, place) => [labels[row], place]));
    for (const { name, cell } of heads) {
      const direction = isFalling ? "descending" : "ascending";
      cell.setAttribute("aria-sort", name === sorted ? direction : "none");
    }
    const what = `${selected.size > 0 ? "selected " : ""}object${order.length === 1 ? "" : "s"}`;
    note.textContent = `${order.length.toLocaleString("en")} ${what}`;
    showRows();
  };

  const lines: Line[] = [];
  let rowHeight = 27;
  let first = 0;
  const firstInView = () => {
    const count = order.length > MOST_ROWS ? ROWS_AROUND : order.length;
    const above = Math.floor(scroller.scrollTop / rowHeight) - (ROWS_AROUND >> 2);
    return { count, start: Math.max(0, Math.min(order.length - count, above)) };
  };
  const showRows = () => {
    const { count, start } = firstInView();
    first = start;
    while (lines.length < count) lines.push(new Line(names.length, body));
    for (const line of lines.splice(count)) line.element.remove();
    lines.forEach((line, i) => {
      const row = order[first + i];
      const value = classes[row];
      line.show(labels[row], value, value === 0 ? "transparent" : colorOf(value));
      line.measured(names, (name) => columns[name][row]);
    });
    room.style.paddingTop = `${first * rowHeight}px`;
    room.style.paddingBottom = `${(order.length - first - count) * rowHeight}px`;
    mark();
  };
  const scrolled = () => {
    const { start } = firstInView();
    // A few rows further there are still rows around those in view.
    if (Math.abs(start - first) > ROWS_AROUND >> 3) showRows();
  };
  const mark = () => {
    for (const line of lines) {
      line.element.toggleAttribute("data-hovered", line.label === link.hovered);
    }
  };
  /** Brings the row of an object that is pointed at elsewhere into view. */
  const reveal = () => {
    const place = placeOf.get(link.hovered);
    if (place === undefined || scroller.matches(":hover")) return mark();
    const height = body.getBoundingClientRect().height / lines.length;
    if (height > 0 && Math.abs(height - rowHeight) > 1e-3) {
      rowHeight = height;
      showRows();
    }
    const top = place * rowHeight;
    const space = scroller.clientHeight - heads[0].cell.offsetHeight - rowHeight;
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    else if (top > scroller.scrollTop + space) scroller.scrollTop = Math.ceil(top - space);
    scrolled();
    mark();
  };

  const labelAt = ({ target }: Event) =>
    Number((target as Element).closest("tr")?.getAttribute("data-label") ?? 0);
  body.addEventListener("pointerover", (event) => link.hover(labelAt(event)));
  body.addEventListener("pointerleave", () => link.hover(0));
  body.addEventListener("click", (event) => {
    const label = labelAt(event);
    if (event.shiftKey) link.toggle(label);
    else link.select(link.selected.has(label) ? [] : [label]);
  });

  const root = element("div", { class: "daub-half daub-measurements" }, scroller, note);
  let selected = link.selected;
  link.listen(() => {
    if (!root.isConnected) return;
    if (selected === link.selected) return reveal();
    selected = link.selected;
    arrange();
  });
  styleObjects(root);
  arrange();
  return Object.assign(root, {
    showClasses(found: ClassifiedObjects, color: (value: number) => string): void {
      [classes, colorOf] = [found.classes, color];
      if (sorted === "class") arrange();
      else showRows();
    },
  });
}

/** A row of the page, which shows one object after the other. */
class Line {
  readonly element = element("tr");
  label = 0;
  readonly #label = element("td");
  readonly #dot = element("i", { class: "daub-dot" });
  readonly #class = new Text();
  readonly #values: HTMLElement[];

  constructor(numValues: number, body: HTMLElement) {
    this.#values = Array.from({ length: numValues }, () => element("td"));
    this.element.append(
      this.#label,
      element("td", {}, this.#dot, this.#class),
      ...this.#values,
    );
    body.append(this.element);
  }

  show(label: number, value: number, color: string): void {
    if (this.#dot.style.background !== color) this.#dot.style.background = color;
    const text = value === 0 ? "–" : String(value);
    if (this.#class.data !== text) this.#class.data = text;
    if (this.label === label) return;
    this.label = label;
    this.element.setAttribute("data-label", String(label));
    this.#label.textContent = String(label);
  }

  measured(names: readonly string[], valueOf: (name: string) => number): void {
    names.forEach((name, i) => {
      const text = shortly(valueOf(name));
      if (this.#values[i].textContent !== text) this.#values[i].textContent = text;
    });
  }
}

/** Four digits tell objects apart. */
function shortly(value: number): string {
  return Number.isFinite(value) ? formatValue(Number(value.toPrecision(4))) : "–";
}
