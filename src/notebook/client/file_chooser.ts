/// <reference lib="dom" />
import { element } from "./painter/element.ts";

/** What can be chosen. */
export interface FileChooserOptions {
  /** What stands on the button. */
  readonly label: string;
  /** Endings, separated by commas. */
  readonly accept?: string;
  readonly multiple?: boolean;
  /** Whether a whole folder is chosen. */
  readonly folder?: boolean;
}

/** A button by which files are chosen, the same ones again, too. */
export function fileChooser(
  { label, accept, multiple = false, folder = false }: FileChooserOptions,
  take: (files: readonly File[]) => void,
): HTMLElement {
  const input = element("input", {
    type: "file",
    accept,
    multiple,
    webkitdirectory: folder,
    input: (event: Event) => event.stopPropagation(),
    change: (event: Event) => {
      event.stopPropagation();
      const files = [...input.files ?? []];
      input.value = "";
      take(files);
    },
  });
  return element("label", { class: "daub-apply-file" }, label, input);
}
