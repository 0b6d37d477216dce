/// <reference lib="dom" />
import type { Painter } from "./painter/paint.ts";
import type { PainterSettings } from "./painter/settings.ts";
import type { View } from "./viewport.ts";

/** What is kept of how a painter looks at an image. */
export interface KeptView {
  readonly painter?: Partial<PainterSettings>;
  readonly viewport?: Partial<View>;
}

/** How long settings and view rest before they are kept, in milliseconds. */
const REST = 500;

/** Restores what a painter had in view, and keeps it from now on, also when the page goes away. */
export function keepView(
  painter: Painter,
  kept: KeptView | null | undefined,
  keep: (view: KeptView) => void,
  signal: AbortSignal,
): void {
  if (kept?.viewport) painter.viewport.view = kept.viewport;
  let resting: ReturnType<typeof setTimeout> | undefined;
  const keepNow = () => {
    clearTimeout(resting);
    resting = undefined;
    keep({ painter: painter.settings, viewport: painter.viewport.view });
  };
  let isFirst = true;
  painter.onSettings(() => {
    clearTimeout(resting);
    // The first call tells what was just restored.
    if (!isFirst) resting = setTimeout(keepNow, REST);
    isFirst = false;
  }, signal);
  addEventListener("pagehide", () => resting !== undefined && keepNow(), { signal });
  signal.addEventListener("abort", () => clearTimeout(resting), { once: true });
}
