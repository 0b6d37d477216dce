/// <reference lib="dom" />
import { DaubError } from "../../errors.ts";
import type { Image } from "../../image/image.ts";
import { readImage } from "../../image/read.ts";
import { element } from "./painter/element.ts";

/** An image that was chosen, all channels read. */
export interface ChosenImage {
  readonly name: string;
  readonly channels: readonly Image[];
}

/** The element that {@linkcode chooseImage} makes: an Observable view. */
export interface ImageChooser extends HTMLElement {
  value: ChosenImage | Promise<ChosenImage>;
}

/** The images to choose from: names and where they lie. */
export type Samples = Readonly<Record<string, string | URL>>;

/**
 * A menu of samples and a file chooser that also takes dropped files, as a view of the image.
 *
 * @param samples Names and addresses; the first is chosen.
 */
export function chooseImage(samples: Samples): ImageChooser {
  const names = Object.keys(samples);
  const menu = element(
    "select",
    { "aria-label": "Sample image" },
    ...names.map((name) => element("option", { value: name }, name)),
  );
  const file = element("input", {
    type: "file",
    accept: ".tif,.tiff,.png,.jpg,.jpeg",
    "aria-label": "Image file",
  });
  const status = element("output", { class: "daub-chosen", role: "status" });
  const root = element(
    "form",
    { class: "daub-choose", submit: (event: Event) => event.preventDefault() },
    element("label", {}, "Sample ", menu),
    element("label", {}, "or your own ", file),
    status,
  ) as unknown as ImageChooser;

  const take = (name: string, image: Promise<ChosenImage>) => {
    status.textContent = "";
    image.catch((error) => {
      status.textContent = error instanceof DaubError ? error.message : `Could not read ${name}.`;
    }).then(async () => {
      // A file that cannot be read leaves the image before it.
      if (status.textContent !== "") return;
      root.value = await image;
      root.dispatchEvent(new Event("input", { bubbles: true }));
    });
  };
  const openSample = (name: string) => read(name, new URL(samples[name], document.baseURI));
  const openFile = (chosen: File) => take(chosen.name, read(chosen.name, chosen));
  for (const control of [menu, file]) {
    control.addEventListener("input", (event) => event.stopPropagation());
  }
  menu.addEventListener("change", (event) => {
    event.stopPropagation();
    take(menu.value, openSample(menu.value));
  });
  file.addEventListener("change", (event) => {
    event.stopPropagation();
    if (file.files?.[0]) openFile(file.files[0]);
  });
  root.addEventListener("dragover", (event) => event.preventDefault());
  root.addEventListener("drop", (event) => {
    event.preventDefault();
    const dropped = event.dataTransfer?.files[0];
    if (dropped) openFile(dropped);
  });
  root.value = openSample(names[0]);
  return root;
}

async function read(name: string, source: URL | Blob): Promise<ChosenImage> {
  return { name, channels: await readImage(source, { name }) };
}
