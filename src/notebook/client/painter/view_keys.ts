/// <reference lib="dom" />
import type { Stage } from "./stage.ts";

/** How far an arrow moves the image, as a share of the surface. */
const STEP = 0.1;
/** How far a key zooms. */
const ZOOM = 1.5;

/** Arrows, plus, minus and Home move and zoom a stage on which nothing is painted. */
export function listenToViewKeys(stage: Stage, signal: AbortSignal): void {
  const { canvas, viewport } = stage;
  const pan = (right: number, down: number) => {
    const { width, height } = stage;
    viewport.panBy(-right * STEP * width, -down * STEP * height, width, height);
  };
  const zoom = (factor: number) => {
    const { width, height } = stage;
    viewport.zoomAt(width / 2, height / 2, factor, width, height);
  };
  const keys: Record<string, () => void> = {
    ArrowLeft: () => pan(-1, 0),
    ArrowRight: () => pan(1, 0),
    ArrowUp: () => pan(0, -1),
    ArrowDown: () => pan(0, 1),
    "+": () => zoom(ZOOM),
    "=": () => zoom(ZOOM),
    "-": () => zoom(1 / ZOOM),
    _: () => zoom(1 / ZOOM),
    Home: () => viewport.reset(),
  };
  canvas.addEventListener("keydown", (event) => {
    const run = keys[event.key];
    if (!run || event.ctrlKey || event.metaKey || event.altKey) return;
    run();
    event.preventDefault();
    event.stopPropagation();
  }, { signal });
}
