import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ObjectSegmenter, readImage } from "../../mod.ts";
import { openBrowser } from "../support/browser.ts";
import { serveNotebooks } from "../support/notebook_server.ts";
import { NotebookPage } from "./segment_page.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

for (const engine of ["page", "server"]) {
  Deno.test(`the tutorial, as a person does it, computed by the ${engine}`, async (t) => {
    await using notebooks = await serveNotebooks();
    await using browser = await openBrowser();
    const page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
    const notebook = new NotebookPage(page);
    await page.goto(await notebooks.address(`/?engine=${engine}`));
    await page.getByLabel("Annotation", { exact: true }).waitFor();
    let first = 0;

    await t.step("labels appear while painting, without any button", async () => {
      await notebook.paint([0.05, 0.05], [0.09, 0.05]);
      await page.keyboard.press("=");
      await notebook.paint([0.52, 0.3], [0.54, 0.3]);
      first = await notebook.labels();
      assert.ok(first > 0, `${first} objects`);
      assert.match(await page.locator("main").innerText(), new RegExp(`${first} objects`));
    });

    await t.step("undo takes the last stroke back, redo makes it again", async () => {
      await notebook.paint([0.2, 0.7], [0.3, 0.7]);
      const second = await notebook.labels();
      const surface = page.getByLabel("Annotation", { exact: true });
      const painted = Number(await surface.getAttribute("data-revision"));
      await page.keyboard.press("Control+z");
      assert.equal(await notebook.labels(), first);
      assert.ok(Number(await surface.getAttribute("data-revision")) > painted);
      await page.keyboard.press("Control+Shift+z");
      assert.equal(await notebook.labels(), second);
    });

    await t.step("another sigma gives other labels", async () => {
      const before = await notebook.cell("options").getByLabel("Feature specification")
        .inputValue();
      await notebook.cell("options").getByLabel("Gaussian blur, sigma 3", { exact: true }).check();
      await page.locator("svg text", { hasText: "gaussian_blur=3" }).first().waitFor();
      await notebook.labels();
      const after = await notebook.cell("options").getByLabel("Feature specification").inputValue();
      assert.notEqual(after, before);
      assert.match(after, /gaussian_blur=3\b/);
    });

    await t.step("labels can be shown as outlines", async () => {
      const outlines = page.getByRole("button", { name: "Outlines" });
      await outlines.click();
      assert.equal(await outlines.getAttribute("aria-pressed"), "true");
    });

    await t.step("the saved classifier gives the saved labels in a script", async () => {
      const count = await notebook.labels();
      const folder = await Deno.makeTempDir();
      try {
        const path = join(folder, "ObjectSegmenter.cl");
        await Deno.writeFile(path, await notebook.save("ObjectSegmenter.cl"));
        const saved = await readImage(await notebook.save("labels.tif"));
        const table = new TextDecoder().decode(await notebook.save("objects.csv"));
        assert.equal(table.trim().split("\n").length - 1, count);
        const { code, stderr } = await new Deno.Command(Deno.execPath(), {
          cwd: root,
          args: [
            ...["run", "-A", "scripts/segment.ts", "samples/blobs.tif", "--classifier", path],
            ...["--out", folder, "--backend", "cpu", "--quiet"],
          ],
        }).output();
        assert.equal(code, 0, new TextDecoder().decode(stderr));
        const [labels] = await readImage(join(folder, "blobs_labels.tif"));
        const pixels = Array.from(saved[0].data, Number);
        assert.deepEqual(Array.from(labels.data, Number), pixels);
        assert.equal(new Set(pixels).size - 1, count);
        const segmenter = await ObjectSegmenter.load(path);
        assert.match(segmenter.featureSpecification, /gaussian_blur=3\b/);
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    });

    assert.deepEqual(notebook.errors, []);
    await page.close();
  });
}
