/// <reference lib="dom" />
import { element } from "./element.ts";
import type { KeyBinding } from "./keymap.ts";
import { iconButton } from "./toolbar.ts";

/** A sheet with all keys, in a dialog that Escape closes. */
export function keySheet(bindings: readonly KeyBinding[]): HTMLDialogElement {
  const groups = [...new Set(bindings.map(({ group }) => group))];
  const dialog = element(
    "dialog",
    {
      class: "daub-sheet",
      "aria-label": "Keys",
      keydown: (event: KeyboardEvent) => {
        event.stopPropagation();
        if (event.key === "?") dialog.close();
      },
      click: (event: MouseEvent) => event.target === dialog && dialog.close(),
    },
    element(
      "header",
      {},
      element("h2", {}, "Keys"),
      iconButton("close", "Close (Esc)", () => dialog.close()),
    ),
    element(
      "div",
      { class: "daub-sheet-groups" },
      ...groups.map((group) =>
        element(
          "section",
          {},
          element("h3", {}, group),
          element(
            "dl",
            {},
            ...bindings.filter((binding) => binding.group === group).flatMap(({ shown, does }) => [
              element("dt", {}, element("kbd", {}, shown)),
              element("dd", {}, does),
            ]),
          ),
        )
      ),
    ),
  );
  return dialog;
}
