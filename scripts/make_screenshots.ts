/**
 * Draws the screenshots of the notebooks for the README, light and dark, wide and narrow:
 * `deno run -A scripts/make_screenshots.ts`, with Chromium installed.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { openBrowser } from "../tests/support/browser.ts";
import { serveNotebooks } from "../tests/support/notebook_server.ts";

/** A notebook, and how it is shown. */
interface Shot {
  readonly notebook: string;
  readonly width: number;
  readonly isDark: boolean;
}

const SHOTS: readonly Shot[] = ["segment", "features", "uncertainty", "volume", "apply"].flatMap(
  (notebook) => [
    { notebook, width: 1280, isDark: false },
    { notebook, width: 1280, isDark: true },
    { notebook, width: 390, isDark: true },
  ],
);

/** Strokes as shares of width and height: class, from, to. */
const STROKES: Readonly<Record<string, readonly (readonly [string, number[], number[]])[]>> = {
  volume: [
    ["1", [0.05, 0.05], [0.4, 0.06]],
    ["2", [0.74, 0.58], [0.78, 0.6]],
    ["2", [0.05, 0.46], [0.1, 0.5]],
  ],
  default: [
    ["1", [0.03, 0.03], [0.06, 0.03]],
    ["1", [0.65, 0.08], [0.66, 0.2]],
    ["2", [0.52, 0.3], [0.54, 0.3]],
    ["2", [0.7, 0.92], [0.71, 0.93]],
  ],
};

const folder = fileURLToPath(new URL("../notebooks/screenshots/", import.meta.url));
await Deno.mkdir(folder, { recursive: true });
await using notebooks = await serveNotebooks();
await using browser = await openBrowser();
for (const { notebook, width, isDark } of SHOTS) {
  const page = await browser.newPage({
    viewport: { width, height: 780 },
    colorScheme: isDark ? "dark" : "light",
  });
  await page.goto(await notebooks.address(`/${notebook}.html?engine=page`));
  if (notebook !== "apply") {
    const surface = page.getByLabel("Annotation", { exact: true });
    await surface.waitFor();
    await surface.scrollIntoViewIfNeeded();
    await surface.focus();
    const box = (await surface.boundingBox())!;
    for (const [value, from, to] of STROKES[notebook] ?? STROKES.default) {
      await page.keyboard.press(value);
      await page.mouse.move(box.x + from[0] * box.width, box.y + from[1] * box.height);
      await page.mouse.down();
      await page.mouse.move(box.x + to[0] * box.width, box.y + to[1] * box.height, { steps: 8 });
      await page.mouse.up();
    }
    await page.waitForTimeout(2500);
    await page.mouse.move(0, 0);
    await page.evaluate("scrollTo(0, 0)");
  }
  await page.waitForTimeout(300);
  const name = `${notebook}_${width}_${isDark ? "dark" : "light"}.png`;
  await page.screenshot({ path: folder + name });
  await page.close();
}
