/// <reference lib="dom" />
import type { Image } from "../../image/image.ts";
import type { LabelImage } from "../../labeling/labels.ts";
import { frameName } from "../applied_names.ts";
import type { ApplyRow } from "./apply_rows.ts";
import { type LabelView, labelView } from "./label_view.ts";
import { openPageLine, type PageLine } from "./page_line.ts";
import { element } from "./painter/element.ts";
import { saveButton } from "./save_button.ts";
import { zipFiles } from "./zip_files.ts";

/** The image that is looked at, with the objects that were found in it. */
export class AppliedView {
  readonly element: HTMLElement;
  readonly #note = element("p", { class: "daub-apply-empty" });
  readonly #place = element("div", { class: "daub-apply-stage" });
  readonly #saves = element("div", { class: "daub-saves" });
  #page: PageLine | undefined;
  #view: LabelView | undefined;
  #shown: ApplyRow | undefined;
  #reading: AbortController | undefined;

  /** @param nameOf What the label image of an image is called. */
  constructor(readonly nameOf: (row: ApplyRow) => string) {
    this.element = element("div", { class: "daub-apply-view" }, this.#place, this.#saves);
    this.#say("Choose an image of the list to look at it.");
  }

  /** Shows an image, and what was found in it when something was. */
  async show(row: ApplyRow): Promise<void> {
    this.#reading?.abort();
    const controller = this.#reading = new AbortController();
    const isLate = () => controller.signal.aborted;
    const [first, ...others] = row.found?.frames ?? [];
    this.#offer(row);
    try {
      const isKnown = this.#shown === row && this.#view !== undefined;
      const image = isKnown ? undefined : await this.#read(row.source);
      const labels = first && asLabels(await this.#read(first.labels), first.count);
      if (isLate()) return;
      if (image) this.#open(row, image);
      const time = others.length > 0 ? `, time point 1 of ${others.length + 1}` : "";
      this.#view!.setAttribute("aria-label", `${row.name}${time}`);
      if (labels) this.#view!.show(labels);
    } catch (error) {
      if (!isLate()) this.#say((error as Error).message);
    }
  }

  /** Ends its thread. */
  dispose(): void {
    this.#view?.dispose();
    this.#page?.end("the page needs it no longer");
  }

  #open(row: ApplyRow, image: readonly Image[]): void {
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

  #offer(row: ApplyRow): void {
    const frames = row.found?.frames ?? [];
    const name = this.nameOf(row).split("/").at(-1)!;
    const files = frames.map(({ labels }, frame) =>
      [frameName(name, frame, frames.length), labels] as const
    );
    this.#saves.replaceChildren(
      ...files.length === 1 ? [saveButton(name, () => files[0][1])] : [],
      ...files.length > 1
        ? [saveButton(name.replace(/\.tif$/, ".zip"), () => zipFiles(files))]
        : [],
    );
  }

  async #read(source: string | Blob): Promise<readonly Image[]> {
    if (!this.#page || this.#page.isEnded) this.#page = openPageLine();
    const line = await this.#page.line;
    return await line.read(typeof source === "string" ? addressOf(source) : source);
  }
}

/** Where the server has the file of an image. */
function addressOf(id: string): string {
  const url = new URL("/api/image", location.origin);
  url.searchParams.set("id", id);
  return url.href;
}

/** A label image that was read from a file. */
export function asLabels([{ data, ...size }]: readonly Image[], count: number): LabelImage {
  return {
    ...size,
    data: data instanceof Uint32Array ? data : Uint32Array.from(data, Number),
    count,
  };
}
