/// <reference lib="dom" />
import assert from "node:assert/strict";
import { openBrowser } from "../support/browser.ts";
import { serveNotebooks } from "../support/notebook_server.ts";
import { GROUND, NotebookPage, OBJECT } from "./segment_page.ts";

Deno.test("another depth of the forest redraws no feature, another feature does", async () => {
  await using notebooks = await serveNotebooks();
  await using browser = await openBrowser();
  const context = await browser.newContext({ viewport: { width: 1280, height: 1000 } });
  const notebook = new NotebookPage(await context.newPage());
  await notebook.open(await notebooks.address("/features.html"));
  const figures = notebook.cell("grid").getByRole("figure");
  await figures.nth(3).waitFor();
  await notebook.paint(...GROUND);
  await notebook.page.keyboard.press("=");
  await notebook.paint(...OBJECT);
  const isShown = () =>
    notebook.page.locator('[data-cell="shown"][data-status="done"]').waitFor({ state: "attached" });
  await isShown();
  const [before, shares] = [await figures.first().elementHandle(), await figures.allInnerTexts()];
  const depth = notebook.cell("options").getByLabel("Depth", { exact: false }).first();
  await depth.fill("1");
  await depth.press("Enter");
  // The shares below the pictures are those of the new forest.
  await notebook.page.waitForFunction((shares) => {
    const now = [...document.querySelectorAll('[data-cell="grid"] figure')]
      .map((figure) => (figure as HTMLElement).innerText);
    return now.length === shares.length && String(now) !== String(shares);
  }, shares);
  const isTheSame = () =>
    figures.first().evaluate((figure, before) => figure === before, before as unknown as Node);
  assert.equal(await isTheSame(), true, "the pictures are those of before");
  for (const name of ["features", "grid", "validated", "suggested"]) {
    assert.equal(await notebook.cell(name).getAttribute("data-status"), "done", name);
  }

  await notebook.cell("options").getByLabel("Gaussian blur, sigma 3", { exact: true }).check();
  await figures.nth(4).waitFor();
  assert.equal(await isTheSame(), false);
  assert.deepEqual(notebook.errors, []);
  await context.close();
});
