/// <reference lib="dom" />
import type { Annotation, AnnotationCommand } from "../../annotation.ts";
import { type Drag, panDrag } from "./gestures.ts";
import { LARGEST_BRUSH, type Settings } from "./settings.ts";
import type { Stage } from "./stage.ts";

/** What is being drawn and not yet painted, for the overlay. */
export interface Sketch {
  /** Corners of the polygon in image pixels. */
  readonly corners: readonly (readonly [number, number])[];
}

/** How far a finger moves before it paints, in CSS pixels: it may be the first of two. */
const FINGER_REST = 4;

/** How near to a polygon's first corner a click closes it, and a tap, in CSS pixels. */
const CLICK_REACH = 8;
const TAP_REACH = 24;

/** A stroke that has begun. */
export interface Stroke {
  /** Goes on through further points, in image pixels. */
  to(points: readonly { readonly x: number; readonly y: number }[]): void;
  /** Takes it out as if it had never been begun. */
  cancel(): void;
}

/** A number for the undo step of a new stroke that no other page will choose. */
function newStep(): number {
  return Math.floor(Math.random() * 2 ** 48);
}

/** Turns what the hand does on the stage into commands. */
export class Tools {
  /** Whether Space is held, which pans whatever the tool is. */
  spaceHeld = false;
  /** The image position around which the brush is being resized. */
  anchor: { readonly x: number; readonly y: number } | undefined;
  #corners: [number, number][] = [];
  #slice = 0;
  #sketched: () => void = () => {};

  constructor(
    readonly stage: Stage,
    readonly annotation: Annotation,
    readonly settings: Settings,
    readonly apply: (command: AnnotationCommand) => void,
    readonly say: (message: string) => void,
    signal: AbortSignal,
  ) {
    // A polygon belongs to its tool and its slice.
    settings.follow(() => settings.now.tool !== "polygon" && this.cancel(), signal);
    stage.viewport.listen(() => this.#slice !== stage.viewport.slice && this.cancel(), signal);
  }

  /** The polygon so far. */
  get sketch(): Sketch {
    return { corners: this.#corners };
  }

  /** Calls `listener` when the polygon so far changes. */
  onSketch(listener: () => void): void {
    this.#sketched = listener;
  }

  /** What a pointer that goes down does. */
  start(event: PointerEvent): Drag | undefined {
    const { tool, value } = this.settings.now;
    if (this.spaceHeld || event.button === 1) return panDrag(this.stage, event);
    if (event.altKey) return this.#resizeBrush(event);
    // Bit 32 is the eraser end of a pen.
    const erases = event.button === 2 || event.shiftKey || (event.buttons & 32) !== 0;
    switch (tool) {
      case "pan":
        return panDrag(this.stage, event);
      case "brush":
        return this.#stroke(event, erases ? 0 : value);
      case "eraser":
        return this.#stroke(event, 0);
      default:
        return this.#click(event, erases);
    }
  }

  /** Uses a tool that acts at a point: fill, picker or polygon. */
  act(x: number, y: number, erases = false, reach = CLICK_REACH): void {
    const { tool, value } = this.settings.now;
    if (tool === "polygon") return this.#corner(x, y, erases, reach);
    const { width, height } = this.annotation.size;
    const [px, py] = [Math.floor(x), Math.floor(y)];
    if (px < 0 || py < 0 || px >= width || py >= height) return;
    if (tool === "pick") return this.pick(px, py);
    if (tool !== "fill") return;
    const { contiguous, volume } = this.settings.now;
    this.apply({
      kind: "fill",
      x: px,
      y: py,
      value: erases ? 0 : value,
      contiguous,
      dimensions: volume && this.annotation.size.depth > 1 ? 3 : 2,
      ...this.#place(),
      ...this.#over(erases ? 0 : value),
    });
  }

  /** Paints with the class under a pixel from now on. */
  pick(x: number, y: number): void {
    const { z, t } = this.stage.viewport.view;
    const value = this.annotation.at(x, y, z, t);
    this.settings.choose(value);
    this.settings.change({ tool: value === 0 ? this.settings.now.tool : "brush" });
    this.say(`Picked ${this.settings.nameOf(value)}`);
  }

  /** Paints the polygon and starts another; with fewer than three corners nothing is painted. */
  closePolygon(erases = false): void {
    const corners = this.#corners;
    this.#corners = [];
    this.#sketched();
    if (corners.length < 3) return;
    const value = erases ? 0 : this.settings.now.value;
    const points = corners.flatMap(([x, y]) => [Math.round(2 * x), Math.round(2 * y)]);
    this.apply({ kind: "polygon", points, value, ...this.#place(), ...this.#over(value) });
  }

  /** Forgets the polygon so far; false when there is none. */
  cancel(): boolean {
    if (this.#corners.length === 0) return false;
    this.#corners = [];
    this.#sketched();
    return true;
  }

  /** Takes the last corner back. */
  dropCorner(): boolean {
    const dropped = this.#corners.pop() !== undefined;
    this.#sketched();
    return dropped;
  }

  /** Begins a stroke, which is one step of the undo history however it goes on. */
  brush(value: number): Stroke {
    const { size } = this.settings.now;
    const step = newStep();
    const rest = { size, value, step, ...this.#place(), ...this.#over(value) };
    let last: [number, number] | undefined;
    const to: Stroke["to"] = (path) => {
      const points: number[] = last ? [...last] : [];
      for (const point of path) {
        const next = this.snap(point.x, point.y, size);
        if (last && next[0] === last[0] && next[1] === last[1]) continue;
        points.push(...(last = next));
      }
      if (points.length > 2 || (points.length === 2 && path.length > 0)) {
        this.apply({ kind: "stroke", points, ...rest });
      }
    };
    return { to, cancel: () => this.apply({ kind: "cancel", step }) };
  }

  /**
   * A brush's centre in half pixels: on a pixel's centre for an odd size, on a corner for an even
   * one, so that a brush of 2 paints 2 × 2 pixels. Strokes far outside stay near the image.
   */
  snap(x: number, y: number, size: number): [number, number] {
    const odd = size % 2;
    const { width, height } = this.annotation.size;
    const near = (value: number, extent: number) =>
      Math.min(extent + LARGEST_BRUSH, Math.max(-LARGEST_BRUSH, value));
    const half = (value: number) => odd ? 2 * Math.floor(value) + 1 : 2 * Math.round(value);
    return [half(near(x, width)), half(near(y, height))];
  }

  #stroke(event: PointerEvent, value: number): Drag {
    const stroke = this.brush(value);
    const paint = (events: readonly PointerEvent[]) =>
      stroke.to(events.map((next) => this.stage.imagePoint(next)));
    let held = event.pointerType === "touch" ? [event] : [];
    if (held.length === 0) paint([event]);
    return {
      move: (events) => {
        if (held.length === 0) return paint(events);
        held.push(...events);
        if (!held.some((next) => isBeyond(FINGER_REST, event, next))) return;
        paint(held);
        held = [];
      },
      // A second finger means to zoom, not to paint.
      end: (cancelled) => cancelled ? stroke.cancel() : paint(held),
    };
  }

  /** A click acts at once, a tap when the finger is lifted: until then it may be one of two. */
  #click(event: PointerEvent, erases: boolean): Drag | undefined {
    const { x, y } = this.stage.imagePoint(event);
    if (event.pointerType !== "touch") {
      this.act(x, y, erases);
      return undefined;
    }
    return {
      move: () => {},
      end: (cancelled) => {
        if (!cancelled) this.act(x, y, erases, TAP_REACH);
      },
    };
  }

  #resizeBrush(event: PointerEvent): Drag {
    const { size } = this.settings.now;
    this.anchor = this.stage.imagePoint(event);
    return {
      move: (events) => {
        const { scale } = this.stage.transform;
        const moved = (events[events.length - 1].clientX - event.clientX) / scale;
        this.settings.change({ size: Math.round(size + 2 * moved) });
      },
      end: () => this.anchor = undefined,
    };
  }

  #corner(x: number, y: number, erases: boolean, reach: number): void {
    const first = this.#corners[0];
    const { scale } = this.stage.transform;
    const nearFirst = first && this.#corners.length > 2 &&
      Math.max(Math.abs(first[0] - x), Math.abs(first[1] - y)) * scale < reach;
    if (erases || nearFirst) return this.closePolygon(erases);
    const { width, height } = this.annotation.size;
    this.#slice = this.stage.viewport.slice;
    this.#corners.push([Math.min(width, Math.max(0, x)), Math.min(height, Math.max(0, y))]);
    this.#sketched();
  }

  #place(): { z: number; t: number } {
    const { z, t } = this.stage.viewport.view;
    return { z, t };
  }

  /** As in napari: a preserving brush paints only on nothing, and erases only its own class. */
  #over(value: number): { over?: number } {
    const { preserve, value: chosen } = this.settings.now;
    return preserve ? { over: value === 0 ? chosen : 0 } : {};
  }
}

function isBeyond(distance: number, from: PointerEvent, to: PointerEvent): boolean {
  return Math.hypot(to.clientX - from.clientX, to.clientY - from.clientY) > distance;
}
