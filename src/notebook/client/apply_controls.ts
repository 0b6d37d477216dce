/// <reference lib="dom" />
import { TABLE_NAME } from "../applied_names.ts";
import { joinTables } from "../image_batch.ts";
import { type DoneRow, labelFiles } from "./applied_result.ts";
import { fileChooser } from "./file_chooser.ts";
import { element } from "./painter/element.ts";
import { saveButton } from "./save_button.ts";
import { zipFiles } from "./zip_files.ts";

/** What can be done, and who does it. */
export interface ApplyCommands {
  readonly take: (classifier: File) => void;
  readonly add: (images: readonly File[]) => void;
  readonly apply: () => void;
  readonly cancel: () => void;
  readonly saveBeside: () => void;
  readonly done: () => readonly DoneRow[];
}

/** Where the work stands. */
export interface ApplyState {
  readonly chosen: number;
  /** How many results can be saved beside their images. */
  readonly savable: number;
  readonly isReady: boolean;
  readonly isRunning: boolean;
  readonly isCancelling: boolean;
}

const IMAGES = ".tif,.tiff,.png,.jpg,.jpeg";

/** The buttons around the list of images, and what they tell. */
export class ApplyControls {
  /** The classifier. */
  readonly head: HTMLElement;
  /** What is done with the images. */
  readonly foot: readonly HTMLElement[];
  readonly #commands: ApplyCommands;
  readonly #facts = element("output", { class: "daub-apply-facts" }, "none chosen");
  readonly #status = element("output", { class: "daub-apply-status" });
  readonly #progress = element("progress", { "aria-label": "Progress of all images", value: 0 });
  readonly #apply: HTMLButtonElement;
  readonly #cancel: HTMLButtonElement;
  readonly #beside: HTMLButtonElement;
  readonly #files: readonly HTMLButtonElement[];

  /** @param channels Which channels the classifier looks at; stands beside the images. */
  constructor(commands: ApplyCommands, channels: HTMLElement) {
    this.#commands = commands;
    const button = (text: string, click: () => void, name = "") =>
      element("button", { type: "button", class: name, click }, text);
    this.#apply = button("Apply", commands.apply, "daub-apply-go");
    this.#cancel = button("Cancel", commands.cancel);
    this.#beside = button("Save beside the images", commands.saveBeside);
    this.#files = [
      saveButton(TABLE_NAME, () => joinTables(commands.done())),
      saveButton("labels.zip", () => zipFiles(labelFiles(commands.done()))),
    ];
    const line = (...children: HTMLElement[]) =>
      element("div", { class: "daub-apply-line" }, ...children);
    this.head = line(
      fileChooser(
        { label: "Choose a classifier …", accept: ".cl" },
        ([file]) => file && commands.take(file),
      ),
      this.#facts,
    );
    this.foot = [
      line(
        fileChooser(
          { label: "Add files …", accept: IMAGES, multiple: true },
          commands.add,
        ),
        fileChooser(
          { label: "Add a folder …", folder: true },
          commands.add,
        ),
        channels,
      ),
      line(this.#apply, this.#cancel, this.#progress),
      this.#status,
      line(...this.#files, this.#beside),
    ];
  }

  /** Whether results can be saved beside images of a server. */
  set hasFolder(hasFolder: boolean) {
    this.#beside.hidden = !hasFolder;
  }

  /** Tells of the classifier. */
  describe(text: string, state: "reading" | "ready" | "failed"): void {
    this.#facts.textContent = text;
    this.#facts.dataset.state = state;
  }

  /** Tells where the work stands; the same is not told twice. */
  say(text: string): void {
    if (this.#status.textContent !== text) this.#status.textContent = text;
  }

  /** How many images are done, those under way in part. */
  set progress(done: number) {
    this.#progress.value = done;
  }

  /** Enables what can be done. */
  update({ chosen, savable, isReady, isRunning, isCancelling }: ApplyState): void {
    this.#apply.textContent = chosen === 0 ? "Apply" : `Apply to ${plural(chosen, "image")}`;
    this.#apply.disabled = isRunning || !isReady || chosen === 0;
    this.#cancel.disabled = !isRunning || isCancelling;
    // What is under way ends with the classifier that it began with.
    this.head.querySelector("input")!.disabled = isRunning;
    const isEmpty = this.#commands.done().length === 0;
    for (const button of this.#files) button.disabled = isEmpty;
    this.#beside.disabled = isRunning || savable === 0;
    this.#progress.max = Math.max(1, chosen);
  }
}

/** A number of things in words. */
export function plural(number: number, what: string): string {
  return `${number.toLocaleString("en")} ${what}${number === 1 ? "" : "s"}`;
}
