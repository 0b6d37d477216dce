/// <reference lib="dom" />
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { encodePng, encodeTiff, readImage } from "../../mod.ts";
import { openBrowser } from "../support/browser.ts";
import { serveNotebooks } from "../support/notebook_server.ts";
import { GROUND, NotebookPage, OBJECT } from "./segment_page.ts";

const blobs = fileURLToPath(new URL("../../samples/blobs.tif", import.meta.url));

/** Drops files on the page, as a file manager does. */
async function drop(
  { page }: NotebookPage,
  files: readonly { readonly name: string; readonly bytes: Uint8Array }[],
): Promise<void> {
  const listed = files.map(({ name, bytes }) => ({ name, bytes: [...bytes] }));
  await page.evaluate((files) => {
    const dataTransfer = new DataTransfer();
    for (const { name, bytes } of files) {
      dataTransfer.items.add(new File([Uint8Array.from(bytes)], name));
    }
    for (const type of ["dragover", "drop"]) {
      const event = new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true });
      document.querySelector("main")!.dispatchEvent(event);
    }
  }, listed);
}

for (const engine of ["page", "server"]) {
  Deno.test(`images are chosen, opened and dropped, computed by the ${engine}`, async (t) => {
    const folder = await Deno.makeTempDir();
    try {
      const [image] = await readImage(blobs);
      const small = { data: image.data.slice(0, 256 * 90), width: 256, height: 90, depth: 1 };
      const narrow = {
        data: Uint8Array.from({ length: 70 * 60 }, (_, i) => i % 251),
        width: 70,
        height: 60,
        depth: 1,
      };
      const tiff = await encodeTiff(small);
      const png = await encodePng(narrow);
      await Deno.mkdir(join(folder, "plate"));
      await Deno.writeFile(join(folder, "plate", "well 1.tif"), await encodeTiff(narrow));
      await using notebooks = await serveNotebooks(undefined, folder);
      await using browser = await openBrowser();
      const page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
      const notebook = new NotebookPage(page);
      await notebook.open(await notebooks.address(`/?engine=${engine}`));
      const menu = page.getByLabel("Image", { exact: true });
      const chosen = () => menu.locator("option:checked").innerText();
      const status = notebook.cell("image").getByRole("status");
      const opens = (width: number) => notebook.isOpen(width);

      await t.step("the menu begins with the first sample", async () => {
        assert.match(await chosen(), /^blobs/i);
      });

      await t.step("a file is opened, the menu says so, and leads back", async () => {
        await page.getByLabel("Image file").setInputFiles({
          name: "mine.png",
          mimeType: "image/png",
          buffer: Buffer.from(png),
        });
        await opens(70);
        assert.equal(await chosen(), "mine.png");
        await notebook.choose(/^blobs/i, 256);
        await notebook.choose(/^mine/, 70);
      });

      await t.step("of two dropped files the first is opened, and the page says so", async () => {
        await drop(notebook, [{ name: "a.tif", bytes: tiff }, { name: "b.png", bytes: png }]);
        await opens(256);
        assert.equal(await chosen(), "a.tif");
        assert.match(await status.innerText(), /Opened a\.tif, the first of 2 files/);
        await notebook.choose(/^cells/i, 200);
        assert.equal(await status.innerText(), "");
      });

      await t.step(
        "what is no image is refused, and the open one stays with its strokes",
        async () => {
          await notebook.paint(...GROUND);
          const { counts } = await notebook.painted();
          const refused: [string, Uint8Array, RegExp][] = [
            ["note.txt", new TextEncoder().encode("hello"), /found something else in note\.txt/],
            ["cut.tif", tiff.slice(0, tiff.length >> 1), /cut\.tif/],
            ["empty.tif", new Uint8Array(), /found an empty file/],
          ];
          for (const [name, bytes, message] of refused) {
            await drop(notebook, [{ name, bytes }]);
            await status.getByText(message).waitFor();
            assert.match(await chosen(), /^cells/i);
          }
          assert.deepEqual((await notebook.painted()).counts, counts);
          await notebook.paint(...OBJECT);
          assert.notDeepEqual((await notebook.painted()).counts, counts);
        },
      );

      await t.step("an image with a pixel that is no number says so once", async () => {
        const data = Float32Array.from(narrow.data);
        data[3] = NaN;
        await drop(notebook, [{ name: "nan.tif", bytes: await encodeTiff({ ...narrow, data }) }]);
        const alert = notebook.cell("engine").getByRole("alert");
        await alert.waitFor();
        assert.match(
          await alert.innerText(),
          /^Expected finite pixel values but found NaN at \(3, 0\)\. Replace such pixels/,
        );
        assert.equal(await page.getByText("Expected finite").count(), 1);
        await notebook.cell("annotation").getByText("Waits for engine.").waitFor();
        const menuAt = (await menu.boundingBox())!;
        assert.ok((await alert.boundingBox())!.y - menuAt.y < 100, "it stands below the menu");
        assert.ok(notebook.errors.length > 0);
        notebook.errors.length = 0;
        await notebook.choose(/^blobs/i, 256);
        assert.equal(await page.getByText("Waits for").count(), 0);
        assert.equal(await alert.count(), 0);
      });

      if (engine === "server") {
        await t.step(
          "the folder's images are in the menu, and uploads after a reload",
          async () => {
            await notebook.choose(/^plate\/well 1\.tif/, 70);
            await notebook.choose(/^a\.tif/, 256);
            await page.reload();
            await opens(256);
            assert.equal(await chosen(), "a.tif");
            await notebook.choose(/^mine\.png/, 70);
          },
        );
      }

      assert.deepEqual(notebook.errors, []);
      await page.close();
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}
