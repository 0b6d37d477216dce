/// <reference lib="dom" />
import type { Page } from "npm:playwright-core@1.65.1";

/** What was seen of one stroke. */
export interface StrokeTimes {
  /** How often newer labels were shown while the brush was down. */
  readonly shown: number;
  /** From the end of the stroke until the labels that answer it were on the screen, in ms. */
  readonly final: number;
  /** How long the stroke took. */
  readonly length: number;
}

/** A place as shares of the width and height of the painter. */
export type Place = readonly [x: number, y: number];

/** Waits until the labels answer the strokes. */
export async function labelsAnswer(page: Page): Promise<void> {
  await page.waitForFunction(
    () => {
      const surface = document.querySelector<HTMLElement>('[aria-label="Annotation"]');
      const labels = document.querySelector<HTMLElement>('[data-cell="labels"]');
      return surface?.dataset.revision !== undefined && labels?.dataset.status === "done" &&
        labels.dataset.revision === surface.dataset.revision;
    },
    undefined,
    { polling: 20, timeout: 60_000 },
  );
}

/** Draws a stroke of so many milliseconds along a wave, at the pace of a mouse. */
export async function drawStroke(
  page: Page,
  [x0, y0]: Place,
  [x1, y1]: Place,
  milliseconds: number,
): Promise<void> {
  const surface = page.getByLabel("Annotation", { exact: true });
  await surface.scrollIntoViewIfNeeded();
  const box = (await surface.boundingBox())!;
  const at = (part: number) =>
    [
      box.x + box.width * (x0 + (x1 - x0) * part),
      box.y + box.height * (y0 + (y1 - y0) * part + 0.01 * Math.sin(20 * part)),
    ] as const;
  await page.mouse.move(...at(0));
  await page.mouse.down();
  const start = performance.now();
  for (let part = 0; part < 1; part = (performance.now() - start) / milliseconds) {
    await page.mouse.move(...at(part));
    await new Promise((resolve) => setTimeout(resolve, 8));
  }
  await page.mouse.up();
}

/** Draws a stroke of so many milliseconds and notes in the page when labels came. */
export async function timeStroke(
  page: Page,
  from: Place,
  to: Place,
  milliseconds = 1000,
): Promise<StrokeTimes> {
  await page.evaluate(() => {
    const surface = document.querySelector<HTMLElement>('[aria-label="Annotation"]')!;
    const labels = document.querySelector<HTMLElement>('[data-cell="labels"]')!;
    const seen = { down: 0, up: 0, shown: [] as number[], final: 0 };
    Object.assign(globalThis, { seen });
    addEventListener("pointerdown", () => seen.down = performance.now(), { once: true });
    addEventListener("pointerup", () => seen.up = performance.now(), { once: true });
    // A frame that was drawn is on the screen when the task after it runs.
    const painted = () =>
      new Promise<number>((resolve) =>
        requestAnimationFrame(() => {
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () => resolve(performance.now());
          port2.postMessage(0);
        })
      );
    let last = labels.dataset.revision;
    const observer = new MutationObserver(async () => {
      const { revision } = labels.dataset;
      if (revision === last) return;
      last = revision;
      const isFinal = seen.up > 0 && revision === surface.dataset.revision;
      const time = await painted();
      seen.shown.push(time);
      if (isFinal) {
        seen.final = time;
        observer.disconnect();
      }
    });
    observer.observe(labels, { attributes: true, attributeFilter: ["data-revision"] });
  });
  await drawStroke(page, from, to, milliseconds);
  await labelsAnswer(page);
  const seen = await page.evaluate(async () => {
    const { seen } = globalThis as unknown as {
      seen: { down: number; up: number; shown: number[]; final: number };
    };
    // Labels that answered before the end of the stroke was seen need no more time.
    for (let i = 0; i < 20 && seen.final === 0; i++) {
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
    return seen;
  });
  return {
    shown: seen.shown.filter((time) => time > seen.down && time < seen.up).length,
    final: seen.final === 0 ? 0 : seen.final - seen.up,
    length: seen.up - seen.down,
  };
}
