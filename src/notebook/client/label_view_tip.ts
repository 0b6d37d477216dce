/// <reference lib="dom" />
import { element } from "./painter/element.ts";
import type { Fact } from "./painter/readout.ts";
import type { Stage } from "./painter/stage.ts";

/** How long the pointer rests on an object before it is described, in milliseconds. */
const REST = 80;
/** How far the tip keeps from the surface's edges, in CSS pixels. */
const EDGE = 4;

/** What is known of the object under the pointer, beside the pointer. */
export class ObjectTip {
  readonly #element = element("div", { class: "daub-tip", hidden: true });
  #label = 0;
  #of: unknown;
  #resting: ReturnType<typeof setTimeout> | undefined;
  #pointer = { x: 0, y: 0 };

  constructor(
    readonly stage: Stage,
    readonly describe: (label: number) => readonly Fact[] | Promise<readonly Fact[]>,
  ) {
    stage.element.append(this.#element);
  }

  /**
   * Follows the pointer; describes an object once the pointer rests on it.
   *
   * @param of What the label is a number of: in other labels it is another object.
   */
  show(event: MouseEvent | undefined, label: number, of: unknown): void {
    if (!event || label === 0) return this.#hide();
    const bounds = this.stage.element.getBoundingClientRect();
    this.#pointer = { x: event.clientX - bounds.left, y: event.clientY - bounds.top };
    if (label === this.#label && of === this.#of) return this.#place();
    // In newer labels it is most likely the same object: what is told of it stays until then.
    if (of === this.#of) this.#hide();
    else clearTimeout(this.#resting);
    [this.#label, this.#of] = [label, of];
    this.#resting = setTimeout(() => void this.#tell(label, of), REST);
  }

  async #tell(label: number, of: unknown): Promise<void> {
    const facts = await this.describe(label);
    if (label !== this.#label || of !== this.#of) return;
    if (facts.length === 0) return this.#hide();
    this.#element.replaceChildren(
      element("strong", {}, `Object ${label}`),
      element(
        "dl",
        {},
        ...facts.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]),
      ),
    );
    this.#element.hidden = false;
    this.#place();
  }

  #hide(): void {
    clearTimeout(this.#resting);
    this.#label = 0;
    this.#element.hidden = true;
  }

  /** Beside the pointer, and on the other side of it where there is no room. */
  #place(): void {
    const { offsetWidth: width, offsetHeight: height } = this.#element;
    const { x, y } = this.#pointer;
    const beside = (at: number, size: number, room: number) =>
      Math.max(EDGE, at + 16 + size > room - EDGE ? at - 12 - size : at + 16);
    this.#element.style.translate = `${beside(x, width, this.stage.width)}px ${
      beside(y, height, this.stage.height)
    }px`;
  }
}
