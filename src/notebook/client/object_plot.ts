/// <reference lib="dom" />
import { plot } from "npm:@observablehq/plot@0.6.17";
import { figureFrame } from "../figures/figure.ts";
import type { ObjectLink } from "../object_link.ts";
import type { ClassifiedObjects } from "../object_workbench.ts";
import type { MeasuredObjects } from "./open_workbench.ts";
import { ObjectDots, type PlottedPoint } from "./object_dots.ts";
import { element, svgElement } from "./painter/element.ts";
import { styleObjects } from "./object_styles.ts";

/** A scatter plot of two measurements of all objects. */
export interface ObjectPlot extends HTMLElement {
  /** The points as they are drawn. */
  readonly points: readonly PlottedPoint[];
  /** Colours points by class. */
  showClasses(found: ClassifiedObjects, colorOf: (value: number) => string): void;
}

/** How far from a point the pointer still means it, in CSS pixels. */
const NEAR = 14;
const HEIGHT = 320;

/**
 * A scatter plot of two measurements, linked with other views: the point under the pointer is the
 * object under the pointer, and a box drawn with the pointer selects the objects in it.
 */
export function objectPlot(
  { table }: MeasuredObjects,
  { link, x = "area", y = "mean_intensity" }: { link: ObjectLink; x?: string; y?: string },
): ObjectPlot {
  const { columns, rowCount } = table;
  const names = Object.keys(columns).filter((name) => name !== "label");
  const labels = columns.label ?? Uint32Array.from({ length: rowCount }, (_, row) => row + 1);
  const rowOf = new Map(Array.from(labels, (label, row) => [label, row]));
  const chooser = (axis: string, chosen: string) =>
    element(
      "select",
      { "aria-label": `Measurement along ${axis}`, change: () => draw() },
      ...names.map((name) =>
        element("option", { value: name, selected: name === chosen }, name.replaceAll("_", " "))
      ),
    );
  const [across, up] = [chooser("x", x), chooser("y", y)];
  const place = element("div", { class: "daub-plot" });
  const root = element(
    "div",
    { class: "daub-half daub-scatter" },
    element("div", { class: "daub-axes" }, up, " against ", across),
    place,
    element("p", { class: "daub-plot-hint" }, "Draw a box to select objects; click to let go."),
  ) as unknown as ObjectPlot;
  for (const type of ["input", "change"]) {
    root.addEventListener(type, (event) => event.stopPropagation());
  }

  const dots = new ObjectDots();
  let points: readonly PlottedPoint[] = [];
  let colors: readonly (string | undefined)[] = [];
  let painted = new Uint8Array(rowCount);
  /** The points' places by row of the table; those with a measurement that is not defined lack. */
  let places: { x: number; y: number }[] = [];
  let halo = svgElement("circle", { r: 7, class: "daub-halo" });
  let box = svgElement("rect", { class: "daub-brush", hidden: true });
  let width = 480;

  const draw = () => {
    const [xs, ys] = [columns[across.value], columns[up.value]];
    const rows = Array.from(labels.keys()).filter((row) =>
      Number.isFinite(xs[row]) && Number.isFinite(ys[row])
    );
    const figure = plot({
      ...figureFrame("Scatter plot", `${rows.length} objects.`, { width }),
      height: HEIGHT,
      marginLeft: 52,
      x: { label: `${across.value.replaceAll("_", " ")} →`, grid: true, domain: extent(xs, rows) },
      y: { label: `↑ ${up.value.replaceAll("_", " ")}`, grid: true, domain: extent(ys, rows) },
    }) as SVGSVGElement & { scale(name: string): { apply(value: number): number } };
    const [scaleX, scaleY] = [figure.scale("x"), figure.scale("y")];
    places = Array.from(labels, (_, row) => ({
      x: scaleX.apply(xs[row]),
      y: scaleY.apply(ys[row]),
    }));
    halo = svgElement("circle", { r: 7, class: "daub-halo" });
    box = svgElement("rect", { class: "daub-brush", hidden: true });
    figure.append(halo, box);
    place.replaceChildren(dots.canvas, figure);
    color();
    point();
  };
  const color = () => {
    const { selected } = link;
    points = places.flatMap(({ x, y }, row) =>
      Number.isFinite(x) && Number.isFinite(y)
        ? [{
          label: labels[row],
          x,
          y,
          color: colors[row],
          isPainted: painted[row] > 0,
          isFaint: selected.size > 0 && !selected.has(labels[row]),
        }]
        : []
    );
    dots.show(points, { width, height: HEIGHT });
  };
  const point = () => {
    const at = places[rowOf.get(link.hovered) ?? -1];
    halo.toggleAttribute("hidden", !at || !Number.isFinite(at.x) || !Number.isFinite(at.y));
    if (!at) return;
    halo.setAttribute("cx", String(at.x));
    halo.setAttribute("cy", String(at.y));
    root.dataset.hovered = String(link.hovered);
  };
  const positionOf = (event: PointerEvent) => {
    const bounds = dots.canvas.getBoundingClientRect();
    return { x: event.clientX - bounds.left, y: event.clientY - bounds.top };
  };
  let from: { x: number; y: number } | undefined;
  const between = (event: PointerEvent) => {
    const to = positionOf(event);
    const start = from!;
    return {
      left: Math.min(start.x, to.x),
      right: Math.max(start.x, to.x),
      top: Math.min(start.y, to.y),
      bottom: Math.max(start.y, to.y),
    };
  };
  place.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    place.setPointerCapture(event.pointerId);
    from = positionOf(event);
  });
  place.addEventListener("pointermove", (event) => {
    if (!from) {
      const at = positionOf(event);
      let nearest = -1;
      let distance = NEAR;
      for (const [row, other] of places.entries()) {
        const d = Math.hypot(other.x - at.x, other.y - at.y);
        if (d < distance) [nearest, distance] = [row, d];
      }
      return link.hover(nearest < 0 ? 0 : labels[nearest]);
    }
    const { left, right, top, bottom } = between(event);
    box.removeAttribute("hidden");
    for (const [name, value] of Object.entries({ x: left, y: top })) {
      box.setAttribute(name, String(value));
    }
    box.setAttribute("width", String(right - left));
    box.setAttribute("height", String(bottom - top));
  });
  place.addEventListener("pointerup", (event) => {
    if (!from) return;
    const { left, right, top, bottom } = between(event);
    from = undefined;
    const inside = Array.from(labels).filter((_, row) => {
      const { x, y } = places[row];
      return x >= left && x <= right && y >= top && y <= bottom;
    });
    box.setAttribute("hidden", "");
    const isClick = right - left < 3 && bottom - top < 3;
    link.select(isClick ? (link.hovered ? [link.hovered] : []) : inside);
  });
  place.addEventListener("pointerleave", () => link.hover(0));
  let selected = link.selected;
  link.listen(() => {
    if (!root.isConnected) return;
    if (selected === link.selected) return point();
    selected = link.selected;
    color();
  });
  new ResizeObserver(() => {
    const next = Math.round(place.clientWidth);
    if (next === 0 || next === width) return;
    width = next;
    draw();
  }).observe(place);
  styleObjects(root);
  draw();

  return Object.defineProperties(root, {
    points: { get: () => points },
    showClasses: {
      value: (found: ClassifiedObjects, colorOf: (value: number) => string) => {
        const palette = Array.from(
          { length: 256 },
          (_, value) => value === 0 ? undefined : colorOf(value),
        );
        colors = Array.from(found.classes, (value) => palette[value]);
        painted = Uint8Array.from(found.painted);
        color();
      },
    },
  }) as unknown as ObjectPlot;
}

/** The smallest and the largest of some values, with room around a single one. */
function extent(values: ArrayLike<number>, rows: readonly number[]): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const row of rows) {
    low = Math.min(low, values[row]);
    high = Math.max(high, values[row]);
  }
  if (low > high) return [0, 1];
  return low < high ? [low, high] : [low - 1, high + 1];
}
