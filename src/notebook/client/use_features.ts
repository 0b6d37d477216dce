/// <reference lib="dom" />
import type { OptionsForm } from "./options_form.ts";
import { element } from "./painter/element.ts";

/**
 * A button that takes features over into the options; nothing where they are what is chosen.
 *
 * @param features A specification, as a suggestion gives it.
 */
export function useFeatures(options: OptionsForm, features: string): HTMLElement {
  const isChosen = options.value.features.split(/\s+/).toSorted().join() ===
    features.split(/\s+/).toSorted().join();
  if (isChosen) return element("span", {});
  return element("button", {
    type: "button",
    click: () => {
      options.value = { features };
      options.dispatchEvent(new Event("input", { bubbles: true }));
    },
  }, "Use these features");
}
