import assert from "node:assert/strict";
import { basename, join } from "node:path";
import { openBrowser } from "../support/browser.ts";
import { serveNotebooks } from "../support/notebook_server.ts";
import { NotebookPage } from "./segment_page.ts";

const NOTEBOOK = `<!doctype html>
<notebook theme="light-dark(air, near-midnight)">
  <title>Sums</title>
  <script type="text/markdown" id="1">
    # Sums
  </script>
  <script type="application/vnd.observable.javascript" id="2">
    a = 2
  </script>
  <script type="application/vnd.observable.javascript" id="3">
    b = a + 1
  </script>
  <script type="application/vnd.observable.javascript" id="4">
    other = (globalThis.runs = (globalThis.runs ?? 0) + 1)
  </script>
  <script hidden type="application/vnd.observable.javascript" id="5">
    quiet = a * 2
  </script>
</notebook>
`;

async function withNotebook(
  test: (notebook: NotebookPage, file: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const file = join(folder, "größere Summen & mehr.html");
  try {
    await Deno.writeTextFile(file, NOTEBOOK);
    await using notebooks = await serveNotebooks(folder);
    await using browser = await openBrowser();
    const page = await browser.newPage({ viewport: { width: 900, height: 700 } });
    await page.goto(await notebooks.address(`/${encodeURIComponent(basename(file))}`));
    await test(new NotebookPage(page), file);
    await page.close();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Replaces a cell's text and runs it. */
async function edit(notebook: NotebookPage, name: string, text: string): Promise<void> {
  const { page } = notebook;
  const editor = notebook.cell(name).getByLabel(/^Code of cell/);
  if (await editor.count() === 0) {
    await page.getByRole("button", { name: `Edit ${name}`, exact: true }).click();
  }
  await editor.click();
  await page.keyboard.press("Control+a");
  await page.keyboard.insertText(text);
  await page.keyboard.press("Shift+Enter");
}

Deno.test("a notebook is edited, broken and mended in its page, and saved on command", async (t) => {
  await withNotebook(async (notebook, file) => {
    const { page } = notebook;
    const output = (name: string) => notebook.cell(name).locator(".output");
    const shows = (name: string, text: string) =>
      output(name).getByText(text).waitFor({ state: "visible" });
    const names = () =>
      page.locator("main > section").evaluateAll((sections) =>
        sections.map((section) =>
          (section as unknown as { dataset: { cell: string } }).dataset.cell
        )
      );
    const alert = (name: string) => notebook.cell(name).getByRole("alert");
    await shows("b", "3");

    await t.step("Shift+Enter runs the cell and what depends on it, nothing else", async () => {
      await edit(notebook, "a", "a = 40");
      await shows("b", "41");
      assert.match(await output("other").innerText(), /other = 1/);
    });

    await t.step("the code of all cells is shown on demand, of hidden ones too", async () => {
      const code = (name: string) => notebook.cell(name).locator(".cell-code");
      const button = page.getByRole("button", { name: "Code", exact: true });
      assert.equal(await code("quiet").isVisible(), false);
      await button.click();
      assert.equal(await code("a").innerText(), "a = 40");
      await code("quiet").click();
      await notebook.cell("quiet").getByLabel("Code of cell 5", { exact: true }).waitFor();
      await edit(notebook, "quiet", "quiet = a * 3");
      await page.keyboard.press("Escape");
      assert.equal(await code("quiet").innerText(), "quiet = a * 3");
      await button.click();
      assert.equal(await code("a").isVisible(), false);
    });

    await t.step("what cannot be read leaves the cell alive and says why", async () => {
      await edit(notebook, "a", "a = 40 +");
      await alert("a").waitFor();
      assert.match(await alert("a").innerText(), /Unexpected/);
      assert.match(await output("b").innerText(), /41/);
      assert.equal(await notebook.cell("a").getAttribute("data-status"), "failed");
    });

    await t.step("an error while it runs shows in the cell and what depends on it", async () => {
      await edit(notebook, "a", "a = missing + 1");
      await output("a").getByText("missing is not defined").waitFor();
      assert.match(await output("other").innerText(), /other = 1/);
    });

    await t.step("a circle is refused with its names", async () => {
      await edit(notebook, "a", "a = b");
      await alert("a").getByText("a → b → a").waitFor();
    });

    await t.step("a name that is taken is refused", async () => {
      await edit(notebook, "a", "other = 1");
      await alert("a").getByText("found other defined in another cell").waitFor();
    });

    await t.step("a mended cell runs again", async () => {
      await edit(notebook, "a", "a = 6");
      await shows("b", "7");
      assert.equal(await alert("a").isVisible(), false);
      assert.equal(await notebook.cell("a").getAttribute("data-status"), "done");
    });

    await t.step("cells are added, moved and deleted", async () => {
      await page.getByRole("button", { name: "New cell below b", exact: true }).click();
      await page.getByLabel("Code of cell 6", { exact: true }).waitFor();
      await edit(notebook, "cell 6", "c = b * 2");
      await shows("c", "14");
      await page.getByRole("button", { name: "Move up b", exact: true }).click();
      await page.getByRole("button", { name: "Delete other", exact: true }).click();
      assert.deepEqual(await names(), ["text 1", "b", "a", "c", "quiet"]);
      await page.getByRole("button", { name: "Put it back" }).click();
      await shows("other", "2");
      assert.deepEqual(await names(), ["text 1", "b", "a", "c", "other", "quiet"]);
      await page.getByRole("button", { name: "Delete other", exact: true }).click();
      assert.deepEqual(await names(), ["text 1", "b", "a", "c", "quiet"]);
    });

    await t.step("nothing is written before the user says so, then all of it", async () => {
      assert.equal(await Deno.readTextFile(file), NOTEBOOK);
      await page.getByRole("button", { name: "Save notebook" }).click();
      await page.getByText("Saved").waitFor();
      const saved = await Deno.readTextFile(file);
      assert.match(saved, /id="3">\s+b = a \+ 1[^]*id="2">\s+a = 6[^]*id="6">\s+c = b \* 2/);
      assert.doesNotMatch(saved, /other/);
      assert.match(saved, /<notebook theme="light-dark\(air, near-midnight\)">/);
      const beside = [];
      for await (const { name } of Deno.readDir(join(file, ".."))) beside.push(name);
      assert.deepEqual(beside, [basename(file)]);
    });

    await t.step("a file that changed on disk is not overwritten, but offered", async () => {
      const changed = (await Deno.readTextFile(file)).replace("a = 6", "a = 8");
      await Deno.writeTextFile(file, changed);
      await edit(notebook, "c", "c = b * 3");
      await page.getByRole("button", { name: "Save notebook" }).click();
      await page.getByText("changed on disk").waitFor();
      assert.equal(await Deno.readTextFile(file), changed);
      page.on("dialog", (dialog) => void dialog.accept());
      await page.getByRole("button", { name: "Reload" }).click();
      await shows("b", "9");
    });

    await t.step("where all cells are deleted, there is a way to a new one", async () => {
      for (const name of await names()) {
        await page.getByRole("button", { name: `Delete ${name}`, exact: true }).click();
      }
      await page.getByRole("button", { name: "New cell", exact: true }).click();
      await edit(notebook, "cell 1", "first = 5 * 5");
      await shows("first", "25");
      assert.equal(await page.getByRole("button", { name: "New cell", exact: true }).count(), 0);
    });
  });
});
