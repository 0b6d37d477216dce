/// <reference lib="dom" />
import type { Stage } from "./stage.ts";

/** What a drag does: called with every further position, and once at the end. */
export interface Drag {
  /** All positions since the last call, the newest last. */
  move(events: readonly PointerEvent[]): void;
  /** @param cancelled Whether it was broken off, for example by a second finger. */
  end(cancelled: boolean): void;
}

/** Decides what a pointer that goes down on a stage does; nothing when undefined. */
export type DragStarter = (event: PointerEvent) => Drag | undefined;

/** How far a wheel notch of 100 pixels zooms. */
const WHEEL = 1.2;

/**
 * Wheel and pinch zoom to the cursor; one pointer drags as `start` says; a second finger turns any
 * drag into a pinch. Pointers stay captured beyond the stage's edge.
 */
export function listenToGestures(stage: Stage, start: DragStarter, signal: AbortSignal): void {
  const { canvas, viewport } = stage;
  const fingers = new Map<number, PointerEvent>();
  let drag: { pointer: number; drag: Drag } | undefined;

  const at = (event: MouseEvent) => {
    const bounds = canvas.getBoundingClientRect();
    return { x: event.clientX - bounds.left, y: event.clientY - bounds.top };
  };

  const pinch = (moved: PointerEvent) => {
    const other = [...fingers.values()].find(({ pointerId }) => pointerId !== moved.pointerId);
    const before = fingers.get(moved.pointerId);
    if (!other || !before) return;
    const [a, b, fixed] = [at(before), at(moved), at(other)];
    const factor = distance(b, fixed) / Math.max(1, distance(a, fixed));
    const { width, height } = stage;
    viewport.panBy((b.x - a.x) / 2, (b.y - a.y) / 2, width, height);
    viewport.zoomAt((b.x + fixed.x) / 2, (b.y + fixed.y) / 2, factor, width, height);
  };

  const end = (event: PointerEvent, cancelled: boolean) => {
    fingers.delete(event.pointerId);
    if (drag?.pointer !== event.pointerId) return;
    const ended = drag.drag;
    drag = undefined;
    ended.end(cancelled);
  };

  canvas.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "touch") fingers.set(event.pointerId, event);
    if (fingers.size > 1) {
      const broken = drag?.drag;
      drag = undefined;
      broken?.end(true);
    } else if (drag === undefined) {
      const started = start(event);
      if (started) drag = { pointer: event.pointerId, drag: started };
    }
    canvas.focus({ preventScroll: true });
    // A pointer made by a script cannot be captured; its drag just ends at the edge.
    try {
      canvas.setPointerCapture(event.pointerId);
    } catch { /* see above */ }
    event.preventDefault();
  }, { signal });
  canvas.addEventListener("pointermove", (event) => {
    if (fingers.size > 1) pinch(event);
    if (fingers.has(event.pointerId)) fingers.set(event.pointerId, event);
    if (drag?.pointer !== event.pointerId) return;
    const events = event.getCoalescedEvents?.() ?? [];
    drag.drag.move(events.length > 0 ? events : [event]);
  }, { signal });
  canvas.addEventListener("pointerup", (event) => end(event, false), { signal });
  // The system breaks off touches of a palm; of a mouse or a pen it just hears no more.
  canvas.addEventListener(
    "pointercancel",
    (event) => end(event, event.pointerType === "touch"),
    { signal },
  );
  canvas.addEventListener("lostpointercapture", (event) => end(event, false), { signal });
  // A finger that has moved would otherwise cost the next tap elsewhere its click.
  canvas.addEventListener("touchmove", (event) => event.preventDefault(), {
    signal,
    passive: false,
  });
  canvas.addEventListener("contextmenu", (event) => event.preventDefault(), { signal });
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    const pixels = event.deltaMode === 0
      ? event.deltaY
      : event.deltaY * (event.deltaMode === 1 ? 33 : 400);
    // A pinch on a touchpad arrives as a wheel with Ctrl and small deltas.
    const factor = WHEEL ** (-pixels / (event.ctrlKey ? 20 : 100));
    const { x, y } = at(event);
    viewport.zoomAt(x, y, factor, stage.width, stage.height);
  }, { signal, passive: false });
}

/** The drag that moves the image. */
export function panDrag(stage: Stage, event: PointerEvent): Drag {
  let last = event;
  stage.element.dataset.panning = "";
  return {
    move(events) {
      const next = events[events.length - 1];
      const dx = next.clientX - last.clientX;
      const dy = next.clientY - last.clientY;
      stage.viewport.panBy(dx, dy, stage.width, stage.height);
      last = next;
    },
    end() {
      delete stage.element.dataset.panning;
    },
  };
}

function distance(a: { x: number; y: number }, b: { x: number; y: number }): number {
  return Math.sqrt((a.x - b.x) ** 2 + (a.y - b.y) ** 2);
}
