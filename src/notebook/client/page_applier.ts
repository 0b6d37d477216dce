/// <reference lib="dom" />
import type {
  AppliedImage,
  ApplyingOptions,
  ClassifierFacts,
  ImageApplier,
} from "../applied_image.ts";
import type { EngineLine } from "../port_engine.ts";
import { LastingLine, type PageLine } from "./page_line.ts";

/** Applies a classifier to files in a thread of the page; a new one when it has crashed. */
export class PageApplier implements ImageApplier<File>, Disposable {
  readonly #page: LastingLine;
  #classifier: { readonly text: string; readonly name: string } | undefined;

  /** @param open Starts a thread. */
  constructor(open: () => PageLine) {
    this.#page = new LastingLine(open);
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
    this.#page.end();
  }

  async #line(): Promise<EngineLine> {
    return await this.#page.line(async ({ applier }) => {
      if (this.#classifier) await applier.load(this.#classifier.text, this.#classifier.name);
    });
  }
}
