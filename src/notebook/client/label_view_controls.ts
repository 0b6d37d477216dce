/// <reference lib="dom" />
import { element } from "./painter/element.ts";
import { iconButton, switchButton } from "./painter/toolbar.ts";

/** How labels are shown. */
export interface LabelLook {
  /** 0 to 1. */
  readonly opacity: number;
  /** The width of outlines in pixels; 0 fills. */
  readonly contour: number;
  /** Which colours objects have. */
  readonly seed: number;
  /** Whether the image is shown below. */
  readonly image: boolean;
  /** How far the labels are swiped aside, from 0, not at all, to 1. */
  readonly swipe: number;
}

const DEFAULTS: LabelLook = { opacity: 0.7, contour: 0, seed: 0, image: true, swipe: 0 };

/** The row above the labels, and the handle that swipes them aside. */
export class LabelControls {
  readonly element: HTMLElement;
  readonly swipe: HTMLElement;
  #look: LabelLook;
  #changed: () => void = () => {};
  readonly #count = element("span", { class: "daub-objects" });
  readonly #mirror: () => void;

  constructor(look: Partial<LabelLook>, resetView: () => void) {
    this.#look = { ...DEFAULTS, ...look };
    const outlines = switchButton(
      "Outlines",
      "Show outlines instead of areas",
      () => this.change({ contour: this.#look.contour === 0 ? 1 : 0 }),
    );
    const image = switchButton(
      "Image",
      "Show the image below the labels",
      () => this.change({ image: !this.#look.image }),
    );
    const opacity = element("input", {
      type: "range",
      min: 0,
      max: 1,
      step: 0.01,
      "aria-label": "Opacity of the labels",
      title: "Opacity of the labels",
      input: () => this.change({ opacity: Number(opacity.value) }),
    });
    const swipe = element("input", {
      type: "range",
      min: 0,
      max: 1,
      step: 0.001,
      "aria-label": "Swipe the labels aside",
      title: "Swipe the labels aside",
      input: () => this.change({ swipe: Number(swipe.value) }),
    });
    this.swipe = element("div", { class: "daub-swipe" }, swipe);
    this.element = element(
      "div",
      { class: "daub-toolbar", role: "toolbar", "aria-label": "Label display" },
      this.#count,
      element("div", { class: "daub-options daub-label-options" }, opacity, outlines, image),
      element(
        "div",
        { class: "daub-group daub-right" },
        iconButton(
          "shuffle",
          "Shuffle the colours",
          () => this.change({ seed: this.#look.seed + 1 }),
        ),
        iconButton("fit", "Reset the view", resetView),
      ),
    );
    this.#mirror = () => {
      const now = this.#look;
      opacity.value = String(now.opacity);
      swipe.value = String(now.swipe);
      this.swipe.style.setProperty("--daub-swipe", String(now.swipe));
      outlines.setAttribute("aria-pressed", String(now.contour > 0));
      image.setAttribute("aria-pressed", String(now.image));
    };
    this.#mirror();
  }

  /** How labels are shown now. */
  get look(): LabelLook {
    return this.#look;
  }

  /** Shows labels in another way; what is not given stays. */
  change(look: Partial<LabelLook>): void {
    this.#look = { ...this.#look, ...look };
    this.#mirror();
    this.#changed();
  }

  /** Calls `listener` after every change. */
  onChange(listener: () => void): void {
    this.#changed = listener;
  }

  /** Says how many objects there are. */
  showCount(count: number): void {
    this.#count.textContent = `${count.toLocaleString("en")} ${count === 1 ? "object" : "objects"}`;
  }
}
