/// <reference lib="dom" />
import { DaubError } from "../../errors.ts";
import { describeSize, sameSize } from "../../image/image.ts";
import type { LabelImage } from "../../labeling/labels.ts";
import { ObjectBoxes } from "./label_view_boxes.ts";
import { StableColors } from "./label_view_colors.ts";
import { LabelControls, type LabelLook } from "./label_view_controls.ts";
import { LabelLayer } from "./label_view_layer.ts";
import { labelColor } from "./palette.ts";
import { measureContrast } from "./painter/contrast.ts";
import { element } from "./painter/element.ts";
import { listenToGestures, panDrag } from "./painter/gestures.ts";
import { ImageLayer } from "./painter/image_layer.ts";
import { framesOf, type PaintedImage } from "./painter/painted_image.ts";
import { type Fact, formatValue, Readout } from "./painter/readout.ts";
import { sliceSliders } from "./painter/slice_sliders.ts";
import type { Painter } from "./painter/paint.ts";
import { Stage } from "./painter/stage.ts";
import { styleWherever } from "./painter/styles.ts";
import { Viewport } from "./viewport.ts";

/** What {@linkcode labelView} takes beside image and labels; everything may be left out. */
export interface LabelViewOptions {
  /** The painter of the same image: both pan, zoom, and change slices and contrast together. */
  readonly painter?: Pick<Painter, "viewport" | "settings" | "onSettings">;
  /** What is in view, shared with other views than the painter. */
  readonly viewport?: Viewport;
  /** How the labels are shown to start with. */
  readonly look?: Partial<LabelLook>;
  /** Facts about an object, for example its measurements, shown while the pointer is on it. */
  readonly describe?: (label: number) => readonly Fact[];
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
  readonly viewport: Viewport;
  /** Shows newer labels; objects keep their colours while they change. */
  show(labels: LabelImage, revision?: number | string): void;
  /** How the labels are shown; may be set in part. */
  get look(): LabelLook;
  set look(look: Partial<LabelLook>);
  /** Stops listening to anything. */
  dispose(): void;
}

const HIGHLIGHT = 0xffffffff;

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
  const frames = framesOf(image);
  const { width, height, depth } = frames[0][0];
  const controller = new AbortController();
  const { signal } = controller;
  options.signal?.addEventListener("abort", () => controller.abort(), { once: true, signal });

  const { painter } = options;
  const viewport = options.viewport ?? painter?.viewport ??
    new Viewport({ width, height, depth, frames: frames.length });
  const controls = new LabelControls(options.look ?? {}, () => viewport.reset());
  const imageLayer = new ImageLayer(
    frames,
    { ...measureContrast(frames[0][0]).auto, colormap: "gray", channel: 0 },
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
        opacity: () => controls.look.opacity,
        clip: (w, h) => ({ x: beyond(w), y: 0, width: w - beyond(w), height: h }),
      },
    ],
    "Labels",
    signal,
  );
  stage.element.append(controls.swipe);
  stage.element.dataset.tool = "pan";
  const tip = element("div", { class: "daub-tip", hidden: true });
  stage.element.append(tip);
  const readout = new Readout();
  const frame = element(
    "div",
    { class: "daub-frame" },
    controls.element,
    stage.element,
    sliceSliders(viewport, signal),
    readout.element,
  );
  for (const type of ["input", "change"]) {
    frame.addEventListener(type, (event) => event.stopPropagation());
  }
  const root = element("div", { class: "daub daub-labels" }, frame);

  let shown: LabelImage | undefined;
  let numbers: Uint32Array = new Uint32Array(1);
  let boxes: ObjectBoxes | undefined;
  let highlighted = 0;
  let selected = 0;

  const colorOf = (label: number) =>
    label !== 0 && (label === highlighted || label === selected)
      ? HIGHLIGHT
      : labelColor(numbers[label] ?? label, controls.look.seed);
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
    if (shown) boxes ??= new ObjectBoxes(shown);
    const before = highlighted;
    highlighted = label;
    recolor(before);
    recolor(label);
  };
  const labelAt = (event: MouseEvent) => {
    const point = stage.imagePoint(event);
    const [x, y] = [Math.floor(point.x), Math.floor(point.y)];
    const inside = x >= 0 && y >= 0 && x < width && y < height;
    const label = inside && shown
      ? shown.data[((viewport.slice % shown.depth) * height + y) * width + x]
      : 0;
    return { x, y, inside, label };
  };
  const hover = (event: MouseEvent | undefined) => {
    const at = event && labelAt(event);
    const label = at?.label ?? 0;
    highlight(label);
    readout.show(
      !at?.inside ? [] : [
        ["", depth > 1 ? `${at.x}, ${at.y}, ${viewport.view.z}` : `${at.x}, ${at.y}`],
        ["value", formatValue(imageLayer.valueAt(at.x, at.y, viewport.slice))],
        ["object", label === 0 ? "–" : String(label)],
      ],
    );
    const facts = label === 0 ? [] : options.describe?.(label) ?? [];
    tip.hidden = facts.length === 0;
    if (!event || facts.length === 0) return;
    tip.textContent = facts.map(([name, value]) => `${name}  ${value}`).join("\n");
    const bounds = stage.element.getBoundingClientRect();
    const x = Math.min(event.clientX - bounds.left + 14, bounds.width - tip.offsetWidth - 4);
    const y = event.clientY - bounds.top + 16;
    tip.style.translate = `${Math.max(4, x)}px ${
      Math.min(y, bounds.height - tip.offsetHeight - 4)
    }px`;
  };
  const show = (next: LabelImage, revision?: number | string) => {
    if (!sameSize(next, frames[0][0])) {
      throw new DaubError(
        "image",
        `Expected labels of ${describeSize(frames[0][0])} pixels, as the image, but found ` +
          `${describeSize(next)}. Show the labels of this image.`,
        { expected: describeSize(frames[0][0]), found: describeSize(next) },
      );
    }
    shown = next;
    boxes = undefined;
    highlighted = 0;
    if (selected > next.count) selected = 0;
    numbers = stable.update(next);
    for (const host of [root, stage.canvas]) {
      host.dataset.objects = String(next.count);
      if (revision !== undefined) host.dataset.revision = String(revision);
    }
    controls.showCount(next.count);
    update();
  };
  const select = (label: number) => {
    if (shown) boxes ??= new ObjectBoxes(shown);
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
        const { label } = labelAt(event);
        select(label === selected ? 0 : label);
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
  viewport.listen(() => readout.showZoom(stage.transform.scale), signal);
  styleWherever(root, signal);
  painter?.onSettings(() => {
    if (imageLayer.setLook(painter.settings)) stage.draw();
  }, signal);
  if (labels) show(labels);

  return Object.defineProperties(root, {
    value: { get: () => selected, set: select },
    labels: { get: () => shown },
    viewport: { value: viewport },
    show: { value: show },
    look: {
      get: () => controls.look,
      set: (look: Partial<LabelLook>) => controls.change(look),
    },
    dispose: { value: () => controller.abort() },
  }) as unknown as LabelView;
}

export type { LabelLook };
