/**
 * Draws the screenshots of the notebooks for the README, light and dark, wide and narrow:
 * `deno run -A scripts/make_screenshots.ts [NOTEBOOK…]`, with Chromium installed.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "npm:playwright-core@1.65.1";
import { encodeTiff, ObjectSegmenter } from "../mod.ts";
import { openBrowser } from "../tests/support/browser.ts";
import { serveNotebooks } from "../tests/support/notebook_server.ts";
import { makeBlobs } from "./samples/blobs.ts";

/** A notebook, and how it is shown. */
interface Shot {
  readonly notebook: string;
  readonly width: number;
  readonly isDark: boolean;
}

const NOTEBOOKS: readonly string[] = [
  ...["segment", "features", "uncertainty", "volume", "apply", "objects", "merge", "embed"],
];

/** Pages at least so wide show image and labels side by side, in pixels. */
const WIDE = 800;

function shotsOf(notebooks: readonly string[]): Shot[] {
  return notebooks.flatMap((notebook) =>
    [1280, 390].flatMap((width) => [
      { notebook, width, isDark: false },
      { notebook, width, isDark: true },
    ])
  );
}

/** Strokes as shares of width and height: class, from, to. */
const STROKES: Readonly<Record<string, readonly (readonly [string, number[], number[]])[]>> = {
  volume: [
    ["1", [0.05, 0.05], [0.4, 0.06]],
    ["1", [0.37, 0.63], [0.43, 0.66]],
    ["1", [0.56, 0.3], [0.6, 0.36]],
    ["1", [0.66, 0.43], [0.62, 0.62]],
    ["1", [0.26, 0.34], [0.27, 0.62]],
    ["2", [0.74, 0.58], [0.78, 0.6]],
    ["2", [0.05, 0.46], [0.1, 0.5]],
  ],
  merge: [
    ["2", [0.694, 0.158], [0.694, 0.158]],
    ["1", [0.206, 0.242], [0.206, 0.242]],
    ["1", [0.673, 0.357], [0.673, 0.357]],
    ["1", [0.298, 0.367], [0.298, 0.367]],
    ["2", [0.181, 0.492], [0.181, 0.492]],
    ["2", [0.692, 0.603], [0.692, 0.603]],
    ["2", [0.198, 0.723], [0.198, 0.723]],
    ["1", [0.098, 0.738], [0.098, 0.738]],
    ["2", [0.106, 0.807], [0.106, 0.807]],
    ["2", [0.048, 0.833], [0.048, 0.833]],
    ["1", [0.694, 0.868], [0.694, 0.868]],
    ["1", [0.960, 0.877], [0.960, 0.877]],
  ],
  default: [
    ["1", [0.03, 0.03], [0.06, 0.03]],
    ["1", [0.65, 0.08], [0.66, 0.2]],
    ["1", [0.39, 0.03], [0.39, 0.09]],
    ["1", [0.87, 0.73], [0.88, 0.72]],
    ["2", [0.52, 0.3], [0.54, 0.3]],
    ["2", [0.8, 0.6], [0.85, 0.61]],
    ["2", [0.14, 0.04], [0.18, 0.05]],
  ],
};

/** The brush where it is not the usual one, in pixels. */
const BRUSHES: Readonly<Record<string, number>> = { volume: 2 };

/**
 * Cells that notebooks are for and that stand below the segmentation, and how much above them is
 * shown, in pixels.
 */
const SHOWN: Readonly<Record<string, readonly [string, number]>> = {
  features: ["text 7", 14],
  uncertainty: ["next", 550],
  objects: ["text 10", 14],
};
const SHOWN_NARROW: typeof SHOWN = { uncertainty: ["view", 14] };

/** Strokes over objects: class, from, to. */
const CLASSES: typeof STROKES[string] = [
  ["1", [0.205, 0.885], [0.21, 0.885]],
  ["1", [0.565, 0.762], [0.57, 0.765]],
  ["1", [0.917, 0.2], [0.92, 0.2]],
  ["1", [0.395, 0.27], [0.4, 0.27]],
  ["2", [0.81, 0.6], [0.84, 0.6]],
  ["2", [0.35, 0.62], [0.37, 0.61]],
  ["2", [0.585, 0.61], [0.61, 0.61]],
  ["2", [0.27, 0.47], [0.28, 0.47]],
];

async function paint(page: Page, cell: string, strokes: typeof CLASSES): Promise<void> {
  const surface = page.locator(`[data-cell="${cell}"]`).getByLabel("Annotation", { exact: true });
  await surface.waitFor();
  await surface.scrollIntoViewIfNeeded();
  await surface.focus();
  const box = (await surface.boundingBox())!;
  for (const [value, from, to] of strokes) {
    await page.keyboard.press(value);
    await page.mouse.move(box.x + from[0] * box.width, box.y + from[1] * box.height);
    await page.mouse.down();
    await page.mouse.move(box.x + to[0] * box.width, box.y + to[1] * box.height, { steps: 8 });
    await page.mouse.up();
  }
  await settled(page);
}

/** A folder of images for one classifier. */
async function makePlate(folder: string): Promise<void> {
  for (let field = 0; field < 10; field++) {
    const { channels } = makeBlobs(field);
    const name = `plate_${1 + Math.floor(field / 5)}/field_${1 + field % 5}.tif`;
    await Deno.mkdir(join(folder, name, ".."), { recursive: true });
    await Deno.writeFile(join(folder, name), await encodeTiff(channels));
  }
}

async function apply(page: Page): Promise<void> {
  const { channels: image, annotation } = makeBlobs();
  const segmenter = await ObjectSegmenter.train({ image, annotation, backend: "cpu" });
  const buffer = Buffer.from(segmenter.toString());
  const file = { name: "ObjectSegmenter.cl", mimeType: "text/plain", buffer };
  await page.getByLabel("Choose a classifier").setInputFiles(file);
  await page.getByRole("button", { name: /^Apply to/ }).click();
  await page.getByText("10 images done.").waitFor();
  await page.locator('[aria-label="Labels"][data-objects]').waitFor();
}

/** Waits until no cell computes any more, nor starts again because of another. */
async function settled(page: Page): Promise<void> {
  for (let calm = 0; calm < 3; calm++) {
    await page.waitForTimeout(300);
    const running = page.locator('[data-cell][data-status="running"]');
    if (await running.count() > 0) calm = -1;
  }
}

/** Paints in a notebook, or applies a classifier, and brings into view what it is for. */
async function show(page: Page, { notebook, width }: Shot): Promise<void> {
  if (notebook === "apply") await apply(page);
  else {
    const brush = BRUSHES[notebook];
    if (brush !== undefined) {
      const size = page.getByLabel("Brush size in pixels");
      await size.fill(`${brush}`);
      await size.press("Enter");
    }
    const cell = notebook === "embed" ? "segmenter" : "annotation";
    await paint(page, cell, STROKES[notebook] ?? STROKES.default);
    if (notebook === "objects") await paint(page, "classes", CLASSES);
  }
  await page.mouse.move(0, 0);
  await page.evaluate("scrollTo(0, 0)");
  const shown = (width < WIDE ? SHOWN_NARROW : {})[notebook] ?? SHOWN[notebook];
  if (shown === undefined) return;
  const [cell, above] = shown;
  const top = `document.querySelector('[data-cell="${cell}"]').getBoundingClientRect().top`;
  await page.evaluate(`scrollBy(0, ${top} - ${above})`);
}

/**
 * Draws notebooks into a folder, which is made if it is not there.
 *
 * @param names Which notebooks. Default all.
 * @returns The names of the files.
 * @throws {Error} When there is no such notebook.
 */
export async function makeScreenshots(
  folder: string,
  names: readonly string[] = NOTEBOOKS,
): Promise<string[]> {
  const unknown = names.find((name) => !NOTEBOOKS.includes(name));
  if (unknown !== undefined) {
    throw new Error(`Expected one of ${NOTEBOOKS.join(", ")} but found ${unknown}.`);
  }
  await Deno.mkdir(folder, { recursive: true });
  const plate = await Deno.makeTempDir({ prefix: "daub-plate-" });
  try {
    await makePlate(plate);
    await using notebooks = await serveNotebooks(undefined, plate);
    await using browser = await openBrowser();
    const files = [];
    for (const shot of shotsOf(names)) {
      const { notebook, width, isDark } = shot;
      const page = await browser.newPage({
        // As high as image and labels are together, which lie below each other in narrow pages.
        viewport: { width, height: width < WIDE ? 1560 : 1100 },
        colorScheme: isDark ? "dark" : "light",
      });
      const engine = notebook === "apply" ? "" : "?engine=page";
      await page.goto(await notebooks.address(`/${notebook}.html${engine}`));
      await show(page, shot);
      await page.waitForTimeout(300);
      const file = `${notebook}_${width}_${isDark ? "dark" : "light"}.png`;
      await page.screenshot({ path: join(folder, file) });
      files.push(file);
      await page.close();
    }
    return files;
  } finally {
    await Deno.remove(plate, { recursive: true });
  }
}

if (import.meta.main) {
  const folder = fileURLToPath(new URL("../notebooks/screenshots/", import.meta.url));
  const names = Deno.args.length > 0 ? Deno.args : undefined;
  try {
    await makeScreenshots(folder, names);
  } catch (error) {
    console.error((error as Error).message);
    Deno.exit(1);
  }
}
