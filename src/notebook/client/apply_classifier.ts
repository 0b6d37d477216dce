/// <reference lib="dom" />
import { DaubError } from "../../errors.ts";
import type { LabelImage } from "../../labeling/labels.ts";
import { readImage } from "../../image/read.ts";
import { type ClassifierFacts, MAX_CLASSIFIER } from "../applied_image.ts";
import { frameName, isResult, labelNames, TABLE_NAME } from "../applied_names.ts";
import { applyInTurn, type Found, joinTables } from "../image_batch.ts";
import { RemoteApplier } from "../remote_applier.ts";
import { listRemoteImages, type RemoteImage } from "../remote_images.ts";
import { AppliedView, asLabels } from "./applied_view.ts";
import css from "./apply_classifier.css" with { type: "text" };
import { type ApplyRow, ApplyRows } from "./apply_rows.ts";
import { PageApplier } from "./page_applier.ts";
import { element } from "./painter/element.ts";
import { saveButton } from "./save_button.ts";
import { StyleSheet } from "./style_sheet.ts";
import { zipFiles } from "./zip_files.ts";

const sheet = new StyleSheet(css);

/** What became of one image. */
export interface AppliedResult {
  readonly name: string;
  /** How many objects were found, at all time points together. */
  readonly count?: number;
  readonly milliseconds?: number;
  /** Why there are none. */
  readonly error?: string;
  /** The label image of a time point. Default the first. */
  readonly labels: (frame?: number) => Promise<LabelImage | undefined>;
}

/** A view whose value is what became of the images so far. */
export interface ClassifierApplication extends HTMLElement {
  value: readonly AppliedResult[];
}

const IMAGE_NAME = /\.(tiff?|png|jpe?g)$/i;

/** An image in which objects were found. */
type DoneRow = ApplyRow & { readonly found: Found };

/**
 * Applies a saved classifier to many images, with progress and a button to cancel. Where a server
 * computes, it offers the images of its folder, works on them itself and can write the results
 * beside them; files that are chosen in the browser stay there.
 *
 * @param invalidation When it settles, everything under way is given up.
 */
export function applyClassifier(invalidation?: Promise<unknown>): ClassifierApplication {
  const remote = new RemoteApplier(() => new WebSocket(applySocket()));
  const local = new PageApplier();
  let classifier: { readonly text: string; readonly name: string } | undefined;
  let running: AbortController | undefined;

  const facts = element("output", { class: "daub-apply-facts" }, "none chosen");
  const status = element("output", { class: "daub-apply-status" });
  const progress = element("progress", { "aria-label": "Progress of all images", value: 0 });
  const apply = element("button", { type: "button", class: "daub-apply-go" }, "Apply");
  const cancel = element("button", { type: "button" }, "Cancel");
  const beside = element("button", { type: "button" }, "Save beside the images");
  const table = saveButton(TABLE_NAME, () => joinTables(done()));
  const archive = saveButton("labels.zip", () => zipFiles(labelFiles(done())));
  const view = new AppliedView((row) => nameOf(row));
  const rows = new ApplyRows({ onChoose: () => draw(), onLook: (row) => void view.show(row) });

  const done = () => rows.rows.filter((row): row is DoneRow => row.state === "done");
  const nameOf = (row: ApplyRow) => namesOf(rows.rows)[rows.rows.indexOf(row)];
  const draw = () => {
    const chosen = rows.chosen.length;
    const isRunning = running !== undefined;
    apply.textContent = chosen === 0 ? "Apply" : `Apply to ${count(chosen, "image")}`;
    apply.disabled = isRunning || !classifier || chosen === 0;
    cancel.disabled = !isRunning || running!.signal.aborted;
    rows.isLocked = isRunning;
    const isEmpty = done().length === 0;
    table.disabled = archive.disabled = isEmpty;
    beside.disabled = isRunning || isEmpty;
    progress.max = Math.max(1, chosen);
  };
  const tellValue = () => {
    root.value = rows.rows.filter(({ state }) => state === "done" || state === "failed")
      .map(resultOf);
    root.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const changed = (row: ApplyRow) => {
    rows.update(row);
    progress.value = rows.chosen.reduce(
      (sum, { fraction, state }) => sum + (state === "failed" ? 1 : fraction),
      0,
    );
    if (row.state === "running") {
      const at = rows.chosen.indexOf(row) + 1;
      const text = `${at} of ${rows.chosen.length}: ${row.name}`;
      if (status.textContent !== text) status.textContent = text;
      return;
    }
    if (row.state === "waiting") return;
    if (row === rows.current) void view.show(row);
    else if (!rows.current && row.state === "done") rows.look(row);
    tellValue();
    draw();
  };

  const take = async (file: File) => {
    classifier = undefined;
    facts.dataset.state = "reading";
    facts.textContent = file.name;
    draw();
    try {
      if (file.size > MAX_CLASSIFIER) throw tooLarge(file);
      const read = { text: await file.text(), name: file.name };
      facts.textContent = `${file.name}: ${describe(await local.load(read.text, read.name))}`;
      facts.dataset.state = "ready";
      classifier = read;
    } catch (error) {
      facts.dataset.state = "failed";
      facts.textContent = (error as Error).message;
    }
    draw();
  };
  const run = async () => {
    const { signal } = running = new AbortController();
    const { text, name } = classifier!;
    const chosen = rows.chosen;
    for (const row of chosen) {
      rows.update(
        Object.assign(row, { state: "waiting", fraction: 0, found: undefined, error: undefined }),
      );
    }
    draw();
    try {
      if (chosen.some(({ source }) => typeof source === "string")) await remote.load(text, name);
      await applyInTurn(
        chosen,
        ({ source }, options) =>
          typeof source === "string" ? remote.apply(source, options) : local.apply(source, options),
        {
          signal,
          onChange: changed,
        },
      );
      const failed = chosen.filter(({ state }) => state === "failed").length;
      status.textContent = `${count(chosen.length - failed, "image")} done` +
        (failed > 0 ? `, ${failed} failed.` : ".");
    } catch (error) {
      const finished = chosen.filter(({ state }) => state === "done").length;
      status.textContent = signal.aborted
        ? `Cancelled; ${finished} of ${count(chosen.length, "image")} done.`
        : (error as Error).message;
    } finally {
      running = undefined;
      draw();
    }
  };
  const saveBeside = async () => {
    beside.disabled = true;
    try {
      const ids = done().flatMap(({ source }) => typeof source === "string" ? [source] : []);
      const files = await remote.save(ids);
      status.textContent = `Saved ${count(files.length - 1, "label image")} and ${
        files.at(-1)
      } in the folder of the images.`;
    } catch (error) {
      status.textContent = (error as Error).message;
    }
    draw();
  };
  const list = async () => {
    const found = (await remoteImages()).filter(({ group }) => group !== "upload");
    const folder = found.filter(({ group }) => group !== "sample");
    const offered = folder.length > 0 ? folder : found;
    beside.hidden = !offered.some(({ group }) => group === "folder");
    rows.add(offered.filter(({ name }) => !isResult(name)).map(({ id, name }) => rowOf(id, name)));
    rows.hint = "No images yet: choose files or a folder below.";
    draw();
  };

  const addFiles = (files: FileList | null) => {
    const images = [...files ?? []].filter(({ name }) => IMAGE_NAME.test(name) && !isResult(name));
    rows.add(images.map((file) => rowOf(file, file.webkitRelativePath || file.name)));
    draw();
  };
  const chooser = (
    label: string,
    name: string,
    attributes: Record<string, string | boolean>,
    taken: (files: FileList | null) => void,
  ) => {
    const input = element("input", {
      type: "file",
      "aria-label": name,
      ...attributes,
      input: (event: Event) => event.stopPropagation(),
      change: (event: Event) => {
        event.stopPropagation();
        taken(input.files);
        // The same file again is a change, too.
        input.value = "";
      },
    });
    return element("label", { class: "daub-apply-file" }, label, input);
  };
  const images = ".tif,.tiff,.png,.jpg,.jpeg";
  const root = element(
    "div",
    { class: "daub-apply" },
    element(
      "div",
      { class: "daub-apply-line" },
      chooser("Choose a classifier …", "Classifier file", { accept: ".cl" }, (files) => {
        if (files?.[0]) void take(files[0]);
      }),
      facts,
    ),
    element(
      "div",
      { class: "daub-apply-halves" },
      element(
        "div",
        { class: "daub-apply-list" },
        rows.element,
        element(
          "div",
          { class: "daub-apply-line" },
          chooser("Add files …", "Images", { accept: images, multiple: true }, addFiles),
          chooser("Add a folder …", "Folder of images", { webkitdirectory: true }, addFiles),
        ),
        element("div", { class: "daub-apply-line" }, apply, cancel, progress),
        status,
        element("div", { class: "daub-apply-line" }, table, archive, beside),
      ),
      view.element,
    ),
  ) as HTMLElement as ClassifierApplication;
  root.value = [];
  apply.addEventListener("click", () => void run());
  cancel.addEventListener("click", () => {
    running?.abort();
    status.textContent = "Cancelling …";
    draw();
  });
  beside.addEventListener("click", () => void saveBeside());
  for (const type of ["input", "change"]) {
    rows.element.addEventListener(type, (event) => event.stopPropagation());
  }
  sheet.follow(root);
  draw();
  void list();
  invalidation?.then(() => {
    running?.abort();
    void remote[Symbol.asyncDispose]();
    local[Symbol.dispose]();
    view.dispose();
  });
  return root;
}

/** The server's images; none where the page computes by itself. */
async function remoteImages(): Promise<readonly RemoteImage[]> {
  if (new URLSearchParams(location.search).get("engine") === "page") return [];
  // Whoever serves the page need not compute.
  return await listRemoteImages(location.origin).catch(() => []);
}

function applySocket(): string {
  const url = new URL("/apply", location.origin);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}

function rowOf(source: string | File, name: string): ApplyRow {
  return { name, source, isChosen: true, state: "waiting", fraction: 0 };
}

function namesOf(rows: readonly ApplyRow[]): string[] {
  return labelNames(rows.map(({ name }) => name));
}

function* labelFiles(rows: readonly DoneRow[]): Generator<readonly [string, Blob]> {
  const names = namesOf(rows);
  for (const [i, { found: { frames } }] of rows.entries()) {
    for (const [frame, { labels }] of frames.entries()) {
      yield [frameName(names[i], frame, frames.length), labels];
    }
  }
}

function resultOf({ name, found, error }: ApplyRow): AppliedResult {
  const labels = async (frame = 0) => {
    const file = found?.frames[frame];
    return file && asLabels(await readImage(file.labels), file.count);
  };
  return {
    name,
    labels,
    ...(found && {
      count: found.frames.reduce((sum, frame) => sum + frame.count, 0),
      milliseconds: found.milliseconds,
    }),
    ...(error && { error: error.message }),
  };
}

function describe({ classes, positiveClass, numFeatures, dimensions }: ClassifierFacts): string {
  return `finds class ${positiveClass} of ${classes.join(", ")} by ${
    count(numFeatures, "feature")
  } in ${dimensions}D images`;
}

function count(number: number, what: string): string {
  return `${number.toLocaleString("en")} ${what}${number === 1 ? "" : "s"}`;
}

function tooLarge({ name, size }: File): DaubError {
  return new DaubError(
    "classifier",
    `Expected a classifier file of at most ${MAX_CLASSIFIER / 2 ** 20} MB but found ${
      Math.ceil(size / 2 ** 20)
    } MB in ${name}. Choose the .cl file that was saved after training.`,
    { expected: MAX_CLASSIFIER, found: size, where: name },
  );
}
