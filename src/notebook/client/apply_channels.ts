/// <reference lib="dom" />
import { MAX_CHOSEN_CHANNELS } from "../applied_image.ts";
import { element } from "./painter/element.ts";

/** How many channels are offered while none of the images has been looked at. */
const USUAL = 4;

/** Which channels of the images a classifier looks at, one menu for each that it knows. */
export class ApplyChannels {
  readonly element: HTMLElement;
  readonly #title = element("span");
  readonly #menus = element("span", { class: "daub-apply-menus" });
  readonly #onChange: () => void;
  /** The names of channels by their numbers, of the images that were looked at. */
  #names: readonly string[] = Array(USUAL).fill("");
  #isGuess = true;
  #isDisabled = true;

  /** @param onChange Called when the user chooses. */
  constructor(onChange: () => void) {
    this.#onChange = onChange;
    this.element = element(
      "span",
      {
        class: "daub-apply-channels",
        title: "Which channels of the images the classifier looks at, in the order in which it " +
          "was trained on them",
      },
      this.#title,
      this.#menus,
    );
    this.expect(1);
  }

  /** Their numbers, from 0; undefined where images are taken as they come. */
  get value(): readonly number[] | undefined {
    const chosen = this.#all.map(({ value }) => value);
    if (chosen.every((value) => value === "")) return undefined;
    return chosen.map((value, i) => value === "" ? i : Number(value));
  }

  /** Whether nothing can be chosen. */
  set disabled(disabled: boolean) {
    this.#isDisabled = disabled;
    for (const menu of this.#all) menu.disabled = disabled;
  }

  /** Lets as many be chosen as a classifier knows; what was chosen stays where it still fits. */
  expect(expected: number): void {
    const count = Math.min(Math.max(1, Math.floor(expected)), MAX_CHOSEN_CHANNELS);
    this.#title.textContent = count === 1 ? "Channel" : "Channels";
    const before = this.#all.map(({ value }) => value);
    this.#menus.replaceChildren(
      ...Array.from({ length: count }, (_, i) => this.#menu(before[i] ?? "", i, count)),
    );
  }

  /** Offers the channels of an image, beside those of others that have more. */
  offer(names: readonly (string | undefined)[]): void {
    const known = this.#isGuess ? [] : this.#names;
    const length = Math.max(known.length, names.length);
    this.#names = Array.from({ length }, (_, i) => names[i] ?? known[i] ?? "");
    this.#isGuess = false;
    for (const menu of this.#all) menu.replaceChildren(...this.#options(menu.value));
  }

  get #all(): HTMLSelectElement[] {
    return [...this.#menus.querySelectorAll("select")];
  }

  #menu(chosen: string, i: number, count: number): HTMLSelectElement {
    const name = count === 1 ? "Channel" : `Channel ${i + 1} of ${count}`;
    const menu = element("select", { "aria-label": name, change: () => this.#onChange() });
    menu.disabled = this.#isDisabled;
    menu.append(...this.#options(chosen));
    return menu;
  }

  #options(chosen: string): HTMLOptionElement[] {
    const count = Math.max(this.#names.length, Number(chosen) + 1);
    const numbers = Array.from({ length: count }, (_, channel) => {
      const name = this.#names[channel] ?? "";
      return element("option", { value: channel }, `${channel + 1}${name && ` ${name}`}`);
    });
    const options = [element("option", { value: "" }, "as they come"), ...numbers];
    for (const option of options) option.selected = option.value === chosen;
    return options;
  }
}
