/// <reference lib="dom" />
import type { Image } from "../../image/image.ts";
import type { LookedAt } from "../port_engine.ts";
import { readFrame } from "../time_series.ts";
import { labelFiles, readLabels } from "./applied_result.ts";
import type { ApplyRow } from "./apply_rows.ts";
import { type LabelView, labelView } from "./label_view.ts";
import { LastingLine, type PageLine } from "./page_line.ts";
import { element } from "./painter/element.ts";
import { Frames } from "./painter/frames.ts";
import { saveButton } from "./save_button.ts";
import { zipFiles } from "./zip_files.ts";

/** Called with the names of the channels of an image that is looked at. */
export type OnChannels = (names: readonly (string | undefined)[]) => void;

/** The image that is looked at, with the objects that were found at its time points. */
export class AppliedView {
  readonly element: HTMLElement;
  readonly #page: LastingLine;
  readonly #onChannels: OnChannels;
  readonly #note = element("p", { class: "daub-apply-empty" });
  readonly #place = element("div", { class: "daub-apply-stage" });
  readonly #name = element("span", { class: "daub-apply-name" });
  readonly #saves = element("div", { class: "daub-apply-line" });
  #view: LabelView | undefined;
  /** What is shown: the image, its channels, and the time point whose labels are there. */
  #shown: { row: ApplyRow; channels: string; time: number | undefined } | undefined;
  #reading: AbortController | undefined;

  /** @param open Starts the thread that reads images. */
  constructor(open: () => PageLine, onChannels: OnChannels) {
    this.#page = new LastingLine(open);
    this.#onChannels = onChannels;
    this.element = element("div", { class: "daub-apply-view" }, this.#place, this.#saves);
    this.#say("Choose an image of the list to look at it.");
  }

  /**
   * Shows an image, and what was found in it when something was.
   *
   * @param channels Those to show, of which the first is seen. Default all.
   */
  async show(row: ApplyRow, channels?: readonly number[]): Promise<void> {
    this.#reading?.abort();
    const { signal } = this.#reading = new AbortController();
    this.#offer(row);
    const key = channels?.join() ?? "";
    const shown = this.#shown;
    try {
      // Labels that are no longer valid go with their view.
      const isKnown = shown?.row === row && shown.channels === key &&
        (row.found !== undefined || shown.time === undefined);
      if (!isKnown) {
        const { source, name } = row;
        const line = await this.#page.line();
        const looked = await line.look(
          typeof source === "string" ? addressOf(source) : source,
          name,
        );
        if (signal.aborted) return;
        this.#onChannels(looked.channels.map(({ name }) => name));
        this.#put(looked, channels);
        this.#shown = { row, channels: key, time: undefined };
      } else shown.time = undefined;
      await this.#showLabels(signal);
    } catch (error) {
      if (!signal.aborted) this.#say((error as Error).message);
    }
  }

  /** Reads an image file, in a thread of the page. */
  async read(file: Blob): Promise<readonly Image[]> {
    return await (await this.#page.line()).read(file);
  }

  /** Ends its thread. */
  dispose(): void {
    this.#view?.dispose();
    this.#page.end();
  }

  /** Shows the labels of the time point that is in view, if there are any. */
  async #showLabels(signal: AbortSignal): Promise<void> {
    const [view, shown] = [this.#view!, this.#shown!];
    const time = view.viewport.view.t;
    const found = shown.row.found?.frames[time];
    if (!found || shown.time === time) return;
    shown.time = time;
    const labels = await readLabels(found, (file) => this.read(file));
    await view.prepare(labels);
    if (!signal.aborted && view === this.#view && view.viewport.view.t === time) {
      view.show(labels, undefined, time);
    }
  }

  #put({ channels, series }: LookedAt, chosen: readonly number[] | undefined): void {
    this.#view?.dispose();
    // An image that lacks them is refused when the classifier is applied to it.
    const fits = chosen?.every((channel) => channel < channels.length);
    const choose = (all: readonly Image[]) => fits ? chosen!.map((channel) => all[channel]) : all;
    const first = choose(channels);
    const frames = new Frames(
      first,
      series.frames,
      async (time, signal) => choose(await readFrame(series, channels, time, signal)),
    );
    const view = this.#view = labelView(first, undefined, { frames });
    view.viewport.listen(() => {
      const { signal } = this.#reading!;
      this.#showLabels(signal).catch((error) => signal.aborted || this.#say(error.message));
    });
    this.#place.replaceChildren(view);
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
    this.#name.textContent = times > 1 ? `${name}, ${times} time points` : name;
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
