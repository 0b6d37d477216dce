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

/** The most rows shown; the file holds all. */
const MOST = 500;

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
      draw();
    };
    const button = element("button", { type: "button", click: sort }, name.replaceAll("_", " "));
    return { name, cell: element("th", { scope: "col" }, button) };
  });
  const body = element("tbody");
  const note = element("p", { class: "daub-plot-hint", "aria-live": "polite" });
  const rowsShown = new Map<number, HTMLElement>();
  const draw = () => {
    const values = valuesOf(sorted);
    const sign = isFalling ? -1 : 1;
    const { selected } = link;
    const rows = Array.from(labels.keys())
      .filter((row) => selected.size === 0 || selected.has(labels[row]))
      .sort((a, b) => sign * (values[a] - values[b]) || a - b);
    for (const { name, cell } of heads) {
      const order = isFalling ? "descending" : "ascending";
      cell.setAttribute("aria-sort", name === sorted ? order : "none");
    }
    rowsShown.clear();
    body.replaceChildren(
      ...rows.slice(0, MOST).map((row) => {
        const label = labels[row];
        const color = classes[row] === 0 ? "transparent" : colorOf(classes[row]);
        const swatch = element("i", { class: "daub-dot" });
        swatch.style.background = color;
        const line = element(
          "tr",
          {
            "data-label": label,
            pointerenter: () => link.hover(label),
            pointerleave: () => link.hover(0),
            click: (event: MouseEvent) =>
              event.shiftKey ? link.toggle(label) : link.select(selected.has(label) ? [] : [label]),
          },
          element("td", {}, String(label)),
          element("td", {}, swatch, classes[row] === 0 ? "–" : String(classes[row])),
          ...names.map((name) => element("td", {}, shortly(columns[name][row]))),
        );
        rowsShown.set(label, line);
        return line;
      }),
    );
    const first = rows.length > MOST ? `The first ${MOST} of ` : "";
    const which = selected.size > 0 ? "selected objects" : "objects";
    note.textContent = `${first}${rows.length.toLocaleString("en")} ${which}`;
    mark();
  };
  let marked: HTMLElement | undefined;
  const mark = () => {
    marked?.removeAttribute("data-hovered");
    marked = rowsShown.get(link.hovered);
    marked?.setAttribute("data-hovered", "");
  };
  const root = element(
    "div",
    { class: "daub-half daub-measurements" },
    element(
      "div",
      { class: "daub-rows", tabindex: 0, role: "region", "aria-label": "Measurements" },
      element(
        "table",
        {},
        element("thead", {}, element("tr", {}, ...heads.map(({ cell }) => cell))),
        body,
      ),
    ),
    note,
  );
  let selected = link.selected;
  link.listen(() => {
    if (!root.isConnected) return;
    if (selected === link.selected) return mark();
    selected = link.selected;
    draw();
  });
  styleObjects(root);
  draw();
  return Object.assign(root, {
    showClasses(found: ClassifiedObjects, color: (value: number) => string): void {
      [classes, colorOf] = [found.classes, color];
      draw();
    },
  });
}

/** Four digits tell objects apart. */
function shortly(value: number): string {
  return Number.isFinite(value) ? formatValue(Number(value.toPrecision(4))) : "–";
}
