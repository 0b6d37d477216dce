/// <reference lib="dom" />
import { element } from "../painter/element.ts";

/** What the bar above a notebook shows and asks. */
export interface PageBarOptions {
  readonly name: string;
  readonly notebooks: readonly string[];
  readonly onSave: () => void;
  /** Told whether the code of all cells is to be shown. */
  readonly onCode: (isShown: boolean) => void;
}

/** The bar above a notebook: which one it is, whether it is saved, and what happened to its file. */
export class PageBar {
  readonly element: HTMLElement;
  readonly #save: HTMLButtonElement;
  readonly #notice: HTMLElement;

  constructor({ name, notebooks, onSave, onCode }: PageBarOptions) {
    const links = notebooks.map((notebook) =>
      element(
        "a",
        {
          href: `/${encodeURIComponent(notebook)}${location.search}`,
          "aria-current": notebook === name && "page",
        },
        notebook.replace(/\.html?$/i, ""),
      )
    );
    this.#save = element(
      "button",
      { type: "button", disabled: true, click: onSave },
      "Save notebook",
    );
    const code = element("button", {
      type: "button",
      "aria-pressed": "false",
      title: "Show the code of all cells",
      click: () => {
        const isShown = code.getAttribute("aria-pressed") !== "true";
        code.setAttribute("aria-pressed", String(isShown));
        onCode(isShown);
      },
    }, "Code");
    this.#notice = element("div", { class: "notice", role: "status" });
    this.element = element(
      "header",
      { class: "page-bar" },
      element("strong", {}, "Daub"),
      element("nav", { "aria-label": "Notebooks" }, ...links),
      this.#notice,
      code,
      this.#save,
    );
  }

  /** Whether there is something to save. */
  set canSave(canSave: boolean) {
    this.#save.disabled = !canSave;
  }

  /** Says something, with a button where there is something to do about it. */
  say(message: string, action?: { readonly label: string; readonly run: () => void }): void {
    this.#notice.replaceChildren(message);
    if (!action) return;
    this.#notice.append(
      " ",
      element("button", { type: "button", click: action.run }, action.label),
    );
  }
}
