import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type { Page } from "npm:playwright-core@1.65.1";
import { ObjectSegmenter, readImage } from "../../mod.ts";
import { openBrowser } from "../support/browser.ts";
import { serveNotebooks } from "../support/notebook_server.ts";
import { randomNumbers } from "../support/random.ts";
import { samePixels } from "../support/same_pixels.ts";
import { GROUND, NotebookPage, OBJECT } from "./segment_page.ts";

const blobs = fileURLToPath(new URL("../../samples/blobs.tif", import.meta.url));

/** Keys that a person at a loss may press. */
const KEYS = ["1", "2", "3", "=", "-", "m", "x", "Control+z", "Control+z", "Control+Shift+z"]
  .concat("[", "]", "v", "Escape");

/** Uses the painter in so many random ways, one right after the other. */
async function play(notebook: NotebookPage, random: () => number, times: number): Promise<void> {
  const { page, surface } = notebook;
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)];
  const place = () => [random(), random()] as const;
  const ways: (() => Promise<unknown>)[] = [
    () => notebook.paint(place(), place()),
    () => page.keyboard.press(pick(KEYS)),
    () => page.keyboard.press(pick(KEYS)),
    () => page.getByRole("button", { name: pick(["Brush", "Eraser", "Fill"]) }).first().click(),
    () => page.locator(".daub-form input[type=checkbox]").nth(Math.floor(20 * random())).click(),
    async () => {
      await page.mouse.move(...await notebook.place([0.5, 0.5]));
      await page.mouse.wheel(0, pick([-150, 150]));
    },
    () => page.waitForTimeout(200 * random()),
  ];
  for (let i = 0; i < times; i++) {
    await pick(ways)();
    await surface.focus();
  }
}

async function download(page: Page, name: string): Promise<string> {
  const coming = page.waitForEvent("download");
  await page.getByRole("button", { name: `Save ${name}` }).click();
  return await (await coming).path();
}

Deno.test("after whatever was done, labels and classifier are those of the strokes", async (t) => {
  await using notebooks = await serveNotebooks();
  await using browser = await openBrowser();
  const [image] = await readImage(blobs);
  for (const [engine, seed] of [["server", 1], ["page", 2], ["server", 3], ["page", 4]] as const) {
    await t.step(`computed by the ${engine}, seed ${seed}`, async () => {
      const context = await browser.newContext({ viewport: { width: 1280, height: 1000 } });
      const page = await context.newPage();
      const notebook = new NotebookPage(page);
      await notebook.open(await notebooks.address(`/?engine=${engine}`));
      await play(notebook, randomNumbers(seed), 60);
      await page.getByRole("button", { name: "Brush" }).first().click();
      await page.getByRole("button", { name: /^Reset the view/ }).first().click();
      await paintClass(notebook, "1", GROUND);
      await paintClass(notebook, "2", OBJECT);
      await notebook.labels();
      const segmenter = await ObjectSegmenter.load(await download(page, "ObjectSegmenter.cl"));
      const [labels] = await readImage(await download(page, "labels.tif"));
      const [annotation] = await readImage(await download(page, "annotation.tif"));
      const { featureSpecification: features } = segmenter;
      const again = await ObjectSegmenter.train({ image, annotation, features, backend: "cpu" });
      assert.equal(again.toString(), segmenter.toString());
      samePixels(labels.data as Uint32Array, (await again.predict(image, { backend: "cpu" })).data);
      assert.deepEqual(notebook.errors, []);
      await context.close();
    });
  }
});

/** Paints one class where the tutorial does. */
async function paintClass(
  notebook: NotebookPage,
  key: string,
  [from, to]: typeof GROUND,
): Promise<void> {
  await notebook.surface.focus();
  await notebook.page.keyboard.press(key);
  await notebook.paint(from, to);
}
