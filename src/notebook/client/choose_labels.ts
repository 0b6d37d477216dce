/// <reference lib="dom" />
import { readImage } from "../../image/read.ts";
import type { LabelImage } from "../../labeling/labels.ts";
import { relabel } from "../../labeling/relabel.ts";
import { chooserStyles } from "./choose_image.ts";
import { element } from "./painter/element.ts";

/** A view whose value is a label image, or a promise of one. */
export interface LabelChooser extends HTMLElement {
  value: LabelImage | Promise<LabelImage>;
}

/**
 * A file chooser for a label image, which begins with one that lies beside the page.
 *
 * @param address Of the label image to begin with, relative to the page.
 */
export function chooseLabels(address: string): LabelChooser {
  const file = element("input", {
    type: "file",
    accept: ".tif,.tiff,.png",
    "aria-label": "Label image file",
  });
  const status = element("output", {}, address.split("/").at(-1)!);
  const root = element(
    "form",
    { class: "daub-choose", submit: (event: Event) => event.preventDefault() },
    "Pieces ",
    status,
    element("label", { class: "daub-file" }, "Open a label image …", file),
  ) as unknown as LabelChooser;
  file.addEventListener("input", (event) => event.stopPropagation());
  file.addEventListener("change", async (event) => {
    event.stopPropagation();
    const [chosen] = file.files ?? [];
    // The same file again, put right meanwhile, is a change too.
    file.value = "";
    if (!chosen) return;
    try {
      root.value = await readLabels(chosen);
      status.textContent = chosen.name;
      root.dispatchEvent(new Event("input", { bubbles: true }));
    } catch (error) {
      status.textContent = (error as Error).message;
    }
  });
  root.value = readLabels(new URL(address, document.baseURI));
  chooserStyles.follow(root);
  return root;
}

async function readLabels(source: URL | Blob): Promise<LabelImage> {
  const [image] = await readImage(source);
  return relabel(image);
}
