/// <reference lib="dom" />
import { keepView, type KeptView } from "./keep_view.ts";
import type { PageEngine } from "./page_engine.ts";
import { paint, type Painter, type PaintOptions } from "./painter/paint.ts";

/**
 * A painter on the image of an engine, into the strokes that the engine answers. Tools, colours and
 * what is in view are kept with the strokes.
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
  const kept = engine.view as KeptView | null | undefined;
  const { channels, size } = engine.image;
  const painter = paint(channels, {
    frames: size.frames,
    keys: [{ group: "View", keys: [], shown: "U", does: "update once, while not live" }],
    loadFrame: (time, signal) => engine.frame(time, signal),
    ...options,
    settings: { ...options.settings, ...kept?.painter },
    annotation: engine.annotation,
    signal,
  });
  keepView(painter, kept, (view) => engine.look(view), signal);
  return painter;
}
