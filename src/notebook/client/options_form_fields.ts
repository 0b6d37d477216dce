/// <reference lib="dom" />
import { element } from "./painter/element.ts";

/** A labelled control of the form. */
export interface Field<T> {
  readonly element: HTMLElement;
  /** Shows a value. */
  show(value: T): void;
}

/** A whole number between bounds; what is out of bounds is not reported, and put right on leaving. */
export function numberField(
  label: string,
  [smallest, largest]: readonly [number, number],
  change: (value: number) => void,
  help?: string,
): Field<number> {
  let shown = smallest;
  const input = element("input", {
    type: "number",
    min: smallest,
    max: largest,
    step: 1,
    inputmode: "numeric",
    input: () => {
      const value = input.valueAsNumber;
      const isValid = Number.isInteger(value) && value >= smallest && value <= largest;
      input.setAttribute("aria-invalid", String(!isValid));
      if (isValid) change(shown = value);
    },
    blur: () => show(shown),
  });
  const show = (value: number) => {
    shown = value;
    input.setAttribute("aria-invalid", "false");
    if (input.valueAsNumber !== value) input.value = String(value);
  };
  return { element: labelled(label, input, help), show };
}

/** One of a few values. */
export function choiceField<T extends string | number>(
  label: string,
  choices: readonly (readonly [value: T, title: string])[],
  change: (value: T) => void,
  help?: string,
): Field<T> {
  const select = element(
    "select",
    { change: () => change(choices[select.selectedIndex][0]) },
    ...choices.map(([value, title]) => element("option", { value: String(value) }, title)),
  );
  return {
    element: labelled(label, select, help),
    show: (value) => void (select.selectedIndex = choices.findIndex(([own]) => own === value)),
  };
}

/** Some of a few numbers, at least one of them. */
export function numbersField(
  label: string,
  titles: readonly string[],
  change: (chosen: readonly number[]) => void,
): Field<readonly number[]> {
  const boxes = titles.map(() => element("input", { type: "checkbox", change: () => tell() }));
  const chosen = () => boxes.flatMap((box, i) => box.checked ? [i] : []);
  const tell = () => {
    const only = chosen();
    for (const box of boxes) box.disabled = only.length === 1 && box.checked;
    if (only.length > 0) change(only);
  };
  return {
    element: element(
      "fieldset",
      { class: "daub-form-channels" },
      element("legend", {}, label),
      ...titles.map((title, i) => element("label", { class: "daub-form-check" }, boxes[i], title)),
    ),
    show: (numbers) => {
      boxes.forEach((box, i) => {
        box.checked = numbers.includes(i);
        box.disabled = numbers.length === 1 && box.checked;
      });
    },
  };
}

function labelled(label: string, control: HTMLElement, help: string | undefined): HTMLElement {
  if (help !== undefined) control.title = help;
  return element("label", { class: "daub-form-field" }, element("span", {}, label), control);
}
