import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { NotebookPages } from "../../../src/notebook/server/notebook_pages.ts";
import { openBrowser } from "../../support/browser.ts";
import { NotebookPage } from "../segment_page.ts";
import { serve } from "./support/serve.ts";

const local = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

Deno.test("the server goes and comes back, the tab is closed and opened: every stroke is there", async () => {
  const folder = await Deno.makeTempDir();
  const pages = await NotebookPages.open({ folder: local("notebooks"), samples: local("samples") });
  await using browser = await openBrowser();
  const context = await browser.newContext({ viewport: { width: 1280, height: 1000 } });
  const painted = (page: NotebookPage) =>
    page.page.evaluate(() => {
      const surface = "[aria-label='Annotation']";
      type Page = { document: { querySelector(s: string): { dataset: { revision: string } } } };
      return Number(
        (globalThis as unknown as Page).document.querySelector(surface).dataset.revision,
      );
    });
  try {
    let server = await serve({ folder, pages, credential: "none" });
    const { port } = server;
    const first = new NotebookPage(await context.newPage());
    const state = first.page.locator(".daub-connection");
    await first.page.goto((await server.server.address()).href);
    await first.page.getByLabel("Annotation", { exact: true }).waitFor();
    await first.paint([0.05, 0.05], [0.09, 0.05]);
    await first.page.keyboard.press("=");
    await first.paint([0.52, 0.3], [0.54, 0.3]);
    assert.ok(await first.labels() > 0);
    assert.equal(await state.isVisible(), false);
    const before = await painted(first);

    await server[Symbol.asyncDispose]();
    await state.getByText("The server is gone").waitFor();
    await first.paint([0.2, 0.6], [0.3, 0.6]);
    const offline = await painted(first);
    assert.ok(offline > before, "painting goes on");

    server = await serve({ folder, pages, port, credential: "none" });
    await first.page.locator(".daub-connection[data-state='connected']").waitFor({
      state: "attached",
    });
    assert.ok(await first.labels() > 0);

    const second = new NotebookPage(await context.newPage());
    await second.page.goto(`http://127.0.0.1:${port}/`);
    await second.page.getByLabel("Annotation", { exact: true }).waitFor();
    assert.equal(await painted(second), await painted(first), "a second tab is in step");

    await server[Symbol.asyncDispose]();
    await state.getByText("The server is gone").waitFor();
    await first.paint([0.2, 0.8], [0.3, 0.8]);
    const last = await painted(first);
    await first.page.close({ runBeforeUnload: true });
    await second.page.close();
    server = await serve({ folder, pages, port, credential: "none" });
    const third = new NotebookPage(await context.newPage());
    await third.page.goto(`http://127.0.0.1:${port}/`);
    await third.page.getByLabel("Annotation", { exact: true }).waitFor();
    await third.labels();
    assert.equal(await painted(third), last, "what was painted without a server is there");
    await server[Symbol.asyncDispose]();
  } finally {
    await context.close();
    await Deno.remove(folder, { recursive: true });
  }
});
