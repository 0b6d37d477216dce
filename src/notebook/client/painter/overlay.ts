/// <reference lib="dom" />
import { svgElement } from "./element.ts";
import type { Settings } from "./settings.ts";
import type { Stage } from "./stage.ts";
import type { Tools } from "./tools.ts";

/** The brush's outline and the polygon so far, above the image. */
export class Overlay {
  readonly element: SVGSVGElement;
  readonly #brush = [
    svgElement("circle", { class: "daub-outline-back" }),
    svgElement("circle", { class: "daub-outline" }),
  ];
  readonly #polygon = [
    svgElement("polyline", { class: "daub-outline-back" }),
    svgElement("polyline", { class: "daub-outline" }),
  ];
  #point: { x: number; y: number } | undefined;

  constructor(readonly stage: Stage, readonly settings: Settings, readonly tools: Tools) {
    this.element = svgElement(
      "svg",
      { class: "daub-overlay", "aria-hidden": "true" },
      ...this.#brush,
      ...this.#polygon,
    );
    stage.element.append(this.element);
    stage.onDraw(() => this.update());
    tools.onSketch(() => this.update());
  }

  /** The image position of the pointer, or of the brush that keys move. */
  get point(): { readonly x: number; readonly y: number } | undefined {
    return this.#point;
  }

  /** Moves the outline to an image position; hides it when there is none. */
  moveTo(point: { x: number; y: number } | undefined): void {
    this.#point = point;
    this.update();
  }

  /** Draws the overlay anew. */
  update(): void {
    const { scale, left, top } = this.stage.transform;
    const { tool, size, value } = this.settings.now;
    const point = this.#point;
    const { anchor, spaceHeld } = this.tools;
    const brush = anchor ?? (tool === "brush" || tool === "eraser" ? point : undefined);
    const brushes = brush && !spaceHeld;
    const color = tool === "eraser" || value === 0 ? "#ffffff" : this.settings.color(value);
    this.stage.element.style.setProperty("--daub-ink", color);
    for (const circle of this.#brush) {
      circle.toggleAttribute("hidden", !brushes);
      if (!brushes) continue;
      const [x, y] = this.tools.snap(brush.x, brush.y, size);
      circle.setAttribute("cx", String(left + x / 2 * scale));
      circle.setAttribute("cy", String(top + y / 2 * scale));
      circle.setAttribute("r", String(Math.max(2, size / 2 * scale)));
    }
    const { corners } = this.tools.sketch;
    const path = corners.map(([x, y]) => [x, y] as [number, number]);
    if (path.length > 0 && point) path.push([point.x, point.y]);
    if (path.length > 2) path.push(path[0]);
    const points = path.map(([x, y]) => `${left + x * scale},${top + y * scale}`).join(" ");
    for (const line of this.#polygon) line.setAttribute("points", points);
  }
}
