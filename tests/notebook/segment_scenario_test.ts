/// <reference lib="dom" />
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ObjectSegmenter, readImage } from "../../mod.ts";
import { openBrowser } from "../support/browser.ts";
import { serveNotebooks } from "../support/notebook_server.ts";
import { samePixels } from "../support/same_pixels.ts";
import { GROUND, NotebookPage, OBJECT } from "./segment_page.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

for (const engine of ["page", "server"]) {
  Deno.test(`the tutorial, as a person does it, computed by the ${engine}`, async (t) => {
    await using notebooks = await serveNotebooks();
    await using browser = await openBrowser();
    const page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
    const notebook = new NotebookPage(page);
    await notebook.open(await notebooks.address(`/?engine=${engine}`));
    let first = 0;

    await t.step("a sample is chosen, and a small brush", async () => {
      await notebook.choose(/^cells/i, 200);
      await notebook.choose(/^blobs/i, 256);
      await notebook.surface.waitFor();
      const size = notebook.cell("annotation").getByLabel("Brush size in pixels");
      await size.fill("3");
      await size.press("Enter");
      assert.equal(
        await notebook.cell("annotation").getByLabel("Brush size in pixels")
          .inputValue(),
        "3",
      );
    });

    await t.step("labels appear while painting, without any button", async () => {
      await notebook.paint(...GROUND);
      await page.keyboard.press("=");
      await notebook.paint(...OBJECT);
      first = await notebook.labels();
      assert.ok(first > 0, `${first} objects`);
      await page.locator("main", { hasText: `${first} objects` }).waitFor();
    });

    await t.step("results are shown while the stroke goes on", async () => {
      const before = await notebook.painted();
      const shown = await notebook.paintUntilShown([0.2, 0.7], [0.3, 0.7], 2);
      assert.ok(shown.length >= 2, `${shown.length} results during the stroke`);
      assert.ok(shown.every((revision, i) => i === 0 || revision > shown[i - 1]));
      const { undoDepth } = await notebook.painted();
      assert.equal(undoDepth, before.undoDepth + 1, "the stroke is one step");
      assert.ok(await notebook.revision() >= shown.at(-1)!);
    });

    await t.step("undo takes the last stroke back, redo makes it again", async () => {
      const second = await notebook.labels();
      const painted = await notebook.revision();
      await page.keyboard.press("Control+z");
      assert.equal(await notebook.labels(), first);
      assert.ok(await notebook.revision() > painted);
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

    await t.step("labels can be shown as outlines; code names the file", async () => {
      await page.waitForFunction(() => {
        const code = Array.from(
          document.querySelectorAll("main .output pre"),
          (pre) => pre.textContent!,
        );
        return code.length > 0 && code.every((text) => text.includes("blobs.tif"));
      });
      const outlines = page.getByRole("button", { name: "Outlines" });
      await outlines.click();
      assert.equal(await outlines.getAttribute("aria-pressed"), "true");
    });

    await t.step("the saved classifier gives the saved labels in a script", async () => {
      const count = await notebook.labels();
      // The files are those of the newest results when everything that hangs on them has run.
      await page.waitForFunction(() =>
        !document.querySelector('[data-cell][data-status="running"]')
      );
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
        samePixels(Array.from(labels.data, Number), pixels);
        assert.equal(new Set(pixels).size - 1, count);
        const segmenter = await ObjectSegmenter.load(path);
        assert.match(segmenter.featureSpecification, /gaussian_blur=3\b/);

        // The strokes, trained on anew, find the same.
        const image = await readImage(join(root, "samples", "blobs.tif"));
        const annotation = await readImage(await notebook.save("annotation.tif"));
        const again = await ObjectSegmenter.train({
          image,
          annotation,
          features: segmenter.featureSpecification,
          backend: "cpu",
        });
        samePixels((await again.predict(image, { backend: "cpu" })).data, pixels);
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    });

    assert.deepEqual(notebook.errors, []);
    await page.close();
  });

  Deno.test(`the tutorial by keyboard only, computed by the ${engine}`, async () => {
    await using notebooks = await serveNotebooks();
    await using browser = await openBrowser();
    const page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
    const notebook = new NotebookPage(page);
    await notebook.open(await notebooks.address(`/?engine=${engine}`));
    const press = async (key: string, times = 1) => {
      for (let i = 0; i < times; i++) await page.keyboard.press(key);
    };

    await notebook.tabTo(page.getByLabel("Image", { exact: true }));
    await page.keyboard.type("cells");
    await notebook.isOpen(200);
    await page.keyboard.press("ArrowUp");
    await notebook.isOpen(256);
    await notebook.tabTo(notebook.surface);

    await press("Shift+?");
    await page.getByRole("dialog").waitFor();
    await press("Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });

    // The brush begins in the middle of the image, at 128, 127.
    await press("1");
    await press("Shift+ArrowLeft", 11);
    await press("Shift+ArrowUp", 11);
    await press("Enter");
    await press("ArrowRight", 8);
    await press("Enter");
    await press("=");
    await press("Shift+ArrowRight", 11);
    await press("Shift+ArrowDown", 6);
    await press("Enter");
    await press("ArrowLeft", 4);
    await press("Enter");
    const count = await notebook.labels();
    assert.ok(count > 10, `${count} objects`);
    const { counts, undoDepth } = await notebook.painted();
    assert.ok(counts[1] > 0 && counts[2] > 0, `${counts}`);
    await press("Control+z");
    assert.equal((await notebook.painted()).undoDepth, undoDepth - 1);
    await press("Control+Shift+z");
    assert.equal(await notebook.labels(), count);

    await notebook.tabTo(page.getByRole("button", { name: "Save ObjectSegmenter.cl" }));
    const coming = page.waitForEvent("download");
    await press("Enter");
    const segmenter = ObjectSegmenter.parse(await Deno.readTextFile(await (await coming).path()));
    const image = await readImage(join(root, "samples/blobs.tif"));
    assert.equal((await segmenter.predict(image, { backend: "cpu" })).count, count);
    assert.deepEqual(notebook.errors, []);
    await page.close();
  });
}
