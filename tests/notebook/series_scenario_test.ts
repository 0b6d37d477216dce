/// <reference lib="dom" />
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Painter } from "../../src/notebook/client/painter/paint.ts";
import { readImage } from "../../mod.ts";
import { openImage } from "../../src/image/read.ts";
import { buildTiff, description, greyFields, type TestPage } from "../image/tiff_bytes.ts";
import { openBrowser } from "../support/browser.ts";
import { serveNotebooks } from "../support/notebook_server.ts";
import { GROUND, NotebookPage, OBJECT } from "./segment_page.ts";

const local = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** The sample's left and its negative, as two time points or two channels of an ImageJ file. */
async function writePair(path: string, axis: "frames" | "channels", width: number) {
  const [{ data, width: whole, height }] = await readImage(local("samples/blobs.tif"));
  const positive = Uint8Array.from(data as Uint8Array).filter((_, i) => i % whole < width);
  const negative = positive.map((value) => 255 - value);
  const text = `ImageJ=1.53k\nimages=2\n${axis}=2\nhyperstack=true\n`;
  const pages: TestPage[] = [positive, negative].map((segment, i) => ({
    fields: [...greyFields(width, height, 8), ...(i === 0 ? [description(text)] : [])],
    segments: [segment],
  }));
  await Deno.writeFile(path, buildTiff(pages));
}

Deno.test("time points and channels are painted on, shown and learnt from", async (t) => {
  const folder = await Deno.makeTempDir({ prefix: "daub-pairs-" });
  try {
    await writePair(join(folder, "series.tif"), "frames", 240);
    await writePair(join(folder, "pair.tif"), "channels", 230);
    await using notebooks = await serveNotebooks(local("notebooks"), folder);
    await using browser = await openBrowser();
    const page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
    const notebook = new NotebookPage(page);
    await notebook.open(await notebooks.address("/"));
    const paintBoth = async () => {
      await page.keyboard.press("1");
      await notebook.paint(...GROUND);
      await page.keyboard.press("2");
      await notebook.paint(...OBJECT);
      return await notebook.labels();
    };
    const painted = (t: number) =>
      page.evaluate((t) => {
        const { annotation, viewport } = document.querySelector<Painter>(".daub-painter")!;
        const { width, height } = viewport.size;
        const at = (x: number, y: number) =>
          annotation.at(Math.floor(x * width), Math.floor(y * height), 0, t);
        return [at(0.07, 0.05), at(0.53, 0.3), at(0.25, 0.7)];
      }, t);

    await t.step("each time point has its strokes and its labels", async () => {
      await notebook.choose(/series/, 240);
      await notebook.surface.focus();
      const first = await paintBoth();
      assert.ok(first > 10, `${first} objects`);
      await page.keyboard.press(">");
      assert.equal(await notebook.cell("annotation").getByLabel("Time").inputValue(), "1");
      assert.equal(await notebook.cell("view").getByLabel("Time").inputValue(), "1");
      await page.waitForFunction(
        (first) =>
          document.querySelector<HTMLElement>('[data-cell="labels"]')!.dataset.objects !==
            String(first),
        first,
      );
      await notebook.paint([0.2, 0.7], [0.3, 0.7]);
      await notebook.labels();
      assert.deepEqual(await painted(0), [1, 2, 0]);
      assert.deepEqual(await painted(1), [0, 0, 2]);
      const saved = await openImage(await notebook.save("annotation.tif"));
      assert.equal(saved.info.frames, 2);
      const [later] = await saved.read({ frame: 1 });
      const { width, height, data } = later;
      assert.equal(data[Math.floor(0.7 * height) * width + Math.floor(0.25 * width)], 2);
      await notebook.surface.focus();
      await page.keyboard.press("Control+z");
      assert.deepEqual(await painted(1), [0, 0, 0]);
    });

    await t.step("the channel shown is not the channel learnt from", async () => {
      await notebook.choose(/pair/, 230);
      await page.waitForFunction(() =>
        document.querySelector<Painter>(".daub-painter")!.value.labelled === 0
      );
      await notebook.surface.focus();
      const count = await paintBoth();
      const labels = notebook.cell("labels");
      const before = await labels.getAttribute("data-revision");
      await notebook.cell("annotation").getByRole("button", { name: "Display" }).click();
      await notebook.cell("annotation").getByLabel("Channel").selectOption({ label: "Channel 2" });
      await notebook.labels();
      assert.equal(await labels.getAttribute("data-revision"), before);
      const named = page.locator("svg text", { hasText: "sobel_of_gaussian_blur=1" });
      const one = await named.count();
      await notebook.cell("options").getByLabel("Channel 2").check();
      await named.nth(one).waitFor({ state: "attached" });
      assert.ok(await notebook.labels() > 10 && count > 10);
    });

    await t.step("what is told of features names the time point that it is of", async () => {
      const only = page.locator("main .output").getByText(/those of the first time point/);
      await page.goto(new URL("/features.html", page.url()).href);
      await page.locator(".plane-figure").first().waitFor();
      await notebook.choose(/blobs/, 256);
      await only.waitFor({ state: "detached" });
      await notebook.choose(/series/, 240);
      await only.waitFor();
    });
    assert.deepEqual(notebook.errors, []);
    await page.close();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
