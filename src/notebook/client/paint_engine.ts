/// <reference lib="dom" />
import { RemoteEngine } from "../remote_engine.ts";
import type { PageEngine } from "./page_engine.ts";
import { paint, type Painter, type PaintOptions } from "./painter/paint.ts";
import type { PainterSettings } from "./painter/settings.ts";

/** How long settings rest before the server keeps them, in milliseconds. */
const REST = 500;

/**
 * A painter on the image of an engine, into the strokes that the engine answers. Where a server
 * computes, it keeps the tools and colours too.
 *
 * @param invalidation When it settles, the painter is cleaned up.
 */
export function paintOn(
  engine: PageEngine,
  invalidation?: Promise<unknown>,
  options: Omit<PaintOptions, "annotation" | "signal"> = {},
): Painter {
  const controller = new AbortController();
  invalidation?.then(() => controller.abort());
  const { signal } = controller;
  const kept = engine instanceof RemoteEngine
    ? (engine.view as { painter?: Partial<PainterSettings> } | null | undefined)?.painter
    : undefined;
  const { channels, size } = engine.image;
  const painter = paint(channels, {
    frames: size.frames,
    keys: [{ group: "View", keys: [], shown: "U", does: "update once, while not live" }],
    loadFrame: (time, signal) => engine.frame(time, signal),
    ...options,
    settings: { ...options.settings, ...kept },
    annotation: engine.annotation,
    signal,
  });
  if (engine instanceof RemoteEngine) {
    let resting: ReturnType<typeof setTimeout> | undefined;
    painter.onSettings(() => {
      clearTimeout(resting);
      resting = setTimeout(() => engine.look({ painter: painter.settings }), REST);
    });
    signal.addEventListener("abort", () => clearTimeout(resting), { once: true });
  }
  return painter;
}
