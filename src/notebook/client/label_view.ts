/// <reference lib="dom" />
import { DaubError } from "../../errors.ts";
import { describeSize, sameSize } from "../../image/image.ts";
import type { LabelImage } from "../../labeling/labels.ts";
import { type Explained, measurementFacts, predictionFacts } from "./label_view_facts.ts";
import { ObjectBoxes } from "./label_view_boxes.ts";
import { StableColors } from "./label_view_colors.ts";
import { LabelControls, type LabelLook } from "./label_view_controls.ts";
import { LabelLayer } from "./label_view_layer.ts";
import type { ObjectLink } from "../object_link.ts";
import { labelColor } from "./palette.ts";
import { measureContrast } from "./painter/contrast.ts";
import { element } from "./painter/element.ts";
import { listenToGestures, panDrag } from "./painter/gestures.ts";
import { listenToViewKeys } from "./painter/view_keys.ts";
import { ImageLayer } from "./painter/image_layer.ts";
import { Frames } from "./painter/frames.ts";
import type { PaintedImage } from "./painter/painted_image.ts";
import { PixelFacts } from "./painter/pixel_facts.ts";
import { type Fact, formatValue, Readout } from "./painter/readout.ts";
import { sliceSliders } from "./painter/slice_sliders.ts";
import type { Painter } from "./painter/paint.ts";
import { Stage } from "./painter/stage.ts";
import { ObjectTip } from "./label_view_tip.ts";
import { styleWherever } from "./painter/styles.ts";
import { Viewport } from "./viewport.ts";

/** What {@linkcode labelView} takes beside image and labels; everything may be left out. */
export interface LabelViewOptions {
  /** The painter of the same image: both pan, zoom, and change slices and contrast together. */
  readonly painter?: Painter;
  /** The time points of the image, where they come as they are looked at. */
  readonly frames?: Frames;
  /** What steers the computation of the labels; stands below them. */
  readonly live?: HTMLElement;
  /** What is in view, shared with other views than the painter. */
  readonly viewport?: Viewport;
  /** How the labels are shown to start with. */
  readonly look?: Partial<LabelLook>;
  /** Facts about an object, shown while the pointer is on it. Default its measurements. */
  readonly describe?: (label: number) => readonly Fact[] | Promise<readonly Fact[]>;
  /** Hover and selection, shared with other views of the same objects. */
  readonly link?: ObjectLink;
  /** Cleans up when it aborts. */
  readonly signal?: AbortSignal;
}

/**
 * The label view: an element whose `value` is the object that was clicked, 0 for none, with
 * `input` events as the painter's.
 */
export interface LabelView extends HTMLElement {
  value: number;
  /** The labels shown. */
  readonly labels: LabelImage | undefined;
  /** Whether the labels are older than the strokes: they fade, and the image stays as it is. */
  stale: boolean;
  readonly viewport: Viewport;
  /**
   * Shows newer labels; objects keep their colours while they change.
   *
   * @param frame The time point that they are of. Default 0.
   * @param numberOf The number that an object's colour is chosen by, where another view knows it.
   */
  show(
    labels: LabelImage,
    revision?: number | string,
    frame?: number,
    numberOf?: (label: number) => number,
  ): void;
  /** Does beforehand what showing large labels would hold the page up for. */
  prepare(labels: LabelImage): Promise<void>;
  /** The number that an object's colour is chosen by. */
  colorNumber(label: number): number;
  /** Gives objects other colours, as canvas pixels by label; their own again without. */
  paint(colorOf?: (label: number) => number): void;
  /** Tells what the labels were found by, so that classes and probabilities can be told. */
  explain(found: Explained): void;
  /** How the labels are shown; may be set in part. */
  get look(): LabelLook;
  set look(look: Partial<LabelLook>);
  /** Stops listening to anything. */
  dispose(): void;
}

const HIGHLIGHT = 0xffffffff;
/** How much of their opacity labels keep that are older than the strokes. */
const FADED = 0.5;
/** The opacity, in a canvas pixel, of objects that are not among those selected. */
const FAINT = 0x40000000;

/**
 * Labels over the image they were found in: filled or outlined, in colours that stay while the
 * objects change; the object under the pointer is highlighted.
 *
 * @throws {DaubError} `image` when there is no channel, or channels or labels differ in size.
 */
export function labelView(
  image: PaintedImage,
  labels?: LabelImage,
  options: LabelViewOptions = {},
): LabelView {
  const frames = options.frames ?? options.painter?.frames ?? new Frames(image);
  const channels = frames.first;
  const { width, height, depth } = channels[0];
  const controller = new AbortController();
  const { signal } = controller;
  options.signal?.addEventListener("abort", () => controller.abort(), { once: true, signal });

  const { painter } = options;
  const viewport = options.viewport ?? painter?.viewport ??
    new Viewport({ width, height, depth, frames: frames.count });
  const controls = new LabelControls(options.look ?? {}, () => viewport.reset());
  const imageLayer = new ImageLayer(
    frames,
    { ...measureContrast(channels[0]).auto, colormap: "gray", channel: 0 },
    signal,
  );
  const layer = new LabelLayer(width, height);
  const stable = new StableColors();
  // The labels lie right of the swipe's edge; at 0 they cover the image.
  const beyond = (whole: number) => Math.round(whole * controls.look.swipe);
  const stage = new Stage(
    viewport,
    [
      { tiles: imageLayer.tiles, opacity: () => controls.look.image ? 1 : 0, patient: true },
      {
        tiles: layer.tiles,
        // Those of another time point stay in sight until this one's have come.
        opacity: () =>
          controls.look.opacity * (viewport.view.t === shownFrame ? 1 : 0.4) * (stale ? FADED : 1),
        clip: (w, h) => ({ x: beyond(w), y: 0, width: w - beyond(w), height: h }),
      },
    ],
    "Labels",
    signal,
  );
  stage.element.append(controls.swipe);
  stage.element.dataset.tool = "pan";
  const readout = new Readout();
  const frame = element(
    "div",
    { class: "daub-frame" },
    controls.element,
    stage.element,
    sliceSliders(viewport, signal),
    options.live,
    readout.element,
  );
  for (const type of ["input", "change"]) {
    frame.addEventListener(type, (event) => event.stopPropagation());
  }
  const root = element("div", { class: "daub daub-labels" }, frame);

  let shown: LabelImage | undefined;
  let shownFrame = 0;
  let stale = false;
  let explained: Explained | undefined;
  let numbers: Uint32Array = new Uint32Array(1);
  let boxes: ObjectBoxes | undefined;
  let highlighted = 0;
  let selected = 0;

  const { link } = options;
  let paintOf: ((label: number) => number) | undefined;
  const colorNumber = (label: number) => numbers[label] ?? label;
  const colorOf = (label: number) => {
    if (label !== 0 && (label === highlighted || label === selected)) return HIGHLIGHT;
    const color = paintOf?.(label) ?? labelColor(colorNumber(label), controls.look.seed);
    const isFaint = link && link.selected.size > 0 && !link.selected.has(label);
    return isFaint ? (color & 0xffffff | FAINT) >>> 0 : color;
  };
  const update = () => {
    const colors = new Uint32Array((shown?.count ?? 0) + 1);
    for (let label = 1; label < colors.length; label++) colors[label] = colorOf(label);
    layer.show(shown, colors, controls.look.contour);
    stage.draw();
  };
  const recolor = (label: number) => {
    const box = boxes?.of(label);
    if (!box) return;
    layer.recolor(label, colorOf(label), viewport.slice, box);
    stage.drawBox(box);
  };
  const highlight = (label: number) => {
    if (label === highlighted) return;
    if (shown) boxes ??= ObjectBoxes.of(shown);
    const before = highlighted;
    highlighted = label;
    recolor(before);
    recolor(label);
  };
  const objectAt = (x: number, y: number) =>
    shown && viewport.view.t === shownFrame
      ? shown.data[((viewport.slice % depth) * height + y) * width + x]
      : 0;
  const placeOf = (event: MouseEvent) => {
    const point = stage.imagePoint(event);
    const [x, y] = [Math.floor(point.x), Math.floor(point.y)];
    return x >= 0 && y >= 0 && x < width && y < height ? { x, y } : undefined;
  };
  const pixelFacts = new PixelFacts((facts) => readout.show(facts));
  const describePixel = async (x: number, y: number, z: number, t: number): Promise<Fact[]> => {
    const here = frames.at(t);
    if (!explained || !here) return [];
    const nameOf = (value: number) =>
      painter?.settings.classes.find((known) => known.value === value)?.name ?? "";
    return await predictionFacts(here, { x, y, z }, explained, nameOf);
  };
  const objectFact = (x: number, y: number): Fact => {
    const label = objectAt(x, y);
    return ["object", label === 0 ? "–" : String(label)];
  };
  const describeObject = options.describe ?? (async (label: number) => {
    const box = boxes?.of(label);
    const here = frames.at(viewport.view.t);
    if (!shown || !box || !here) return [];
    const channel = here[painter?.settings.channel ?? 0] ?? here[0];
    return await measurementFacts(shown, label, box, channel);
  });
  const tip = new ObjectTip(stage, describeObject);
  let pointer: MouseEvent | undefined;
  const hover = (event: MouseEvent | undefined) => {
    pointer = event;
    const at = event && placeOf(event);
    const label = at ? objectAt(at.x, at.y) : 0;
    highlight(label);
    link?.hover(label);
    tip.show(event, label, shown);
    if (!at) return pixelFacts.show(undefined);
    const { x, y } = at;
    const { z, t } = viewport.view;
    pixelFacts.show({
      facts: [
        ["", [x, y, ...(depth > 1 ? [z] : [])].join(", ")],
        ["value", formatValue(imageLayer.valueAt(x, y, viewport.slice))],
        objectFact(x, y),
      ],
      more: () => describePixel(x, y, z, t),
    });
  };
  const show: LabelView["show"] = (next, revision, time = 0, numberOf) => {
    if (!sameSize(next, channels[0])) {
      throw new DaubError(
        "image",
        `Expected labels of ${describeSize(channels[0])} pixels, as the image, but found ` +
          `${describeSize(next)}. Show the labels of this image.`,
        { expected: describeSize(channels[0]), found: describeSize(next) },
      );
    }
    shown = next;
    shownFrame = time;
    boxes = undefined;
    highlighted = 0;
    if (selected > next.count) selected = 0;
    numbers = numberOf
      ? Uint32Array.from({ length: next.count + 1 }, (_, label) => numberOf(label))
      : stable.update(next);
    for (const host of [root, stage.canvas]) {
      host.dataset.objects = String(next.count);
      if (revision !== undefined) host.dataset.revision = String(revision);
    }
    controls.showCount(next.count);
    update();
    // What is under a resting pointer may be another object now.
    if (pointer) hover(pointer);
  };
  const select = (label: number) => {
    if (shown) boxes ??= ObjectBoxes.of(shown);
    const before = selected;
    selected = shown && label > 0 && label <= shown.count ? Math.floor(label) : 0;
    recolor(before);
    recolor(selected);
  };

  listenToGestures(stage, (event) => {
    const pan = panDrag(stage, event);
    let far = false;
    return {
      move: (events) => {
        const { clientX, clientY } = events[events.length - 1];
        far ||= Math.max(Math.abs(clientX - event.clientX), Math.abs(clientY - event.clientY)) > 3;
        if (far) pan.move(events);
      },
      end: (cancelled) => {
        pan.end(cancelled);
        if (far || cancelled) return;
        const at = placeOf(event);
        const label = at ? objectAt(at.x, at.y) : 0;
        if (!link) select(label === selected ? 0 : label);
        else if (event.shiftKey) link.toggle(label);
        else link.select([label]);
        root.dispatchEvent(new Event("input", { bubbles: true }));
      },
    };
  }, signal);
  stage.canvas.addEventListener("pointermove", hover, { signal });
  stage.canvas.addEventListener("pointerleave", () => hover(undefined), { signal });
  let colored = controls.look;
  controls.onChange(() => {
    const { seed, contour } = controls.look;
    if (seed === colored.seed && contour === colored.contour) stage.draw();
    else update();
    colored = controls.look;
  });
  stage.onDraw(() => readout.showZoom(stage.transform.scale));
  viewport.listen(() => {
    readout.showZoom(stage.transform.scale);
    if (pointer) hover(pointer);
  }, signal);
  listenToViewKeys(stage, signal);
  styleWherever(root, signal);
  painter?.onSettings(() => {
    if (imageLayer.setLook(painter.settings)) stage.draw();
  }, signal);
  frames.listen(() => stage.draw(), signal);
  let linked = link?.selected;
  link?.listen(() => {
    highlight(link.hovered);
    if (linked !== link.selected) update();
    linked = link.selected;
  }, signal);
  if (labels) show(labels);
  const setStale = (next: boolean) => {
    if (stale === next) return;
    stale = next;
    root.toggleAttribute("data-stale", stale);
    stage.draw();
  };
  if (options.live) followStatus(options.live, setStale, signal);
  const explain = (found: Explained) => {
    explained = found;
    if (!painter) return;
    painter.describe = async (x, y, z, t) => [
      objectFact(x, y),
      ...await describePixel(x, y, z, t),
    ];
  };

  return Object.defineProperties(root, {
    value: { get: () => selected, set: select },
    labels: { get: () => shown },
    viewport: { value: viewport },
    show: { value: show },
    prepare: { value: (labels: LabelImage) => stable.prepare(labels) },
    colorNumber: { value: colorNumber },
    stale: { get: () => stale, set: setStale },
    paint: {
      value: (next?: (label: number) => number) => {
        paintOf = next;
        update();
      },
    },
    explain: { value: explain },
    look: {
      get: () => controls.look,
      set: (look: Partial<LabelLook>) => controls.change(look),
    },
    dispose: { value: () => controller.abort() },
  }) as unknown as LabelView;
}

/** Tells whether the results that a switch speaks of are older than what they were found from. */
function followStatus(live: HTMLElement, tell: (isOld: boolean) => void, signal: AbortSignal) {
  const follow = () => tell(["stale", "failed"].includes(live.dataset.status ?? ""));
  const observer = new MutationObserver(follow);
  observer.observe(live, { attributes: true, attributeFilter: ["data-status"] });
  signal.addEventListener("abort", () => observer.disconnect(), { once: true });
  follow();
}

export type { LabelLook };
