/// <reference lib="dom" />
import assert from "node:assert/strict";
import axe from "npm:axe-core@4.11.0";
import type { Page } from "npm:playwright-core@1.65.1";
import { openBrowser } from "../support/browser.ts";
import { serveNotebooks } from "../support/notebook_server.ts";
import { EmbedSite } from "./embed_site.ts";
import { GROUND, NotebookPage, OBJECT } from "./segment_page.ts";

/** What axe finds wrong on a page as it is now. */
async function findings(page: Page): Promise<string[]> {
  // What fades in or out would be seen half way.
  await page.evaluate(() => Promise.all(document.getAnimations().map(({ finished }) => finished)));
  await page.evaluate(axe.source);
  return await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(options: unknown): Promise<import("npm:axe-core@4.11.0").AxeResults> };
    };
    const { violations } = await axe.run({
      // Plot names the groups of its marks, which ARIA does not provide for.
      exclude: ["svg g[aria-label]"],
    });
    return violations.flatMap(({ id, help, nodes }) =>
      nodes.map(({ html }) => `${id}: ${help}: ${html.slice(0, 160)}`)
    );
  });
}

Deno.test("screen readers and weak eyes can use the notebooks: axe finds nothing", async (t) => {
  await using notebooks = await serveNotebooks();
  await using browser = await openBrowser();
  for (const colorScheme of ["light", "dark"] as const) {
    const context = await browser.newContext({
      viewport: { width: 1280, height: 1000 },
      colorScheme,
      reducedMotion: "reduce",
    });
    for (const name of ["segment", "volume"]) {
      await t.step(`${name}, ${colorScheme}`, async () => {
        const notebook = new NotebookPage(await context.newPage());
        const { page } = notebook;
        await notebook.open(await notebooks.address(`/${name}.html?engine=page`));
        assert.deepEqual(await findings(page), [], "at the beginning");
        await notebook.paint(...GROUND);
        await page.keyboard.press("=");
        await notebook.paint(...OBJECT);
        await notebook.labels();
        await page.getByRole("button", { name: "Display" }).first().click();
        assert.deepEqual(await findings(page), [], "with results and the display's panel");
        await page.keyboard.press("Escape");
        await page.keyboard.press("?");
        await page.getByRole("dialog", { name: "Keys" }).waitFor();
        assert.deepEqual(await findings(page), [], "with the sheet of keys");
        await page.close();
      });
    }
    for (const name of ["features", "uncertainty", "objects", "merge", "embed", "apply"]) {
      await t.step(`${name}, ${colorScheme}`, async () => {
        const notebook = new NotebookPage(await context.newPage());
        const { page } = notebook;
        await page.goto(await notebooks.address(`/${name}.html`));
        if (name === "apply") {
          await page.getByText("blobs.tif").waitFor();
          assert.deepEqual(await findings(page), []);
        } else {
          await notebook.surface.waitFor();
          await notebook.settled();
          assert.deepEqual(await findings(page), [], "at the beginning");
          await notebook.paint(...GROUND);
          await page.keyboard.press("=");
          await notebook.paint(...OBJECT);
          await notebook.settled();
          assert.deepEqual(await findings(page), [], "with results");
        }
        await page.close();
      });
    }
    await context.close();
  }
});

Deno.test("screen readers and weak eyes can use the segmenter in any page: axe finds nothing", async () => {
  await using site = await EmbedSite.open();
  await using browser = await openBrowser();
  // Lets axe in, which is put into the page as text.
  site.policy = "default-src 'self' 'unsafe-eval' 'unsafe-inline' blob: data:";
  for (const dark of [false, true]) {
    const { page } = await site.visit(browser, "/samples/embed.html", { dark });
    await page.locator(".daub-segmenter[data-device]").waitFor();
    assert.deepEqual(await findings(page), []);
    await page.close();
  }
});
