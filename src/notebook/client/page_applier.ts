/// <reference lib="dom" />
import type {
  AppliedImage,
  ApplyingOptions,
  ClassifierFacts,
  ImageApplier,
} from "../applied_image.ts";
import type { EngineLine } from "../port_engine.ts";
import type { PageLine } from "./page_line.ts";

/** Applies a classifier to files in a thread of the page; a new one when it has crashed. */
export class PageApplier implements ImageApplier<File>, Disposable {
  readonly #open: () => PageLine;
  #page: PageLine | undefined;
  #classifier: { readonly text: string; readonly name: string } | undefined;

  /** @param open Starts a thread. */
  constructor(open: () => PageLine) {
    this.#open = open;
  }

  async load(text: string, name: string): Promise<ClassifierFacts> {
    this.#classifier = undefined;
    const facts = await (await this.#line()).applier.load(text, name);
    this.#classifier = { text, name };
    return facts;
  }

  async apply(file: File, options: ApplyingOptions = {}): Promise<AppliedImage> {
    const line = await this.#line();
    return await line.applier.apply({ source: file, name: file.name }, options);
  }

  /** Ends the thread. */
  [Symbol.dispose](): void {
    this.#page?.end("the page needs it no longer");
  }

  async #line(): Promise<EngineLine> {
    if (this.#page && !this.#page.isEnded) return await this.#page.line;
    this.#page = this.#open();
    const line = await this.#page.line;
    if (this.#classifier) await line.applier.load(this.#classifier.text, this.#classifier.name);
    return line;
  }
}
