/// <reference lib="dom" />
import assert from "node:assert/strict";
import type { Browser, Page } from "npm:playwright-core@1.65.1";
import type { Painter } from "../../src/notebook/client/painter/paint.ts";
import { openBrowser } from "../support/browser.ts";
import { type ServedNotebooks, serveNotebooks } from "../support/notebook_server.ts";
import { NotebookPage } from "./segment_page.ts";

async function withNotebook(
  notebooks: ServedNotebooks,
  browser: Browser,
  path: string,
  test: (notebook: NotebookPage, page: Page) => Promise<void>,
): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
  const notebook = new NotebookPage(page);
  await page.goto(await notebooks.address(path));
  await test(notebook, page);
  assert.deepEqual(notebook.errors, []);
  await page.close();
}

/** Strokes of both classes, anywhere. */
async function paintBoth(notebook: NotebookPage): Promise<void> {
  const { page } = notebook;
  await page.getByLabel("Annotation", { exact: true }).focus();
  await page.keyboard.press("1");
  await notebook.paint([0.05, 0.05], [0.09, 0.05]);
  await page.keyboard.press("2");
  await notebook.paint([0.52, 0.3], [0.54, 0.3]);
}

Deno.test("every notebook does what it is for", async (t) => {
  await using notebooks = await serveNotebooks();
  await using browser = await openBrowser();

  await t.step("segment: what is under the pointer is told", async () => {
    await withNotebook(notebooks, browser, "/segment.html", async (notebook, page) => {
      const surface = page.getByLabel("Annotation", { exact: true });
      await surface.waitFor();
      await paintBoth(notebook);
      await notebook.labels();
      const [features, forest] = await Promise.all(
        ["Features", "Forest"].map((name) =>
          notebook.cell("options").getByRole("group", { name, exact: true }).boundingBox()
        ),
      );
      assert.ok(forest!.x > features!.x + features!.width, "the forest stands beside the features");
      const { width, height } = (await surface.boundingBox())!;
      const position = { x: 0.53 * width, y: 0.3 * height };
      await surface.hover({ position });
      const told = /value \d+\s*painted 2 object\s*object \d+\s*class 2 object\s*probability \d+ %/;
      await notebook.cell("annotation").locator(".daub-readout", { hasText: told }).waitFor();
      await page.getByLabel("Labels", { exact: true }).hover({ position });
      const tip = /Object \d+\s*area\s*[\d,]+ pixels\s*centre\s*[\d.]+, [\d.]+\s*intensity/;
      await notebook.cell("view").locator(".daub-tip", { hasText: tip }).waitFor();
    });
  });

  await t.step("segment: with live off, only the key updates", async () => {
    await withNotebook(
      notebooks,
      browser,
      "/segment.html?image=Cells&engine=page",
      async (notebook, page) => {
        await page.getByLabel("Annotation", { exact: true }).waitFor();
        await paintBoth(notebook);
        await notebook.labels();
        await page.getByRole("switch", { name: "Live" }).click();
        const before = await notebook.cell("labels").getAttribute("data-revision");
        await notebook.paint([0.3, 0.7], [0.4, 0.7]);
        await page.locator('[data-cell="segmentation"][data-status="stale"]')
          .waitFor({ state: "attached" });
        assert.equal(await notebook.cell("labels").getAttribute("data-revision"), before);
        await page.keyboard.press("u");
        await notebook.labels();
        assert.notEqual(await notebook.cell("labels").getAttribute("data-revision"), before);
      },
    );
  });

  await t.step("features: a picture of every feature, with its importance", async () => {
    await withNotebook(notebooks, browser, "/features.html", async (notebook, page) => {
      const figures = notebook.cell("grid").getByRole("figure");
      await figures.nth(3).waitFor();
      assert.equal(await figures.count(), 4);
      await paintBoth(notebook);
      await page.locator('[data-cell="shown"][data-status="done"]').waitFor({ state: "attached" });
      const shares = async () =>
        (await figures.allInnerTexts()).map((text) => Number(/([\d.]+) %/.exec(text)?.[1]));
      const isWhole = (all: readonly number[]) =>
        Math.abs(all.reduce((sum, share) => sum + share, 0) - 100) < 2;
      // The pictures are drawn a moment after the numbers are there.
      for (let i = 0; i < 100 && !isWhole(await shares()); i++) await page.waitForTimeout(50);
      assert.ok(isWhole(await shares()), `${await shares()}`);
    });
  });

  for (const engine of ["page", "server"]) {
    await t.step(`features: how good they are, in figures, computed by the ${engine}`, async () => {
      const path = `/features.html?engine=${engine}`;
      await withNotebook(notebooks, browser, path, async (notebook, page) => {
        await notebook.cell("grid").getByRole("figure").nth(3).waitFor();
        // The server knows the strokes of the notebooks before.
        if (engine === "page") {
          await page.getByRole("button", { name: "Suggest features" }).click();
          const asked = notebook.cell("suggestion").getByText("Paint some pixels of each class");
          await asked.waitFor();
        }
        await paintBoth(notebook);
        await page.keyboard.press("1");
        await notebook.paint([0.65, 0.08], [0.66, 0.2]);
        await page.keyboard.press("2");
        await notebook.paint([0.7, 0.92], [0.71, 0.93]);
        const { counts } = await notebook.painted();
        const { revision } = await page.evaluate(() => {
          const { value } = document.querySelector<Painter>(".daub-painter")!;
          return { revision: value.revision };
        });
        const judged = `[data-cell="quality"][data-status="done"][data-revision="${revision}"]`;
        await page.locator(judged).waitFor({ state: "attached" });

        const cells = notebook.cell("confusion").locator("text > tspan:first-child");
        const sum = async () =>
          (await cells.allTextContents()).reduce((total, text) => total + Number(text), 0);
        const expected = counts[1] + counts[2];
        // The figure is drawn a moment after the numbers are there.
        for (let i = 0; i < 100 && await sum() !== expected; i++) await page.waitForTimeout(50);
        assert.equal(await sum(), expected);
        const correlations = notebook.cell("correlations").locator("text", {
          hasText: /^−?(\.|1)/,
        });
        await correlations.nth(15).waitFor({ state: "attached" });
        assert.equal(await correlations.count(), 16);

        await page.getByRole("button", { name: "Cross-validate by stroke" }).click();
        await notebook.cell("validated").getByText("test 2", { exact: true }).waitFor();
        await page.getByText(/2 tests on whole strokes: [\d.]+ % of \d+ samples/).waitFor();

        await page.getByRole("button", { name: "Suggest features" }).click();
        await notebook.cell("suggested").getByText("all 4", { exact: true }).waitFor();
        await page.getByRole("button", { name: "Use these features" }).click();
        const grid = notebook.cell("grid").getByRole("figure");
        await page.waitForFunction(
          () =>
            document.querySelectorAll('[data-cell="grid"] [role=figure], [data-cell="grid"] figure')
              .length < 4,
        );
        const names = (await grid.locator("figcaption").allInnerTexts())
          .map((text) => /^\S+/.exec(text)![0]);
        const specification = notebook.cell("options").getByLabel("Feature specification");
        assert.equal(await specification.inputValue(), names.join(" "));
      });
    });
  }

  await t.step("uncertainty: maps, and a way to the most uncertain place", async () => {
    await withNotebook(notebooks, browser, "/uncertainty.html", async (notebook, page) => {
      await page.getByLabel("Annotation", { exact: true }).waitFor();
      await paintBoth(notebook);
      await notebook.labels();
      const maps = notebook.cell("maps").getByRole("img");
      await maps.nth(2).waitFor();
      await page.getByRole("button", { name: "Where to paint next" }).click();
      await page.getByText("Paint there.").waitFor();
      await notebook.cell("annotation").filter({ hasText: /600 %/ }).waitFor();
    });
  });

  await t.step("embed: the segmenter is one cell, and others follow it", async () => {
    await withNotebook(notebooks, browser, "/embed.html", async (notebook, page) => {
      await notebook.surface.waitFor();
      await paintBoth(notebook);
      const view = page.locator(".daub-segmenter[data-status=done][data-objects]");
      await view.waitFor();
      const found = page.locator("main p").filter({ hasText: /^\d+ objects from \d+ painted/ });
      const { counts } = await notebook.painted();
      await found.filter({ hasText: `from ${counts[1] + counts[2]} painted pixels` }).waitFor();
      await found.filter({ hasText: `${await view.getAttribute("data-objects")} objects` })
        .waitFor();
      assert.ok(Number(await view.getAttribute("data-objects")) > 0);
      await page.locator("main figure svg, main svg[class^=plot]").first().waitFor();
    });
  });

  await t.step("volume: strokes in a slice find objects in all", async () => {
    await withNotebook(notebooks, browser, "/volume.html", async (notebook, page) => {
      await notebook.cell("annotation").getByLabel("Slice", { exact: true }).first().waitFor();
      await paintBoth(notebook);
      assert.ok(await notebook.labels() > 0);
      await page.locator("main").filter({ hasText: /objects in \d+ slices/ }).waitFor();
    });
  });
});
