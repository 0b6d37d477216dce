import type { Backend } from "../backend.ts";
import type { Classifier, Training } from "./classifier.ts";
import { describeFailure } from "./failure.ts";
import type { Host } from "./host.ts";
import type { ImageSource } from "./image_source.ts";
import type { Options } from "./options.ts";
import { noProgress, openProgressBar, type Progress } from "./progress.ts";
import {
  describeFinding,
  describeImage,
  describeMeans,
  describeTraining,
  findingAsJson,
  summarizeFinding,
} from "./report.ts";
import type { Finding } from "./segment_input.ts";

/**
 * Tells what a run does: a single image at length, several in a line each or, where someone
 * watches, with a progress bar. With `--json`, standard output holds the findings and all else
 * goes to standard error.
 */
export class Reporter implements Disposable {
  readonly #options: Options;
  readonly #host: Host;
  readonly #backend: Backend;
  /** The number of images. */
  readonly #total: number;
  /** What a progress bar would tear apart, said at the end. */
  readonly #later: string[] = [];
  #progress: Progress = noProgress;
  #failed = 0;

  constructor(options: Options, host: Host, backend: Backend, total: number) {
    this.#options = options;
    this.#host = host;
    this.#backend = backend;
    this.#total = total;
  }

  /** An image is being worked on. */
  async begin(source: ImageSource): Promise<void> {
    this.#progress.start(source.name);
    if (this.#total === 1) this.#say(describeImage(source.name, await source.read(0)));
  }

  /** A classifier was trained. */
  trained(annotation: string, training: Training): void {
    this.#say(describeTraining(annotation, training));
  }

  /** From here on images are segmented with this classifier. */
  async explain(classifier: Classifier): Promise<void> {
    this.#say(...describeMeans(classifier, this.#backend, this.#options));
    if (this.#total > 1 && this.#host.watched && !this.#options.quiet) {
      this.#progress = await openProgressBar(this.#total);
    }
  }

  /** An image is done. */
  found(findings: readonly Finding[], classifier: Classifier): void {
    if (this.#options.json) {
      for (const finding of findings) this.#host.out(findingAsJson(finding, this.#backend));
    }
    if (this.#total === 1 && findings.length === 1) {
      this.#say(...describeFinding(findings[0], classifier, this.#options));
    } else if (this.#progress === noProgress) {
      this.#say(...findings.map(summarizeFinding));
    }
    this.#progress.advance();
  }

  /** An image failed, and the run goes on. */
  failed(error: unknown): void {
    const description = describeFailure(error, this.#options.debug);
    if (this.#progress === noProgress) this.#host.err(description);
    else this.#later.push(description);
    this.#failed++;
    this.#progress.advance();
  }

  /** All images are done; returns how many failed. */
  finish(): number {
    this[Symbol.dispose]();
    if (this.#total > 1) {
      const done = `${this.#total - this.#failed} of ${this.#total} images done`;
      this.#say(this.#failed === 0 ? done : `${done}, ${this.#failed} failed`);
    }
    return this.#failed;
  }

  [Symbol.dispose](): void {
    this.#progress[Symbol.dispose]();
    this.#progress = noProgress;
    for (const description of this.#later.splice(0)) this.#host.err(description);
  }

  #say(...lines: string[]): void {
    const { quiet, json } = this.#options;
    if (quiet) return;
    for (const line of lines) json ? this.#host.err(line) : this.#host.out(line);
  }
}
