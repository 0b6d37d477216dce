/// <reference lib="dom" />
import { DaubError } from "../../errors.ts";
import { element } from "./painter/element.ts";
import css from "./save_button.css" with { type: "text" };
import { StyleSheet } from "./style_sheet.ts";

/** What can be written to a file. */
export type FileContent = string | Uint8Array | Blob;

const styles = new StyleSheet(css);

/**
 * A button that saves a file where the browser keeps downloads.
 *
 * @param name The file's name, and the button's.
 * @param content The file's content, made when the button is pressed; none where there is nothing to
 * save.
 */
export function saveButton(
  name: string,
  content: () => FileContent | undefined | Promise<FileContent | undefined>,
  type = "application/octet-stream",
): HTMLButtonElement {
  const save = async () => {
    const made = await content();
    if (made === undefined) return;
    const blob = made instanceof Blob ? made : new Blob([made as BlobPart], { type });
    const url = URL.createObjectURL(blob);
    element("a", { href: url, download: name }).click();
    // The browser has begun to read by then.
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  };
  return element("button", { type: "button", class: "daub-save", click: save }, `Save ${name}`);
}

/**
 * Buttons in a row that save a file each; an error that says why there is nothing to save is shown
 * beside them.
 *
 * @param files What each file holds, made when its button is pressed, by name.
 */
export function saveButtons(
  files: Readonly<Record<string, () => FileContent | Promise<FileContent>>>,
): HTMLElement {
  const status = element("output", { class: "daub-unsaved" });
  const buttons = Object.entries(files).map(([name, content]) =>
    saveButton(name, async () => {
      status.textContent = "";
      try {
        return await content();
      } catch (error) {
        if (!(error instanceof DaubError)) throw error;
        status.textContent = error.message;
      }
    })
  );
  const root = element("div", { class: "daub-saves" }, ...buttons, status);
  styles.follow(root);
  return root;
}
