/// <reference lib="dom" />
import type { PageEngine } from "./page_engine.ts";
import { classifierOptions, type OptionsForm } from "./options_form.ts";

/**
 * The form of a classifier's options for the image of an engine. Where a server computes, it keeps
 * them, and other pages follow.
 *
 * @param invalidation When it settles, the form no longer follows.
 */
export function optionsOf(engine: PageEngine, invalidation?: Promise<unknown>): OptionsForm {
  const form = classifierOptions(engine.image, { value: engine.options ?? {} });
  let isTold = false;
  form.addEventListener("input", () => {
    if (!isTold) engine.choose(form.value);
  });
  const stop = engine.listen((event) => {
    if (event.kind !== "options") return;
    form.value = event.options;
    isTold = true;
    form.dispatchEvent(new Event("input", { bubbles: true }));
    isTold = false;
  });
  invalidation?.then(stop);
  return form;
}
