/// <reference lib="dom" />
import type { BackendChoice } from "../../../backend.ts";
import type { Image } from "../../../image/image.ts";
import type { Engine, EngineOptions, EngineResult } from "../../engine.ts";
import type { ImageSource } from "../../engine_messages.ts";
import type { LiveState, Pump } from "../../live.ts";
import { segmentLive } from "../../segmentation.ts";
import { keepView, type KeptView } from "../keep_view.ts";
import { type LabelView, labelView } from "../label_view.ts";
import { type LiveSwitch, liveSwitch } from "../live_switch.ts";
import { classifierOptions, type OptionsForm } from "../options_form.ts";
import { PageJournal } from "../page_journal.ts";
import { element } from "../painter/element.ts";
import { paint, type Painter, type PainterValue } from "../painter/paint.ts";
import type { PainterSettings } from "../painter/settings.ts";
import { styleWherever } from "../painter/styles.ts";
import { saveButton } from "../save_button.ts";
import css from "./segmenter.css" with { type: "text" };
import { SegmenterValue } from "./segmenter_value.ts";
import type { StartedEngine } from "./start_engine.ts";

/** An image: its address (relative to the page), its file, or its pixels. */
export type EmbedImage = string | URL | Blob | Image | readonly Image[];

/** What {@linkcode segmenter} takes. */
export interface SegmenterOptions {
  /** The image to segment, 2D or 3D, of one or more channels. */
  readonly image: EmbedImage;
  /**
   * Class numbers to begin with, of the image's size. Default what was painted in this browser
   * before, see `keep`.
   */
  readonly annotation?: EmbedImage;
  /** Features, forest, positive class and connectivity, as far as they are not the usual ones. */
  readonly options?: Partial<EngineOptions>;
  /** Tools, classes, colours and the rest that the painter starts with. */
  readonly settings?: Partial<PainterSettings>;
  /**
   * Whether the browser keeps strokes, options and view, to be found again with the same image.
   * Default true, unless an annotation is given: then whoever gives it keeps it.
   */
  readonly keep?: boolean;
  /**
   * Whether every change of strokes and options is followed at once. When it is given, there is a
   * switch for it, which begins so, and while that is off its button or the key U updates once.
   * Default true, without a switch.
   */
  readonly live?: boolean;
  /** Where it is computed. Default `"auto"`: WebGPU where there is a GPU, else the processor. */
  readonly backend?: BackendChoice;
  /** Cleans up when it aborts. */
  readonly signal?: AbortSignal;
}

/**
 * A segmenter in a page: a painter, and beside it the objects that a forest finds from the strokes
 * while they are painted. An Observable view: its `value` tells of itself by `input` events that
 * bubble, and setting it is silent.
 */
export interface Segmenter extends HTMLElement {
  /** Annotation, labels and classifier; an annotation may be set. */
  get value(): SegmenterValue | undefined;
  set value(value: { readonly annotation?: PainterValue } | null | undefined);
  /** The options in force; may be set in part. Undefined until the image is open. */
  get options(): EngineOptions | undefined;
  set options(options: Partial<EngineOptions> | undefined);
  /** Settles when the image can be painted on; rejects when it cannot be opened. */
  readonly ready: Promise<void>;
  /** The painter, once there is one. */
  readonly painter: Painter | undefined;
  /** The view of the labels, once there is one. */
  readonly labelView: LabelView | undefined;
  /** Where it is computed, in words, once that is known. */
  readonly device: string | undefined;
  /** Ends the computation, frees the memory and stops listening to anything. */
  dispose(): void;
}

const HINT = "Paint a little background, press =, and paint a little of an object.";

/** All of a segmenter once its image is open. */
interface Opened {
  readonly engine: Engine;
  readonly painter: Painter;
  readonly view: LabelView;
  readonly options: OptionsForm;
  readonly pump: Pump<unknown, EngineResult>;
}

/** Starts whoever computes for a segmenter. */
export type StartEngine = () => Promise<StartedEngine>;

/** Makes a segmenter; the image is opened in the background, and errors are shown in its place. */
export function segmenter(request: SegmenterOptions, start: StartEngine): Segmenter {
  const controller = new AbortController();
  const { signal } = controller;
  const ended = new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  const root = element("div", { class: "daub daub-segmenter", "data-status": "running" });
  const wait = element("div", { class: "daub-wait", role: "status" }, "Opening the image …");
  const alarm = element("div", { class: "daub-error", role: "alert", hidden: true });
  root.append(wait, alarm);
  styleWherever(root, signal, css);

  let opened: Opened | undefined;
  let result: EngineResult | undefined;
  let early: PainterValue;
  let earlyOptions: Partial<EngineOptions> = {};

  const complain = (error: unknown) => {
    root.dataset.status = "failed";
    alarm.hidden = false;
    alarm.textContent = error instanceof Error ? error.message : String(error);
  };
  const tell = () => root.dispatchEvent(new Event("input", { bubbles: true }));

  const open = async () => {
    const started = await start();
    signal.addEventListener("abort", () => started.stop(), { once: true });
    if (signal.aborted) return started.stop();
    root.dataset.thread = started.isWorker ? "worker" : "page";
    const { engine, options, painted } = await openImage(started, request, signal);
    const { image } = engine;
    const isKept = request.keep ?? request.annotation === undefined;
    const journal = isKept ? await PageJournal.open(image.contentKey, image.size) : undefined;
    signal.addEventListener("abort", () => journal?.close(), { once: true });
    if (signal.aborted) return journal?.close();
    const kept = journal?.notes.view as KeptView | undefined;
    const painter = paint(image.channels, {
      frames: image.size.frames,
      loadFrame: (time, signal) => engine.frame(time, signal),
      annotation: journal?.annotation,
      settings: { ...request.settings, ...kept?.painter },
      signal,
    });
    if (early ?? painted) painter.value = early ?? painted;
    keepView(painter, kept, (view) => journal?.note({ view }), signal);
    const view = labelView(engine.image.channels, undefined, { painter, signal });
    const chosen = classifierOptions(engine.image, {
      value: { ...options, ...request.options, ...journal?.notes.options, ...earlyOptions },
    });
    chosen.addEventListener("input", () => journal?.note({ options: chosen.value }), { signal });
    const live = request.live === undefined ? undefined : liveSwitch({
      value: request.live,
      invalidation: ended,
    });
    const results = segmentLive(engine, {
      annotation: painter,
      options: chosen,
      ...(live && { live }),
    });
    const { pump } = results;
    const foot = footOf(() => result, () => pump.cancel(), live);
    signal.addEventListener("abort", () => void results.return(), { once: true });
    opened = { engine, painter, view, options: chosen, pump };

    wait.replaceWith(
      element("div", { class: "daub-panes" }, painter, view),
      foot.element,
      element("details", { class: "daub-more" }, element("summary", {}, "Options"), chosen),
    );
    // The painter's own events say less than the segmenter's.
    painter.addEventListener("input", (event) => {
      event.stopPropagation();
      root.dataset.revision = String(painter.annotation.revision);
      tell();
    }, { signal });
    for (const part of [view, chosen, ...live ? [live] : []]) {
      part.addEventListener("input", (event) => event.stopPropagation(), { signal });
    }
    root.dataset.revision = String(painter.annotation.revision);
    root.dataset.device = engine.device;

    void follow(pump.states(), (state) => {
      const isHint = isAboutStrokes(state);
      root.dataset.status = isHint ? "stale" : state.status;
      view.stale = ["stale", "failed"].includes(root.dataset.status);
      alarm.hidden = state.status !== "failed" || isHint;
      if (!alarm.hidden) complain(state.error);
      foot.show(state, engine);
    });
    void follow(results, (next) => {
      result = next;
      view.show(next.labels, next.revision, next.frame);
      root.dataset.objects = String(next.labels.count);
      root.dataset.answered = String(next.revision);
      foot.show(pump.state, engine);
      tell();
    });
    tell();
  };

  const ready = open().catch((error) => {
    if (signal.aborted) return;
    wait.remove();
    complain(error);
    throw error;
  });
  // Shown in place; who awaits it is told too.
  ready.catch(() => {});
  const dispose = () => controller.abort();
  request.signal?.addEventListener("abort", dispose, { once: true, signal });

  return Object.defineProperties(root, {
    value: {
      get: () => opened && new SegmenterValue(opened.painter.annotation.snapshot(), result),
      set: (value: { annotation?: PainterValue } | null | undefined) => {
        if (!opened) early = value?.annotation;
        else {
          opened.painter.value = value?.annotation;
          root.dataset.revision = String(opened.painter.annotation.revision);
          opened.pump.change();
        }
      },
    },
    options: {
      get: () => opened?.options.value,
      set: (part: Partial<EngineOptions> | undefined) => {
        if (opened) {
          opened.options.value = part ?? {};
          opened.pump.change();
        } else earlyOptions = { ...earlyOptions, ...part };
      },
    },
    ready: { value: ready },
    painter: { get: () => opened?.painter },
    labelView: { get: () => opened?.view },
    device: { get: () => opened?.engine.device },
    dispose: { value: dispose },
  }) as unknown as Segmenter;
}

async function openImage(
  { line }: StartedEngine,
  { image, annotation, backend }: SegmenterOptions,
  signal: AbortSignal,
) {
  const painted = annotation === undefined
    ? undefined
    : (await line.read(sourceOf(annotation), { signal }))[0];
  const name = nameOf(image);
  return { painted, ...await line.open(sourceOf(image), { name, backend, signal }) };
}

/** What can be sent to the thread that computes: addresses are the page's. */
function sourceOf(image: EmbedImage): ImageSource {
  if (typeof image === "string" || image instanceof URL) {
    return new URL(image, document.baseURI).href;
  }
  if (image instanceof Blob) return image;
  return Array.isArray(image) ? image : [image as Image];
}

function nameOf(image: EmbedImage): string | undefined {
  if (image instanceof File) return image.name;
  if (typeof image !== "string" && !(image instanceof URL)) return undefined;
  const { pathname, protocol } = new URL(image, document.baseURI);
  if (!/^https?:/.test(protocol)) return undefined;
  return decodeURIComponent(pathname.split("/").at(-1) ?? "") || undefined;
}

/** Whether what failed is only that not enough has been painted yet. */
function isAboutStrokes({ error }: LiveState): boolean {
  return (error as { tag?: string } | undefined)?.tag === "annotation";
}

/** The row below: what was found or is to be done, what is under way, and files to keep. */
function footOf(
  result: () => EngineResult | undefined,
  cancel: () => void,
  live: LiveSwitch | undefined,
) {
  const status = element("output", { "aria-live": "polite" });
  const progress = element("progress", { "aria-label": "Progress" });
  const busy = element(
    "span",
    { class: "daub-busy", hidden: true },
    progress,
    element("button", { type: "button", class: "daub-cancel", click: cancel }, "Cancel"),
  );
  const save = saveButton("ObjectSegmenter.cl", () => result()?.classifier.text ?? "");
  save.disabled = true;
  return {
    element: element("div", { class: "daub-foot" }, ...live ? [live] : [], status, busy, save),
    show(state: LiveState, { device }: Engine): void {
      const { count } = result()?.labels ?? {};
      save.disabled = count === undefined;
      // A switch shows that itself.
      busy.hidden = live !== undefined || state.status !== "running";
      if (state.progress) progress.value = state.progress.fraction;
      else progress.removeAttribute("value");
      const found = count === undefined
        ? "No objects yet"
        : `${count.toLocaleString("en")} object${count === 1 ? "" : "s"}`;
      // What never computed names no device.
      const what = state.error && count === undefined ? found : `${found} · ${device}`;
      const text = isAboutStrokes(state) ? HINT : what;
      // Said again only when it has changed.
      if (status.textContent !== text) status.textContent = text;
    },
  };
}

async function follow<T>(values: AsyncIterable<T>, take: (value: T) => void): Promise<void> {
  for await (const value of values) take(value);
}
