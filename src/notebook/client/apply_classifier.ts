/// <reference lib="dom" />
import { DaubError } from "../../errors.ts";
import { type ClassifierFacts, MAX_CLASSIFIER } from "../applied_image.ts";
import { isResult } from "../applied_names.ts";
import { applyInTurn } from "../image_batch.ts";
import { RemoteApplier } from "../remote_applier.ts";
import { type AppliedResult, type DoneRow, resultOf } from "./applied_result.ts";
import { AppliedView } from "./applied_view.ts";
import css from "./apply_classifier.css" with { type: "text" };
import { ApplyChannels } from "./apply_channels.ts";
import { ApplyControls, plural } from "./apply_controls.ts";
import { type ApplyRow, ApplyRows } from "./apply_rows.ts";
import { PageApplier } from "./page_applier.ts";
import { openPageLine, type PageLine } from "./page_line.ts";
import { element } from "./painter/element.ts";
import { serverImages } from "./server_images.ts";
import { StyleSheet } from "./style_sheet.ts";

/** How {@linkcode applyClassifier} works; everything may be left out. */
export interface ApplyClassifierOptions {
  /** When it settles, everything under way is given up. */
  readonly invalidation?: Promise<unknown>;
  /** Whether to ask the page's server for images. Default yes, where there is one. */
  readonly server?: boolean;
  /** Starts a thread of the page. */
  readonly openLine?: () => PageLine;
}

/** A view whose value is what became of the images so far. */
export interface ClassifierApplication extends HTMLElement {
  value: readonly AppliedResult[];
}

const sheet = new StyleSheet(css);
const IMAGE_NAME = /\.(tiff?|png|jpe?g)$/i;

/**
 * Applies a saved classifier to many images, with progress and a button to cancel. Where a server
 * computes, it offers the images of its folder, works on them itself and can write the results
 * beside them; files that are chosen in the browser stay there.
 */
export function applyClassifier(options: ApplyClassifierOptions = {}): ClassifierApplication {
  const root = element("div", { class: "daub-apply" }) as HTMLElement as ClassifierApplication;
  const desk = new Desk(options, (value) => {
    root.value = value;
    root.dispatchEvent(new Event("input", { bubbles: true }));
  });
  root.value = [];
  root.append(...desk.elements);
  sheet.follow(root);
  options.invalidation?.then(() => desk.dispose());
  return root;
}

/** The classifier, the images, and whoever applies the one to the others. */
class Desk {
  readonly elements: readonly HTMLElement[];
  readonly #tell: (value: readonly AppliedResult[]) => void;
  readonly #remote = new RemoteApplier(() => new WebSocket(applySocket()));
  readonly #local: PageApplier;
  readonly #channels: ApplyChannels;
  readonly #controls: ApplyControls;
  readonly #rows: ApplyRows;
  readonly #view: AppliedView;
  /** The file that was chosen last. */
  #taken: File | undefined;
  #classifier: { readonly text: string; readonly name: string } | undefined;
  /** The text of the classifier that found what is there, and the channels that it looked at. */
  #applied: string | undefined;
  #running: AbortController | undefined;
  /** The ids of the images of the server's folder. */
  readonly #ofFolder = new Set<string>();

  constructor(
    { server = true, openLine = openPageLine }: ApplyClassifierOptions,
    tell: (value: readonly AppliedResult[]) => void,
  ) {
    this.#tell = tell;
    this.#local = new PageApplier(openLine);
    this.#channels = new ApplyChannels(() => this.#look());
    this.#view = new AppliedView(openLine, (names) => this.#channels.offer(names));
    this.#rows = new ApplyRows({
      onChoose: () => this.#update(),
      onLook: () => this.#look(),
    });
    this.#controls = new ApplyControls({
      take: (file) => void this.#take(file),
      add: (files) => this.#add(files),
      apply: () => void this.#apply(),
      cancel: () => this.#cancel(),
      saveBeside: () => void this.#saveBeside(),
      done: () => this.#done(),
    }, this.#channels.element);
    const list = element(
      "div",
      { class: "daub-apply-list" },
      this.#rows.element,
      ...this.#controls.foot,
    );
    const halves = element("div", { class: "daub-apply-halves" }, list, this.#view.element);
    this.elements = [this.#controls.head, halves];
    this.#update();
    void this.#list(server);
  }

  dispose(): void {
    this.#running?.abort();
    void this.#remote[Symbol.asyncDispose]();
    this.#local[Symbol.dispose]();
    this.#view.dispose();
  }

  #done(): readonly DoneRow[] {
    return this.#rows.rows.filter((row): row is DoneRow => row.state === "done");
  }

  #update(): void {
    const running = this.#running;
    this.#rows.isLocked = running !== undefined;
    this.#controls.update({
      chosen: this.#rows.chosen.length,
      savable: this.#savable().length,
      isReady: this.#classifier !== undefined,
      isRunning: running !== undefined,
      isCancelling: running?.signal.aborted ?? false,
    });
    this.#channels.disabled = running !== undefined || this.#classifier === undefined;
  }

  /** Shows the image that is looked at as it is now. */
  #look(): void {
    const { current } = this.#rows;
    if (current) void this.#view.show(current, this.#channels.value);
  }

  /** Offers the images of the server's folder; samples where it has none. */
  async #list(server: boolean): Promise<void> {
    const all = server ? (await serverImages()).filter(({ group }) => group !== "upload") : [];
    const own = all.filter(({ group }) => group !== "sample");
    const offered = own.length > 0 ? own : all;
    for (const { id, group } of offered) if (group === "folder") this.#ofFolder.add(id);
    this.#controls.hasFolder = this.#ofFolder.size > 0;
    this.#rows.add(
      offered.filter(({ name }) => !isResult(name)).map(({ id, name }) => rowOf(id, name)),
    );
    this.#rows.hint = "No images yet: add files or a folder below.";
    this.#update();
  }

  #add(files: readonly File[]): void {
    const images = files.filter(({ name }) => IMAGE_NAME.test(name) && !isResult(name));
    this.#rows.add(images.map((file) => rowOf(file, file.webkitRelativePath || file.name)));
    this.#update();
  }

  async #take(file: File): Promise<void> {
    const controls = this.#controls;
    this.#classifier = undefined;
    this.#taken = file;
    controls.describe(file.name, "reading");
    this.#update();
    try {
      if (file.size > MAX_CLASSIFIER) throw tooLarge(file);
      const [text, { name }] = [await file.text(), file];
      const facts = await this.#local.load(text, name);
      if (file !== this.#taken) return;
      controls.describe(`${name}: ${describe(facts)}`, "ready");
      this.#channels.expect(facts.numChannels);
      this.#classifier = { text, name };
    } catch (error) {
      if (file === this.#taken) controls.describe((error as Error).message, "failed");
    }
    this.#update();
  }

  async #apply(): Promise<void> {
    const { text, name } = this.#classifier!;
    const { signal } = this.#running = new AbortController();
    const { chosen, rows } = this.#rows;
    const channels = this.#channels.value;
    // What was found in different ways must not come into one table.
    const applied = `${channels?.join() ?? ""}\n${text}`;
    this.#forget(applied === this.#applied ? chosen : rows);
    this.#applied = applied;
    this.#update();
    try {
      if (chosen.some(({ source }) => typeof source === "string")) {
        await this.#remote.load(text, name);
      }
      const applyTo: Parameters<typeof applyInTurn<ApplyRow>>[1] = ({ source }, options) =>
        typeof source === "string"
          ? this.#remote.apply(source, { ...options, channels })
          : this.#local.apply(source, { ...options, channels });
      await applyInTurn(chosen, applyTo, { signal, onChange: (row) => this.#changed(row) });
      const failed = chosen.filter(({ state }) => state === "failed").length;
      this.#controls.say(
        `${plural(chosen.length - failed, "image")} done${failed > 0 ? `, ${failed} failed` : ""}.`,
      );
    } catch (error) {
      const done = chosen.filter(({ state }) => state === "done").length;
      this.#controls.say(
        signal.aborted
          ? `Cancelled; ${done} of ${plural(chosen.length, "image")} done.`
          : (error as Error).message,
      );
    }
    this.#running = undefined;
    this.#update();
  }

  #cancel(): void {
    this.#running?.abort();
    this.#controls.say("Cancelling …");
    this.#update();
  }

  #forget(rows: readonly ApplyRow[]): void {
    for (const row of rows) {
      Object.assign(row, { state: "waiting", fraction: 0, found: undefined, error: undefined });
      this.#rows.update(row);
      if (row === this.#rows.current) this.#look();
    }
    this.#controls.progress = 0;
    this.#tellValue();
  }

  #changed(row: ApplyRow): void {
    const { chosen, current } = this.#rows;
    this.#rows.update(row);
    const done = chosen.map(({ fraction, state }) => state === "failed" ? 1 : fraction);
    this.#controls.progress = done.reduce((sum, part) => sum + part, 0);
    if (row.state === "running") {
      this.#controls.say(`${chosen.indexOf(row) + 1} of ${chosen.length}: ${row.name}`);
    }
    if (row.state !== "done" && row.state !== "failed") return;
    if (row === current) this.#look();
    else if (!current && row.state === "done") this.#rows.look(row);
    this.#tellValue();
    this.#update();
  }

  #tellValue(): void {
    const ended = this.#rows.rows.filter(({ state }) => state === "done" || state === "failed");
    this.#tell(ended.map((row) => resultOf(row, (file) => this.#view.read(file))));
  }

  /** The images of the server's folder in which objects were found. */
  #savable(): string[] {
    return this.#done().flatMap(({ source }) =>
      typeof source === "string" && this.#ofFolder.has(source) ? [source] : []
    );
  }

  async #saveBeside(): Promise<void> {
    const ids = this.#savable();
    const others = this.#done().length - ids.length;
    try {
      const files = await this.#remote.save(ids);
      const labels = plural(files.length - 1, "label image");
      this.#controls.say(
        `Saved ${labels} and ${files.at(-1)} in the folder of the images.` +
          (others > 0 ? ` Download the ${plural(others, "other")}.` : ""),
      );
    } catch (error) {
      this.#controls.say((error as Error).message);
    }
  }
}

function applySocket(): string {
  const url = new URL("/apply", location.origin);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}

function rowOf(source: string | File, name: string): ApplyRow {
  return { name, source, isChosen: true, state: "waiting", fraction: 0 };
}

function describe(
  { classes, positiveClass, numFeatures, dimensions, numChannels }: ClassifierFacts,
): string {
  const [features, channels] = [plural(numFeatures, "feature"), plural(numChannels, "channel")];
  return `finds class ${positiveClass} of ${classes.join(", ")} by ${features} in ${dimensions}D ` +
    `images of ${channels}`;
}

function tooLarge({ name, size }: File): DaubError {
  const [most, found] = [MAX_CLASSIFIER, size].map((bytes) => Math.ceil(bytes / 2 ** 20));
  return new DaubError(
    "classifier",
    `Expected a classifier file of at most ${most} MB but found ${found} MB in ${name}. Choose ` +
      "the .cl file that was saved after training.",
    { expected: MAX_CLASSIFIER, found: size, where: name },
  );
}
