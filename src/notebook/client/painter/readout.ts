/// <reference lib="dom" />
import { element } from "./element.ts";

/** One fact about the pixel under the pointer. */
export type Fact = readonly [name: string, value: string];

/** The line below an image: facts about a pixel on the left, the zoom on the right. */
export class Readout {
  readonly element: HTMLElement;
  readonly #facts = element("div", { class: "daub-facts" });
  readonly #zoom = element("div", { class: "daub-zoom" });

  constructor() {
    this.element = element("div", { class: "daub-readout" }, this.#facts, this.#zoom);
  }

  /** Shows facts; what goes without a name stands alone. */
  show(facts: readonly Fact[]): void {
    this.#facts.replaceChildren(
      ...facts.map(([name, value]) =>
        element(
          "span",
          {},
          name && element("span", { class: "daub-dim" }, `${name} `),
          value,
        )
      ),
    );
  }

  /** Shows how much the image is enlarged. */
  showZoom(scale: number): void {
    const percent = 100 * scale;
    this.#zoom.textContent = `${percent < 10 ? percent.toFixed(1) : Math.round(percent)} %`;
  }
}

/** A pixel value in few digits. */
export function formatValue(value: number | undefined): string {
  if (value === undefined) return "…";
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(5)));
}
