/// <reference lib="dom" />
import assert from "node:assert/strict";
import type { Browser, Page } from "npm:playwright-core@1.65.1";
import type { DaubSegmenter } from "../../src/notebook/client/embed/mod.ts";
import { openBrowser } from "../support/browser.ts";
import { EmbedSite, paintLine, STRICT } from "./embed_site.ts";

/** Everything that a visitor would miss when a page is opened again. */
const state = (page: Page) =>
  page.evaluate(() => {
    const segmenter = document.querySelector<DaubSegmenter>("daub-segmenter")!;
    const { painter } = segmenter.view!;
    const { annotation, viewport, settings } = painter!;
    const { options, value } = segmenter;
    return {
      painted: value!.annotation.data.reduce((sum, each, i) => sum + each * i, 0),
      undo: [annotation.undoDepth, annotation.redoDepth],
      options: JSON.stringify(options),
      view: { ...viewport.view, size: settings.size },
    };
  });

async function openedPage(site: EmbedSite, browser: Browser, path: string) {
  const visit = await site.visit(browser, path);
  await visit.page.locator(".daub-segmenter[data-device]").waitFor();
  return visit;
}

/** Loads the page again, as it is when its element has these attributes. */
async function reload(page: Page, attributes: Record<string, string>): Promise<void> {
  await page.reload();
  await page.evaluate((attributes) => {
    const segmenter = document.querySelector("daub-segmenter")!;
    const again = document.createElement("daub-segmenter");
    for (const [name, value] of Object.entries(attributes)) again.setAttribute(name, value);
    segmenter.replaceWith(again);
  }, { image: "blobs.tif", ...attributes });
  await page.locator(".daub-segmenter[data-device]").waitFor();
}

const isDone = (page: Page) =>
  page.waitForFunction(() => {
    const { status, answered, revision } = document.querySelector<HTMLElement>(".daub-segmenter")!
      .dataset;
    return status === "done" && answered === revision;
  });

async function paintTutorial(page: Page): Promise<void> {
  await paintLine(page, [10, 10], [30, 12]);
  await page.keyboard.press("=");
  await paintLine(page, [138, 80], [132, 84]);
}

Deno.test("the segmenter of a page served by a plain file server", async (t) => {
  await using site = await EmbedSite.open();
  site.policy = STRICT.replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'");
  await using browser = await openBrowser();

  await t.step("finds strokes, undo steps, options and view again after a reload", async () => {
    const { page, errors } = await openedPage(site, browser, "/samples/embed.html");
    assert.equal(await page.evaluate(() => globalThis.crossOriginIsolated), false);
    await paintTutorial(page);
    await paintLine(page, [50, 200], [60, 200]);
    await page.keyboard.press("Control+z");
    await page.keyboard.press("]");
    await page.evaluate(() => {
      document.querySelector<DaubSegmenter>("daub-segmenter")!.options = { maxDepth: 3 };
    });
    await page.locator("details.daub-more > summary").click();
    const sigma = page.getByLabel("Gaussian blur, sigma 3", { exact: true });
    await sigma.check();
    const surface = page.getByLabel("Annotation", { exact: true });
    await surface.scrollIntoViewIfNeeded();
    await surface.hover();
    await page.mouse.wheel(0, -300);
    await page.waitForFunction(() =>
      !document.querySelector<DaubSegmenter>("daub-segmenter")!.view!.painter!.viewport.view.fitted
    );
    await isDone(page);
    const before = await state(page);
    assert.ok(before.painted > 0);
    assert.deepEqual(before.undo, [2, 1]);
    assert.match(before.options, /gaussian_blur=3/);
    const objects = await page.locator("#objects").innerText();

    await page.reload();
    await page.locator(".daub-segmenter[data-device]").waitFor();
    assert.deepEqual(await state(page), before);
    await isDone(page);
    assert.equal(
      await page.locator("#objects").innerText(),
      objects,
      "and the labels by themselves",
    );

    await reload(page, { keep: "false" });
    const without = await state(page);
    assert.deepEqual([without.painted, without.undo], [0, [0, 0]]);
    await paintLine(page, [50, 200], [60, 200]);
    await reload(page, { keep: "true" });
    assert.deepEqual(await state(page), before, "nothing was kept meanwhile");

    await reload(page, { annotation: "blobs_annotation.tif" });
    const given = await state(page);
    assert.notEqual(given.painted, before.painted, "whoever gives an annotation keeps it");
    assert.deepEqual(errors, []);
    await page.close();
  });

  await t.step("computes only when asked to where live is false", async () => {
    const { page, errors } = await openedPage(site, browser, "/samples/embed.html");
    assert.equal(await page.getByRole("switch", { name: "Live" }).count(), 0, "none by default");
    await reload(page, { keep: "false", live: "false" });
    const toggle = page.getByRole("switch", { name: "Live" });
    assert.equal(await toggle.getAttribute("aria-checked"), "false");
    await page.evaluate(() => {
      const counts = globalThis as unknown as { events: number };
      counts.events = 0;
      document.addEventListener("input", () => counts.events++);
    });
    await paintTutorial(page);
    const segmenter = page.locator(".daub-segmenter");
    await page.waitForTimeout(300);
    assert.equal(await segmenter.getAttribute("data-answered"), null);
    assert.equal(await segmenter.getAttribute("data-status"), "stale");
    await page.keyboard.press("u");
    await isDone(page);
    const answered = await segmenter.getAttribute("data-answered");
    await paintLine(page, [50, 200], [60, 200]);
    await page.waitForTimeout(300);
    assert.equal(await segmenter.getAttribute("data-answered"), answered);
    // Old labels fade, and the image below them does not.
    const grey = (name: string) =>
      page.getByLabel(name, { exact: true }).evaluate((canvas) => {
        const { width, height } = canvas as HTMLCanvasElement;
        const context = (canvas as HTMLCanvasElement).getContext("2d")!;
        const { data } = context.getImageData(
          Math.round(width * 0.5),
          Math.round(height * 0.97),
          1,
          1,
        );
        return [
          data[0],
          getComputedStyle(canvas).opacity,
          getComputedStyle(canvas.closest(".daub")!).opacity,
        ];
      });
    assert.equal(await page.locator(".daub-labels[data-stale]").count(), 1);
    assert.deepEqual(await grey("Labels"), await grey("Annotation"));
    const events = await page.evaluate(() => (globalThis as unknown as { events: number }).events);
    await toggle.click();
    await isDone(page);
    assert.notEqual(await segmenter.getAttribute("data-answered"), answered);
    assert.equal(await page.locator(".daub-labels[data-stale]").count(), 0);
    const after = await page.evaluate(() => (globalThis as unknown as { events: number }).events);
    assert.equal(after, events + 1, "the switch itself is no input, the result is one");
    assert.deepEqual(errors, []);
    await page.close();
  });

  await t.step("leaves no words selected where the mouse is dragged over its panels", async () => {
    const { page } = await openedPage(site, browser, "/samples/embed.html");
    await page.locator(".daub-painter").getByRole("button", { name: "Display" }).first().click();
    for (const selector of [".daub-name", ".daub-panel .daub-row span"]) {
      const words = page.locator(`.daub-painter ${selector}:visible`).first();
      await words.scrollIntoViewIfNeeded();
      const { x, y, width, height } = (await words.boundingBox())!;
      await page.mouse.move(x + 1, y + height / 2);
      await page.mouse.down();
      await page.mouse.move(x + width + 60, y + 60, { steps: 5 });
      await page.mouse.up();
      assert.equal(await page.evaluate(() => String(getSelection())), "", selector);
    }
    // What is typed can be selected still.
    const fields = page.locator(".daub-painter input[type=number]");
    assert.ok(await fields.count() > 0);
    for (const field of await fields.all()) {
      assert.equal(await field.evaluate((input) => getComputedStyle(input).userSelect), "text");
    }
    await page.close();
  });
});
