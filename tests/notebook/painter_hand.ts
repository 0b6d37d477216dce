/// <reference lib="dom" />
import type { Page } from "npm:playwright-core@1.65.1";
import type { OpenPage } from "./painter_browser.ts";
import type {} from "./painter_test_globals.ts";

/** A painter on 100 × 80 pixels, brush 3, and where its pixels are on the screen. */
export async function openPainter(
  open: OpenPage,
  options: { touch?: boolean; depth?: number } = {},
) {
  const page = await open(options);
  await page.evaluate((depth) => {
    const painter = harness.paint(harness.spots(100, 80, depth), { settings: { size: 3 } });
    const events: string[] = [];
    document.body.addEventListener("input", (event) => {
      events.push(`input ${event.target === painter}`);
    });
    document.body.addEventListener("change", () => events.push("change"));
    document.body.append(painter);
    Object.assign(globalThis, { painter, events });
  }, options.depth ?? 1);
  return { page, at: await pixelPlaces(page) };
}

/** From the middle of an image pixel to the page's coordinates, as the view is now. */
export async function pixelPlaces(page: Page): Promise<(x: number, y: number) => [number, number]> {
  const place = await page.getByLabel("Annotation", { exact: true }).evaluate((canvas) => {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    const shown = painter.viewport.transform(width, height);
    return { x: left + shown.left, y: top + shown.top, scale: shown.scale };
  });
  return (x, y) => [place.x + (x + 0.5) * place.scale, place.y + (y + 0.5) * place.scale];
}

/** Painted pixels of every class. */
export const counts = (page: Page) => page.evaluate(() => [...painter.value.counts]);
/** The painter's settings. */
export const settings = (page: Page) => page.evaluate(() => painter.settings);
/** The class painted at an image pixel. */
export const classAt = (page: Page, x: number, y: number) =>
  page.evaluate(([x, y]) => painter.annotation.at(x, y), [x, y]);

/** Drags from one place of the page to another. */
export async function drag(
  page: Page,
  from: [number, number],
  to: [number, number],
  button: "left" | "right" | "middle" = "left",
): Promise<void> {
  await page.mouse.move(...from);
  await page.mouse.down({ button });
  await page.mouse.move(...to, { steps: 4 });
  await page.mouse.up({ button });
}
