/// <reference lib="dom" />
import { DaubError } from "../../../errors.ts";
import { describeSize, type Image } from "../../../image/image.ts";
import { Annotation, type AnnotationCommand, type AnnotationSize } from "../../annotation.ts";
import { pasteCommand } from "../../annotation_runs.ts";
import { AnnotationSnapshot } from "../../annotation_snapshot.ts";
import { Value, type ValueSource } from "../../value_source.ts";
import { packHex } from "../palette.ts";
import { Viewport } from "../viewport.ts";
import { ClassLayer } from "./class_layer.ts";
import { ClassList } from "./class_list.ts";
import { measureContrast } from "./contrast.ts";
import { DisplayPanel } from "./display_panel.ts";
import { element } from "./element.ts";
import { type FrameLoader, Frames } from "./frames.ts";
import { listenToGestures } from "./gestures.ts";
import { ImageLayer } from "./image_layer.ts";
import { keySheet } from "./key_sheet.ts";
import { listenToKeys } from "./keyboard.ts";
import { type KeyBinding, keyBindings } from "./keymap.ts";
import { Overlay } from "./overlay.ts";
import type { PaintedImage } from "./painted_image.ts";
import { type Fact, formatValue, Readout } from "./readout.ts";
import { PixelFacts } from "./pixel_facts.ts";
import { type PainterSettings, Settings } from "./settings.ts";
import { sliceSliders } from "./slice_sliders.ts";
import { Stage } from "./stage.ts";
import type { TileLayer } from "./tile_layer.ts";
import { styleWherever } from "./styles.ts";
import { Toolbar } from "./toolbar.ts";
import { Tools } from "./tools.ts";
import { warmUpStrokes } from "./warm_up.ts";

export type { PaintedImage };

/** What {@linkcode paint} takes beside the image; everything may be left out. */
export interface PaintOptions {
  /** The annotation to show and to paint into, shared with others; an empty one unless given. */
  readonly annotation?: Annotation;
  /** Tools, classes, colours and the rest to start with. */
  readonly settings?: Partial<PainterSettings>;
  /** What is in view, shared with other views of the image. */
  readonly viewport?: Viewport;
  /** How many time points there are, where only the first is given. */
  readonly frames?: number;
  /** Fetches the channels of a time point when it is looked at. */
  readonly loadFrame?: FrameLoader;
  /** What is shown between image and strokes, such as objects to paint over. */
  readonly underlay?: PaintUnderlay;
  /** Further lines for the sheet of keys; those with `run` work in the painter. */
  readonly keys?: readonly KeyBinding[];
  /** Further facts about the pixel under the pointer, for example its probability. */
  readonly describe?: PixelDescriber;
  /** Cleans up when it aborts; in a notebook, `invalidation` does. */
  readonly signal?: AbortSignal;
}

/** What a painter shows between image and strokes. */
export interface PaintUnderlay {
  readonly tiles: TileLayer;
  /** Called once with the surface to draw on when what is shown has changed. */
  attach(stage: Stage, signal: AbortSignal): void;
}

/** Facts about a pixel; those that take a while may come later. */
export type PixelDescriber = (
  x: number,
  y: number,
  z: number,
  t: number,
) => readonly Fact[] | Promise<readonly Fact[]>;

/** What can be given as the value of a painter. */
export type PainterValue = AnnotationSnapshot | Image | null | undefined;

/**
 * The painter as a view: an element with a `value` that tells of the user's changes by `input`
 * events that bubble. Setting the value is silent.
 */
export interface Painter extends HTMLElement {
  /** The annotation as it is now; it does not change when painting goes on. */
  get value(): AnnotationSnapshot;
  set value(value: PainterValue);
  /** The annotation that is painted into. */
  readonly annotation: Annotation;
  readonly viewport: Viewport;
  /** The time point that is shown. */
  readonly frame: ValueSource<number>;
  /** The image, time point by time point. */
  readonly frames: Frames;
  /** Tells facts about the pixel under the pointer; may be replaced. */
  describe: PixelDescriber | undefined;
  /** Everything the user can set, as plain data; may be set in part. */
  get settings(): PainterSettings;
  set settings(settings: Partial<PainterSettings>);
  /** Calls the listener now and whenever settings or view change, to keep them. */
  onSettings(listener: () => void, signal?: AbortSignal): void;
  /** Stops listening to anything. */
  dispose(): void;
}

/**
 * A painter for an image: brush, eraser, fill, polygon and picker in classes, with undo, zoom and
 * napari's keys.
 *
 * @throws {DaubError} `image` when there is no channel or they differ in size; `annotation` when
 * the annotation given has another size.
 */
export function paint(image: PaintedImage, options: PaintOptions = {}): Painter {
  const frames = new Frames(image, options.frames, options.loadFrame);
  const channels = frames.first;
  const { width, height, depth } = channels[0];
  const size = { width, height, depth, frames: frames.count };
  const controller = new AbortController();
  const { signal } = controller;
  options.signal?.addEventListener("abort", () => controller.abort(), { once: true, signal });

  const annotation = options.annotation ?? new Annotation(size);
  checkSize(annotation, size);
  const viewport = options.viewport ?? new Viewport(size);
  const channel = Math.min(options.settings?.channel ?? 0, channels.length - 1);
  const settings = new Settings({
    ...measureContrast(channels[channel]).auto,
    ...options.settings,
    channel,
  });
  const imageLayer = new ImageLayer(frames, settings.now, signal);
  const classLayer = new ClassLayer(annotation, signal);
  const stage = new Stage(
    viewport,
    [
      { tiles: imageLayer.tiles, opacity: () => 1, patient: true },
      ...(options.underlay ? [{ tiles: options.underlay.tiles, opacity: () => 1 }] : []),
      { tiles: classLayer.tiles, opacity: () => settings.now.visible ? settings.now.opacity : 0 },
    ],
    "Annotation",
    signal,
  );

  options.underlay?.attach(stage, signal);

  const status = element("div", { class: "daub-status", role: "status", "aria-live": "polite" });
  const say = (message: string) => status.textContent = message;
  const apply = (command: AnnotationCommand) => annotation.apply(command, "page");
  const tools = new Tools(stage, annotation, settings, apply, say, signal);
  const overlay = new Overlay(stage, settings, tools);
  const leave = () => stage.canvas.focus({ preventScroll: true });
  const actions = {
    undo: () => {
      if (tools.dropCorner()) say("Corner dropped");
      else say(annotation.undo() ? "Undone" : "Nothing to undo");
    },
    redo: () => say(annotation.redo() ? "Done again" : "Nothing to redo"),
    resetView: () => viewport.reset(),
    zoom: (factor: number) => {
      const { scale, left, top } = stage.transform;
      const [x, y] = overlay.point
        ? [left + overlay.point.x * scale, top + overlay.point.y * scale]
        : [stage.width / 2, stage.height / 2];
      viewport.zoomAt(x, y, factor, stage.width, stage.height);
    },
    showKeys: () => sheet.showModal(),
    toggleDisplay: () => {
      panel.element.hidden = !panel.element.hidden;
      toolbar.displayButton.setAttribute("aria-expanded", String(!panel.element.hidden));
    },
    close: () => {
      if (panel.element.hidden) return false;
      actions.toggleDisplay();
      toolbar.displayButton.focus();
      return true;
    },
  };
  const toolbar = new Toolbar(settings, { ...actions, leave }, depth > 1, signal);
  const panel = new DisplayPanel(settings, channels, signal);
  const bindings = [...keyBindings(settings, tools, actions), ...options.keys ?? []];
  const sheet = keySheet(bindings);
  const classes = new ClassList(settings, annotation, apply, signal);
  const readout = new Readout();
  stage.element.append(panel.element);
  const body = element(
    "div",
    { class: "daub-frame" },
    toolbar.element,
    stage.element,
    sliceSliders(viewport, signal),
    classes.element,
    readout.element,
  );
  // What the controls tell of themselves is no news about the annotation.
  for (const type of ["input", "change"]) {
    body.addEventListener(type, (event) => event.stopPropagation());
  }
  const root = element("div", { class: "daub daub-painter" }, body, sheet, status);

  let silent = false;
  let describe = options.describe;
  let hovered: { x: number; y: number } | undefined;
  const describePixel = new PixelFacts((facts) => readout.show(facts));
  const showPixel = () => describePixel.show(factsAt(hovered));
  const factsAt = (point: { x: number; y: number } | undefined) => {
    if (!point) return undefined;
    const [x, y] = [Math.floor(point.x), Math.floor(point.y)];
    if (x < 0 || y < 0 || x >= width || y >= height) return undefined;
    const { z, t } = viewport.view;
    const value = annotation.at(x, y, z, t);
    const facts: Fact[] = [
      ["", [x, y, ...(depth > 1 ? [z] : [])].join(", ")],
      ["value", formatValue(imageLayer.valueAt(x, y, viewport.slice))],
      ["painted", value === 0 ? "–" : `${value} ${settings.nameOf(value)}`],
    ];
    return { facts, more: () => describe?.(x, y, z, t) };
  };
  const update = () => {
    for (const host of [root, stage.canvas]) {
      host.dataset.revision = String(annotation.revision);
    }
    toolbar.setHistory(annotation.undoDepth, annotation.redoDepth);
    classes.updateCounts();
    showPixel();
  };

  annotation.listen((change) => {
    for (const region of change.regions) {
      if (region.slice === viewport.slice) stage.drawBox(region);
    }
    settings.know(annotation.snapshot().classes);
    update();
    if (!silent) root.dispatchEvent(new Event("input", { bubbles: true }));
  }, signal);
  let before = settings.now;
  settings.follow(() => {
    const now = settings.now;
    if (now.tool !== before.tool) say(now.tool);
    else if (now.value !== before.value) say(`Class ${now.value}, ${settings.nameOf(now.value)}`);
    else if (now.size !== before.size) say(`Brush size ${now.size}`);
    before = now;
    imageLayer.setLook(now);
    const colors = new Uint32Array(256);
    for (let value = 1; value < 256; value++) {
      if (!now.selectedOnly || value === now.value) colors[value] = packHex(settings.color(value));
    }
    classLayer.setLook(colors, now.contour);
    stage.element.dataset.tool = now.tool;
    stage.draw();
    overlay.update();
  }, signal);
  const frame = new Value(viewport.view.t);
  viewport.listen(() => {
    readout.showZoom(stage.transform.scale);
    showPixel();
    const { t } = viewport.view;
    if (t !== frame.value) frame.change(t);
  }, signal);
  frames.listen(() => {
    stage.draw();
    showPixel();
  }, signal);
  stage.onDraw(() => readout.showZoom(stage.transform.scale));

  listenToGestures(stage, (event) => {
    const drag = tools.start(event);
    return drag && {
      move: (events) => drag.move(events),
      end: (cancelled) => {
        drag.end(cancelled);
        root.dispatchEvent(new Event("change", { bubbles: true }));
      },
    };
  }, signal);
  listenToKeys(root, stage, settings, tools, overlay, bindings, say, signal);
  stage.canvas.addEventListener("pointermove", (event) => {
    hovered = stage.imagePoint(event);
    overlay.moveTo(hovered);
    showPixel();
  }, { signal });
  stage.canvas.addEventListener("pointerleave", () => {
    hovered = undefined;
    overlay.moveTo(undefined);
    showPixel();
  }, { signal });
  stage.canvas.addEventListener("dblclick", () => {
    // The second click of a double click has set a corner where there was one.
    if (settings.now.tool === "polygon" && tools.dropCorner()) tools.closePolygon();
  }, { signal });

  sheet.addEventListener("close", leave, { signal });

  settings.know(annotation.snapshot().classes);
  update();
  styleWherever(root, signal);
  warmUpStrokes();

  /** The contrast of another channel, unless one is chosen with it. */
  const contrastOf = ({ channel, low, high }: Partial<PainterSettings>) => {
    const image = channel === settings.now.channel ? undefined : channels[channel ?? -1];
    return image && low === undefined && high === undefined ? measureContrast(image).auto : {};
  };
  const setValue = (value: PainterValue) => {
    if (value instanceof AnnotationSnapshot && value.isOf(annotation)) return;
    silent = true;
    try {
      if (value instanceof AnnotationSnapshot) {
        annotation.apply(pasteCommand({ data: value.toUint8Array() }, annotation.size), "value");
      } else if (value) annotation.apply(pasteCommand(value, annotation.size), "value");
      else annotation.apply({ kind: "clear" }, "value");
    } finally {
      silent = false;
    }
  };
  return Object.defineProperties(root, {
    value: { get: () => annotation.snapshot(), set: setValue },
    settings: {
      get: () => settings.now,
      set: (part: Partial<PainterSettings>) => settings.change({ ...contrastOf(part), ...part }),
    },
    annotation: { value: annotation },
    viewport: { value: viewport },
    frame: { value: frame },
    frames: { value: frames },
    describe: {
      get: () => describe,
      set: (next: PixelDescriber | undefined) => {
        describe = next;
        showPixel();
      },
    },
    onSettings: {
      value: (listener: () => void, until?: AbortSignal) => {
        const both = until ? AbortSignal.any([until, signal]) : signal;
        settings.follow(listener, both);
        viewport.listen(listener, both);
      },
    },
    dispose: { value: () => controller.abort() },
  }) as unknown as Painter;
}

function checkSize(annotation: Annotation, size: Required<AnnotationSize>): void {
  const found = annotation.size;
  const differs = found.width !== size.width || found.height !== size.height ||
    found.depth !== size.depth || found.frames !== size.frames;
  if (!differs) return;
  throw new DaubError(
    "annotation",
    `Expected an annotation of ${describeSize(size)} pixels, as the image, but found one of ` +
      `${describeSize(found)}. Start with an empty annotation, or open the image it belongs to.`,
    { expected: size, found },
  );
}
