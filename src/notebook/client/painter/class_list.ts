/// <reference lib="dom" />
import type { Annotation, AnnotationCommand } from "../../annotation.ts";
import { element } from "./element.ts";
import { icon } from "./icons.ts";
import type { Settings } from "./settings.ts";
import { iconButton } from "./toolbar.ts";

/** The classes below the image: number, colour, name and how many pixels are painted. */
export class ClassList {
  readonly element: HTMLElement;
  readonly #list = element("div", {
    class: "daub-classes",
    role: "radiogroup",
    "aria-label": "Classes",
  });
  readonly #editor = element("div", { class: "daub-editor", hidden: true });
  readonly #counts = new Map<number, HTMLElement>();
  #shown = "";
  #edited = 0;

  constructor(
    readonly settings: Settings,
    readonly annotation: Annotation,
    readonly apply: (command: AnnotationCommand) => void,
    signal: AbortSignal,
  ) {
    this.element = element("div", { class: "daub-class-area" }, this.#list, this.#editor);
    settings.follow(() => this.#update(), signal);
  }

  /** Shows the numbers of painted pixels anew. */
  updateCounts(): void {
    for (const [value, counter] of this.#counts) {
      const text = this.annotation.count(value).toLocaleString("en");
      if (counter.textContent !== text) counter.textContent = text;
    }
  }

  #update(): void {
    const { classes, value, seed } = this.settings.now;
    const shown = JSON.stringify([classes, value, seed]);
    if (shown === this.#shown) return;
    const focused = this.#list.matches(":focus-within");
    this.#shown = shown;
    if (value !== this.#edited) this.#editor.hidden = true;
    this.#counts.clear();
    this.#list.replaceChildren(
      ...classes.map((known) => this.#chip(known.value)),
      // At the end, so that the others stay where they are.
      ...(value === 0 ? [this.#chip(0)] : []),
      iconButton("plus", "New class (M)", () => this.settings.addClass()),
    );
    this.updateCounts();
    if (focused) this.#list.querySelector<HTMLElement>("[aria-checked=true]")?.focus();
  }

  #chip(value: number): HTMLElement {
    const chosen = value === this.settings.now.value;
    const name = this.settings.nameOf(value);
    const swatch = element("span", { class: "daub-swatch" });
    if (value > 0) swatch.style.background = this.settings.color(value);
    const counter = element("span", { class: "daub-count" });
    if (value > 0) this.#counts.set(value, counter);
    const radio = element(
      "button",
      {
        type: "button",
        role: "radio",
        "aria-checked": String(chosen),
        "data-class": value,
        "aria-label": value === 0 ? name : undefined,
        tabindex: chosen ? 0 : -1,
        title: value <= 9 && value > 0 ? `${name} (${value})` : name,
        click: () => this.settings.change({ value }),
        dblclick: () => this.#edit(value),
        keydown: (event: KeyboardEvent) => {
          const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
          if (!step) return;
          event.preventDefault();
          this.settings.cycle(step as 1 | -1);
        },
      },
      swatch,
      element("span", { class: "daub-number" }, String(value)),
      element("span", { class: "daub-name" }, name),
      value > 0 && counter,
    );
    const pencil = chosen && value > 0 &&
      element("button", {
        type: "button",
        class: "daub-pencil",
        title: `Edit ${name}`,
        "aria-label": `Edit ${name}`,
        click: () => this.#edit(value),
      }, icon("pencil"));
    return element("div", { class: "daub-chip", "data-chosen": chosen }, radio, pencil);
  }

  #edit(value: number): void {
    if (value === 0) return;
    this.#edited = value;
    const change = (part: { name?: string; color?: string }) =>
      this.settings.change({
        classes: this.settings.now.classes.map((known) =>
          known.value === value ? { ...known, ...part } : known
        ),
      });
    const name = element("input", {
      type: "text",
      maxlength: 80,
      value: this.settings.nameOf(value),
      "aria-label": "Name of the class",
      input: () => change({ name: name.value }),
      keydown: (event: KeyboardEvent) => {
        if (event.key === "Enter" || event.key === "Escape") close();
      },
    });
    const color = element("input", {
      type: "color",
      value: this.settings.color(value),
      "aria-label": "Colour of the class",
      input: () => change({ color: color.value }),
    });
    const clear = element("button", {
      type: "button",
      class: "daub-switch",
      title: "Erase everything painted in this class; undo brings it back",
      click: () => this.apply({ kind: "clear", value }),
    }, "Erase all its pixels");
    const close = () => {
      this.#editor.hidden = true;
      if (name.value.trim() === "") change({ name: `class ${value}` });
      this.#list.querySelector<HTMLElement>(`[data-class="${value}"]`)?.focus();
    };
    this.#editor.replaceChildren(color, name, clear, iconButton("close", "Close", close));
    this.#editor.hidden = false;
    name.select();
  }
}
