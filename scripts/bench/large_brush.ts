/// <reference lib="dom" />
import type { Page } from "npm:playwright-core@1.65.1";
import type { Painter } from "../../src/notebook/client/painter/paint.ts";

/** Main-thread work of the events of a stroke, in milliseconds. */
export interface BrushWork {
  /** Pixels of the screen for one of the image. */
  readonly scale: number;
  readonly median: number;
  readonly most: number;
}

/**
 * Draws with a brush of 500 pixels on an image of 10,000 × 10,000, from afar and close up: the work
 * of an event, and of the frame that shows it.
 *
 * @param page A page of the notebook's server.
 */
export async function timeLargeBrush(page: Page): Promise<BrushWork[]> {
  return await page.evaluate(async () => {
    const side = 10_000;
    const data = new Uint8Array(side * side);
    for (let i = 0; i < data.length; i += 7) data[i] = i >>> 8;
    const { paint } = await import(new URL("/daub.js", location.href).href);
    const image = { width: side, height: side, depth: 1, data };
    const painter: Painter = paint(image, { settings: { size: 500 } });
    document.body.replaceChildren(painter);
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    const canvas = painter.querySelector("canvas")!;
    const results = [];
    for (const scale of [0.08, 1]) {
      painter.viewport.centerOn(side / 2, side / 2, scale);
      for (let i = 0; i < 30; i++) await frame();
      const { left, top, width, height } = canvas.getBoundingClientRect();
      const work: number[] = [];
      for (let i = 0; i <= 120; i++) {
        const type = i === 0 ? "pointerdown" : i === 120 ? "pointerup" : "pointermove";
        const place = {
          clientX: left + width * (0.2 + i / 210),
          clientY: top + height * (0.5 + 0.2 * Math.sin(i / 15)),
        };
        // Callbacks of a frame run in order: the painter draws between this one and the next.
        let before = 0;
        requestAnimationFrame(() => before = performance.now());
        const started = performance.now();
        canvas.dispatchEvent(new PointerEvent(type, { ...place, pointerId: 9, buttons: 1 }));
        const painted = performance.now() - started;
        await frame();
        work.push(painted + performance.now() - before);
      }
      work.sort((a, b) => a - b);
      results.push({ scale, median: work[work.length >> 1], most: work[work.length - 1] });
    }
    return results;
  });
}
