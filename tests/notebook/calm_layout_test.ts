import assert from "node:assert/strict";
import { openBrowser } from "../support/browser.ts";
import { serveNotebooks } from "../support/notebook_server.ts";
import { GROUND, NotebookPage, OBJECT } from "./segment_page.ts";

Deno.test("image and labels stay where they are while results come and go", async (t) => {
  await using notebooks = await serveNotebooks();
  await using browser = await openBrowser();
  for (const width of [1280, 1024, 390]) {
    await t.step(`${width} pixels wide`, async () => {
      const page = await browser.newPage({ viewport: { width, height: 1000 } });
      const notebook = new NotebookPage(page);
      await notebook.open(await notebooks.address("/?engine=page"));
      const live = page.getByRole("group", { name: "Live update" });
      await live.getByText(/Paint some/).waitFor();
      const places = () =>
        page.evaluate(() =>
          [...document.querySelectorAll(".daub-frame, .daub-frame > *")].map((each) => {
            const { top, left, width, height } = each.getBoundingClientRect();
            return [each.className, left, top + scrollY, width, height].join(" ");
          })
        );
      const before = await places();
      await notebook.paint(...GROUND);
      await live.getByText(/another class/).waitFor();
      assert.deepEqual(await places(), before, "one class is painted");
      await page.keyboard.press("=");
      await notebook.paint(...OBJECT);
      await notebook.labels();
      await page.mouse.move(2, 2);
      assert.deepEqual(await places(), before, "there are labels");
      await page.mouse.move(...await notebook.place([0.5, 0.5]));
      await page.keyboard.press("x");
      assert.deepEqual(await places(), before, "a pixel is told, and nothing is chosen");
      await page.keyboard.press("x");
      await page.getByRole("switch", { name: "Live" }).click();
      await notebook.paint([0.2, 0.7], [0.3, 0.7]);
      await live.getByText(/Older/).waitFor();
      assert.deepEqual(await places(), before, "the labels are older than the strokes");
      for (let i = 0; i < 3; i++) await page.keyboard.press("Control+z");
      await page.getByRole("switch", { name: "Live" }).click();
      await live.getByText(/Paint some/).waitFor();
      assert.deepEqual(await places(), before, "all is taken back");
      assert.deepEqual(notebook.errors, []);
      await page.close();
    });
  }
});

/** From where to where, as shares of width and height. */
type Stroke = typeof GROUND;

/** The first strokes of every notebook that has one image and one painter. */
const STROKES: Readonly<Record<string, readonly [Stroke, Stroke]>> = {
  segment: [GROUND, OBJECT],
  features: [GROUND, OBJECT],
  uncertainty: [GROUND, OBJECT],
  volume: [GROUND, [[0.5, 0.5], [0.55, 0.5]]],
  merge: [[[0.05, 0.5], [0.5, 0.5]], [[0.5, 0.1], [0.52, 0.6]]],
  objects: [GROUND, OBJECT],
};

Deno.test("no cell moves when the first results come", async (t) => {
  await using notebooks = await serveNotebooks();
  await using browser = await openBrowser();
  for (const [name, [first, second]] of Object.entries(STROKES)) {
    for (const width of [1280, 390]) {
      await t.step(`${name}, ${width} pixels wide`, async () => {
        const page = await browser.newPage({ viewport: { width, height: 1000 } });
        const notebook = new NotebookPage(page);
        await notebook.open(await notebooks.address(`/${name}.html?engine=page`));
        const segmentation = notebook.cell("segmentation");
        await page.waitForFunction(() =>
          document.querySelector('[data-cell="segmentation"]')?.getAttribute("data-status") ===
            "stale"
        );
        assert.equal(await page.locator('[data-cell="labels"][data-revision]').count(), 0);
        const places = () =>
          page.evaluate(() =>
            [...document.querySelectorAll<HTMLElement>("main > section")].map((section) => {
              const { top, height } = section.getBoundingClientRect();
              return `${section.dataset.cell}: ${Math.round(top + scrollY)}, ${Math.round(height)}`;
            })
          );
        // What is shown of features has come, and the fonts.
        await page.waitForLoadState("networkidle");
        if (name === "features") await page.locator(".plane-figure").first().waitFor();
        const before = await places();
        await notebook.paint(...first);
        await page.keyboard.press("=");
        await notebook.paint(...second);
        await page.waitForFunction(() =>
          document.querySelector('[data-cell="segmentation"]')?.getAttribute("data-status") ===
            "done"
        );
        if (name === "features") await page.getByText(/\d %.* are found right/).waitFor();
        if (name === "objects") {
          await page.getByText(/keeps 0 of [1-9]\d* objects/).waitFor();
          await page.mouse.move(2, 2);
          assert.deepEqual(await places(), before, "objects are measured");
          const over = notebook.cell("classes").getByLabel("Annotation", { exact: true });
          await notebook.paint([0.1, 0.3], [0.5, 0.35], over);
          await page.keyboard.press("=");
          await notebook.paint([0.55, 0.1], [0.9, 0.5], over);
          await page.getByText(/keeps [1-9]\d* of/).waitFor();
        }
        await page.waitForTimeout(300);
        assert.equal(await segmentation.getAttribute("data-status"), "done");
        assert.deepEqual(await places(), before);
        assert.deepEqual(notebook.errors, []);
        await page.close();
      });
    }
  }
});
