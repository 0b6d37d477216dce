/// <reference lib="dom" />
import assert from "node:assert/strict";
import type { Page } from "npm:playwright-core@1.65.1";
import type { Painter } from "../../src/notebook/client/painter/paint.ts";
import { openBrowser } from "../support/browser.ts";
import { NotebookProcess } from "../support/notebook_process.ts";
import { GROUND, NotebookPage, OBJECT } from "./segment_page.ts";

/** What is kept beside the strokes, as text, and how many strokes. */
interface Kept {
  readonly commands: number;
  readonly notes: string;
}

async function keptByBrowser(page: Page): Promise<Kept> {
  return await page.evaluate(async () => {
    const asked = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const shelf = await asked(indexedDB.open("daub"));
    const transaction = shelf.transaction(["commands", "notes"]);
    const commands = await asked(transaction.objectStore("commands").count());
    const notes = JSON.stringify(await asked(transaction.objectStore("notes").getAll()));
    shelf.close();
    return { commands, notes };
  });
}

async function keptByServer(notebook: NotebookProcess): Promise<Kept> {
  const records = await notebook.records();
  const notes = records.filter(({ kind }) => kind === "view" || kind === "options")
    .map((record) => record.kind === "view" ? JSON.parse(record.view) : record);
  const commands = records.filter(({ kind }) => kind === "paint").length;
  return { commands, notes: JSON.stringify(notes) };
}

/** Everything that must be there again. */
async function look(notebook: NotebookPage) {
  const options = notebook.cell("options").getByLabel("Feature specification");
  const objects = await notebook.labels();
  return {
    objects,
    painted: await notebook.painted(),
    options: await options.inputValue(),
    view: await notebook.page.evaluate(() => {
      const { viewport, settings } = document.querySelector<Painter>(".daub-painter")!;
      return { ...viewport.view, size: settings.size };
    }),
  };
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 20_000;
  while (!await isSo()) {
    if (Date.now() > end) throw new Error("it did not happen");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

for (const engine of ["page", "server"]) {
  Deno.test(`after a crash strokes, undo, options and view are there again: ${engine}`, async () => {
    const started = await NotebookProcess.start();
    await using process = started.notebook;
    await using browser = await openBrowser();
    const context = await browser.newContext({ viewport: { width: 1280, height: 1000 } });
    let notebook = new NotebookPage(await context.newPage());
    await notebook.open(`${started.address}&engine=${engine}`);
    const { page } = notebook;

    await notebook.paint(...GROUND);
    await page.keyboard.press("=");
    await notebook.paint(...OBJECT);
    await notebook.paint([0.2, 0.7], [0.3, 0.7]);
    await page.keyboard.press("]");
    await page.keyboard.press("Control+z");
    await notebook.labels();
    await notebook.cell("options").getByLabel("Gaussian blur, sigma 3", { exact: true }).check();
    await page.locator("svg text", { hasText: "gaussian_blur=3" }).first().waitFor();
    await notebook.surface.scrollIntoViewIfNeeded();
    await page.mouse.move(...await notebook.place([0.4, 0.4]));
    await page.mouse.wheel(0, -300);
    await page.waitForFunction(() =>
      !document.querySelector<Painter>(".daub-painter")!.viewport.view.fitted
    );
    const before = await look(notebook);
    assert.equal(before.view.fitted, false);
    assert.equal(before.painted.redoDepth, 1);
    assert.match(before.options, /gaussian_blur=3\b/);
    await until(async () => {
      const kept = engine === "page" ? await keptByBrowser(page) : await keptByServer(process);
      const { commands, notes } = kept;
      return commands >= 4 && notes.includes(`"scale":${before.view.scale}`) &&
        notes.includes("gaussian_blur=3");
    });

    await process.kill();
    await page.close();
    await process.restart();
    notebook = new NotebookPage(await context.newPage());
    await notebook.open(`http://127.0.0.1:${process.port}/?engine=${engine}`);
    assert.deepEqual(await look(notebook), before);

    await notebook.surface.focus();
    await notebook.page.keyboard.press("Control+Shift+z");
    const { undoDepth, redoDepth } = await notebook.painted();
    assert.deepEqual([undoDepth, redoDepth], [before.painted.undoDepth + 1, 0]);
    await notebook.labels();
    assert.deepEqual(notebook.errors, []);
    await context.close();
  });
}

for (const engine of ["page", "server"]) {
  Deno.test(`two tabs are in step: strokes, undo and options: ${engine}`, async () => {
    const started = await NotebookProcess.start();
    await using process = started.notebook;
    await using browser = await openBrowser();
    const context = await browser.newContext({ viewport: { width: 1280, height: 1000 } });
    const [a, b] = [
      new NotebookPage(await context.newPage()),
      new NotebookPage(await context.newPage()),
    ];
    await a.open(`${started.address}&engine=${engine}`);
    await b.open(`http://127.0.0.1:${process.port}/?engine=${engine}`);
    const inStep = async () => {
      const [one, other] = [await a.painted(), await b.painted()];
      return JSON.stringify(one) === JSON.stringify(other);
    };
    await a.paint(...GROUND);
    await a.page.keyboard.press("=");
    await a.paint(...OBJECT);
    const count = await a.labels();
    await until(inStep);
    assert.equal(await b.labels(), count);

    await b.surface.focus();
    await b.page.keyboard.press("2");
    await b.paint([0.2, 0.7], [0.3, 0.7]);
    await until(inStep);
    await a.surface.focus();
    await a.page.keyboard.press("Control+z");
    await until(inStep);
    assert.equal(await a.labels(), count);
    assert.equal(await b.labels(), count);

    await b.cell("options").getByLabel("Gaussian blur, sigma 3", { exact: true }).check();
    const specification = a.cell("options").getByLabel("Feature specification");
    await until(async () => /gaussian_blur=3\b/.test(await specification.inputValue()));
    await a.page.locator("svg text", { hasText: "gaussian_blur=3" }).first().waitFor();
    await b.page.locator("svg text", { hasText: "gaussian_blur=3" }).first().waitFor();
    assert.equal(await a.labels(), await b.labels());
    assert.deepEqual([...a.errors, ...b.errors], []);
    await context.close();
  });
}
