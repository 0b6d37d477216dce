/// <reference lib="dom" />
import type { Image } from "../../image/image.ts";
import { labelFiles, readLabels } from "./applied_result.ts";
import type { ApplyRow } from "./apply_rows.ts";
import { type LabelView, labelView } from "./label_view.ts";
import { LastingLine, type PageLine } from "./page_line.ts";
import { element } from "./painter/element.ts";
import { saveButton } from "./save_button.ts";
import { zipFiles } from "./zip_files.ts";

/** The image that is looked at, with the objects that were found in it. */
export class AppliedView {
  readonly element: HTMLElement;
  readonly #page: LastingLine;
  readonly #note = element("p", { class: "daub-apply-empty" });
  readonly #place = element("div", { class: "daub-apply-stage" });
  readonly #name = element("span", { class: "daub-apply-name" });
  readonly #saves = element("div", { class: "daub-apply-line" });
  #view: LabelView | undefined;
  #shown: ApplyRow | undefined;
  #reading: AbortController | undefined;

  /** @param open Starts the thread that reads images. */
  constructor(open: () => PageLine) {
    this.#page = new LastingLine(open);
    this.element = element("div", { class: "daub-apply-view" }, this.#place, this.#saves);
    this.#say("Choose an image of the list to look at it.");
  }

  /** Shows an image, and what was found in it when something was. */
  async show(row: ApplyRow): Promise<void> {
    this.#reading?.abort();
    const { signal } = this.#reading = new AbortController();
    const [first] = row.found?.frames ?? [];
    this.#offer(row);
    try {
      // Labels that are no longer valid go with their view.
      const isKnown = this.#shown === row && this.#view && (first || !this.#view.labels);
      const image = isKnown ? undefined : await this.read(row.source, row.name);
      const labels = first && await readLabels(first, (file) => this.read(file));
      if (signal.aborted) return;
      if (image) this.#put(row, image);
      if (labels) this.#view!.show(labels);
    } catch (error) {
      if (!signal.aborted) this.#say((error as Error).message);
    }
  }

  /** Reads an image of the server or a file, in a thread of the page. */
  async read(source: string | Blob, name?: string): Promise<readonly Image[]> {
    const line = await this.#page.line();
    return await line.read(typeof source === "string" ? addressOf(source) : source, { name });
  }

  /** Ends its thread. */
  dispose(): void {
    this.#view?.dispose();
    this.#page.end();
  }

  #put(row: ApplyRow, image: readonly Image[]): void {
    this.#view?.dispose();
    this.#view = labelView(image);
    this.#shown = row;
    this.#place.replaceChildren(this.#view);
  }

  #say(text: string): void {
    this.#view?.dispose();
    this.#view = this.#shown = undefined;
    this.#note.textContent = text;
    this.#place.replaceChildren(this.#note);
  }

  /** Names the image, and offers the files of what was found in it. */
  #offer(row: ApplyRow): void {
    const { name, found } = row;
    const times = found?.frames.length ?? 1;
    this.#name.textContent = times > 1 ? `${name}, time point 1 of ${times}` : name;
    const files = found ? [...labelFiles([{ ...row, found }])] : [];
    const file = files[0]?.[0].split("/").at(-1)!;
    const save = files.length === 1
      ? saveButton(file, () => files[0][1])
      : files.length > 1
      ? saveButton(file.replace(/_t0000_labels\.tif$/, "_labels.zip"), () => zipFiles(files))
      : undefined;
    this.#saves.replaceChildren(this.#name, ...save ? [save] : []);
  }
}

/** Where the server has the file of an image. */
function addressOf(id: string): string {
  const url = new URL("/api/image", location.origin);
  url.searchParams.set("id", id);
  return url.href;
}
