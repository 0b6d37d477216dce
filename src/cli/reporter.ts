import type { Backend } from "../backend.ts";
import type { Tool } from "./classifier.ts";
import { describeFailure } from "./failure.ts";
import type { Finding } from "./finding.ts";
import type { Host } from "./host.ts";
import type { Input } from "./inputs.ts";
import type { Options } from "./options.ts";
import { noProgress, openProgressBar, type Progress } from "./progress.ts";
import {
  describeFinding,
  describeMeans,
  describeTraining,
  findingAsJson,
  summarizeFinding,
  summarizeScores,
} from "./report.ts";
import type { Statistics } from "./statistics.ts";
import type { Training } from "./train.ts";

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
  #kept = 0;

  constructor(options: Options, host: Host, backend: Backend, total: number) {
    this.#options = options;
    this.#host = host;
    this.#backend = backend;
    this.#total = total;
  }

  /** An image is being worked on. */
  begin({ source }: Input): void {
    this.#progress.start(source);
  }

  /** A classifier was trained. */
  trained(training: Training, ms: Readonly<Record<string, number>>): void {
    this.#say(...describeTraining(training, ms));
  }

  /** What can be told of the classifier; under `--json` as an object of its own. */
  statistics({ lines, data }: Statistics): void {
    if (this.#options.json) this.#host.out(JSON.stringify({ statistics: data }));
    else this.#say(...lines);
  }

  /** Something else that is worth knowing. */
  note(text: string): void {
    if (this.#progress === noProgress) this.#say(text);
    else this.#later.push(text);
  }

  /** From here on images are worked on with this classifier. */
  async explain(classifier: Tool): Promise<void> {
    this.#say(...describeMeans(classifier, this.#backend, this.#options));
    if (this.#total > 1 && this.#host.watched && !this.#options.quiet) {
      this.#progress = await openProgressBar(this.#total);
    }
  }

  /** An image was done before. */
  kept(findings: readonly Finding[]): void {
    this.#kept++;
    this.#tell(findings, true);
  }

  /** An image is done. */
  found(findings: readonly Finding[], classifier: Tool | undefined): void {
    if (this.#total === 1 && findings.length === 1) {
      if (this.#options.json) this.#host.out(findingAsJson(findings[0], this.#backend));
      this.#say(...describeFinding(findings[0], classifier, this.#options));
      return this.#progress.advance();
    }
    this.#tell(findings, false);
  }

  #tell(findings: readonly Finding[], isKept: boolean): void {
    for (const finding of findings) {
      if (this.#options.json) this.#host.out(findingAsJson(finding, this.#backend, isKept));
      if (this.#progress === noProgress) this.#say(summarizeFinding(finding, isKept));
    }
    this.#progress.advance();
  }

  /** What can be said of all images together. */
  summarize(findings: readonly Finding[]): void {
    for (const text of summarizeScores(findings)) this.note(text);
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
      const kept = this.#kept === 0 ? "" : `, ${this.#kept} of them before`;
      const done = `${this.#total - this.#failed} of ${this.#total} images done${kept}`;
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
