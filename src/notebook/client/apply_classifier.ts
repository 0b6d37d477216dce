/// <reference lib="dom" />
import type { Backend } from "../../backend.ts";
import { openBackend } from "../../backends/open_backend.ts";
import { ObjectSegmenter } from "../../classifiers/object_segmenter.ts";
import { DaubError } from "../../errors.ts";
import { readImage } from "../../image/read.ts";
import { encodeTiff } from "../../image/tiff_writer.ts";
import type { LabelImage } from "../../labeling/labels.ts";
import { sliceBackend } from "../slice_backend.ts";
import { element } from "./painter/element.ts";
import { saveButton } from "./save_button.ts";

/** What became of one image. */
export interface AppliedImage {
  readonly name: string;
  readonly labels?: LabelImage;
  /** Why there are no labels. */
  readonly error?: string;
}

/** A view whose value is what became of the images so far. */
export interface ClassifierApplication extends HTMLElement {
  value: readonly AppliedImage[];
}

const IMAGE_NAME = /\.(tiff?|png|jpe?g)$/i;

/**
 * A form that applies a saved classifier to images, all of a folder if need be, with progress and a
 * button to cancel. The images stay on this computer.
 */
export function applyClassifier(): ClassifierApplication {
  const file = element("input", { type: "file", accept: ".cl", "aria-label": "Classifier file" });
  const images = element("input", {
    type: "file",
    multiple: true,
    accept: ".tif,.tiff,.png,.jpg,.jpeg",
    "aria-label": "Images",
  });
  const folder = element("input", {
    type: "file",
    webkitdirectory: true,
    "aria-label": "Folder of images",
  });
  const start = element("button", { type: "submit" }, "Apply");
  const cancel = element("button", { type: "button", disabled: true }, "Cancel");
  const progress = element("progress", { "aria-label": "Progress", value: 0, max: 1 });
  const status = element("output", {});
  const rows = element("tbody");
  const form = element(
    "form",
    { class: "apply-form" },
    element("label", {}, "Classifier ", file),
    element("label", {}, "Images ", images),
    element("label", {}, "or a folder ", folder),
    element("div", {}, start, " ", cancel, " ", progress, " ", status),
    element(
      "table",
      {},
      element(
        "thead",
        {},
        element("tr", {}, ...["Image", "Objects", ""].map((name) => element("th", {}, name))),
      ),
      rows,
    ),
  ) as HTMLElement as ClassifierApplication;
  form.value = [];
  let controller: AbortController | undefined;

  const add = (applied: AppliedImage) => {
    const { name, labels, error } = applied;
    const save = labels &&
      saveButton(`${name.replace(/\.\w+$/, "")}_labels.tif`, () => encodeTiff(labels));
    const cells = [name, labels ? labels.count.toLocaleString("en") : error, save];
    rows.append(element("tr", {}, ...cells.map((cell) => element("td", {}, cell))));
    form.value = [...form.value, applied];
    form.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const run = async () => {
    const chosen = [...images.files ?? [], ...folder.files ?? []]
      .filter(({ name }) => IMAGE_NAME.test(name));
    if (!file.files?.[0] || chosen.length === 0) {
      status.textContent = "Choose a classifier and at least one image.";
      return;
    }
    controller?.abort();
    const { signal } = controller = new AbortController();
    [start.disabled, cancel.disabled] = [true, false];
    rows.replaceChildren();
    form.value = [];
    try {
      const segmenter = ObjectSegmenter.parse(await file.files[0].text());
      await using opened = await openBackend("cpu");
      // The page goes on between two tiles.
      const backend = sliceBackend(opened);
      for (const [i, image] of chosen.entries()) {
        status.textContent = image.name;
        add(
          await applyTo(
            image,
            segmenter,
            { backend, signal },
            (done) => progress.value = (i + done) / chosen.length,
          ),
        );
        progress.value = (i + 1) / chosen.length;
      }
      status.textContent = `${chosen.length} images done.`;
    } catch (error) {
      status.textContent = signal.aborted
        ? `Cancelled after ${form.value.length} of ${chosen.length} images.`
        : (error as Error).message;
    } finally {
      [start.disabled, cancel.disabled] = [false, true];
    }
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void run();
  });
  cancel.addEventListener("click", () => controller?.abort());
  for (const control of [file, images, folder]) {
    control.addEventListener("input", (event) => event.stopPropagation());
  }
  return form;
}

/** Segments one image; what is wrong with it is told in its row. */
async function applyTo(
  file: File,
  segmenter: ObjectSegmenter,
  { backend, signal }: { readonly backend: Backend; readonly signal: AbortSignal },
  onProgress: (done: number) => void,
): Promise<AppliedImage> {
  try {
    const image = await readImage(file, { name: file.name });
    const labels = await segmenter.predict(image, { backend, signal, onProgress });
    // Lets the page be drawn between images.
    await new Promise((resolve) => setTimeout(resolve));
    if (signal.aborted) throw signal.reason;
    return { name: file.name, labels };
  } catch (error) {
    if (signal.aborted || !(error instanceof DaubError)) throw error;
    return { name: file.name, error: error.message };
  }
}
