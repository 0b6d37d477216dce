/// <reference lib="dom" />
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { unzipSync } from "npm:fflate@0.8.3";
import type { Browser, Locator, Page } from "npm:playwright-core@1.65.1";
import { encodeTiff, type Image, ObjectSegmenter, readImage } from "../../mod.ts";
import { buildTiff, description, greyFields, type TestPage } from "../image/tiff_bytes.ts";
import { openBrowser } from "../support/browser.ts";
import { type ServedNotebooks, serveNotebooks } from "../support/notebook_server.ts";
import { samePixels } from "../support/same_pixels.ts";
import { NotebookPage } from "./segment_page.ts";

const samples = fileURLToPath(new URL("../../samples/", import.meta.url));
/** The images of the folder, in the order of the list. */
const NAMES = ["a.tif", "broken.tif", "long.tif", "plate/b.tif"];

/** A folder of images, one of them damaged and one large, and a classifier. */
interface Material extends AsyncDisposable {
  readonly folder: string;
  readonly images: string;
  readonly classifier: string;
  readonly segmenter: ObjectSegmenter;
  readonly image: readonly Image[];
}

async function makeMaterial(): Promise<Material> {
  const folder = await Deno.makeTempDir();
  const images = join(folder, "images");
  const image = await readImage(join(samples, "blobs.tif"));
  const annotation = await readImage(join(samples, "blobs_annotation.tif"));
  const segmenter = await ObjectSegmenter.train({ image, annotation, backend: "cpu" });
  const classifier = join(folder, "ObjectSegmenter.cl");
  await Deno.writeTextFile(classifier, segmenter.toString());
  const whole = await Deno.readFile(join(samples, "blobs.tif"));
  await Deno.mkdir(join(images, "plate"), { recursive: true });
  await Deno.writeFile(join(images, "a.tif"), whole);
  await Deno.writeFile(join(images, "broken.tif"), whole.subarray(0, 500));
  await Deno.writeFile(
    join(images, "long.tif"),
    await encodeTiff(repeat(image[0], 20), { compression: "none" }),
  );
  await Deno.writeFile(join(images, "plate", "b.tif"), whole);
  return {
    folder,
    images,
    classifier,
    segmenter,
    image,
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

/** An image many times side by side. */
function repeat({ data, width, height }: Image, times: number): Image {
  const size = { width: times * width, height: times * height, depth: 1 };
  const out = new Uint8Array(size.width * size.height);
  for (let y = 0; y < size.height; y++) {
    for (let x = 0; x < size.width; x += width) {
      const from = (y % height) * width;
      out.set(data.subarray(from, from + width) as Uint8Array, y * size.width + x);
    }
  }
  return { ...size, data: out };
}

/** The form as a person sees it. */
class ApplyPage {
  readonly notebook: NotebookPage;

  constructor(readonly page: Page) {
    this.notebook = new NotebookPage(page);
  }

  row(name: string): Locator {
    return this.page.locator(`tr:has([title="${name}"], [title$="/${name}"])`);
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole("button", { name });
  }

  async says(text: string | RegExp): Promise<void> {
    await this.page.locator(".daub-apply-status", { hasText: text }).waitFor();
  }

  async choose(file: string | { name: string; mimeType: string; buffer: Buffer }) {
    await this.page.getByLabel("Choose a classifier").setInputFiles(file);
  }
}

/** Classifiers that are refused in the page, whoever computes. */
async function refuseClassifiers(form: ApplyPage, text: string): Promise<void> {
  const facts = form.page.locator('.daub-apply-facts[data-state="failed"]');
  const wrong: [string, string, RegExp][] = [
    ["image.cl", "II*\0", /Expected.*image\.cl/],
    ["half.cl", text.slice(0, text.length / 2), /Expected.*half\.cl/],
    ["pixel.cl", text.replace("ObjectSegmenter", "PixelClassifier"), /Expected an ObjectSegmenter/],
    ["huge.cl", " ".repeat(13 * 2 ** 20), /at most 12 MB but found 13 MB in huge\.cl/],
  ];
  for (const [name, content, message] of wrong) {
    await form.choose({
      name,
      mimeType: "text/plain",
      buffer: Buffer.from(content),
    });
    await facts.filter({ hasText: message }).waitFor();
    assert.ok(await form.button(/^Apply/).isDisabled());
  }
}

/** Applies to all, cancels in the middle, and applies to those that are left. */
async function applyToAll(form: ApplyPage, material: Material): Promise<void> {
  const { page } = form;
  await refuseClassifiers(form, material.segmenter.toString());
  await form.choose(material.classifier);
  await page.getByText("finds class 2 of 1, 2 by 4 features in 2D images of 1 channel").waitFor();
  assert.equal(await page.getByRole("row").count(), 1 + NAMES.length);
  await form.button("Apply to 4 images").click();
  await form.row("long.tif").and(page.locator('[data-state="running"]')).waitFor();
  await form.button("Cancel").click();
  await form.says("Cancelled; 1 of 4 images done.");
  const states = () =>
    page.locator("[data-state]:is(tr)").evaluateAll((rows) =>
      rows.map((row) => (row as HTMLElement).dataset.state)
    );
  assert.deepEqual(await states(), ["done", "failed", "waiting", "waiting"]);
  assert.match(await form.row("broken.tif").innerText(), /Expected/);

  await form.page.getByLabel("Apply to long.tif").uncheck();
  await form.button("Apply to 3 images").click();
  await form.says("2 images done, 1 failed.");
  assert.deepEqual(await states(), ["done", "failed", "waiting", "done"]);
}

/** What is found is the library's, in the view, the files and the table. */
async function checkResults(form: ApplyPage, { segmenter, image }: Material): Promise<void> {
  const { page, notebook } = form;
  const expected = await segmenter.predict(image, { backend: "cpu" });
  const count = String(expected.count);
  for (const name of ["a.tif", "b.tif"]) {
    assert.match(await form.row(name).innerText(), new RegExp(`\\s${count}\\s+\\d+ ms`));
  }
  await form.row("b.tif").click();
  const shown = page.getByLabel("Labels", { exact: true });
  await page.waitForFunction(
    (count) =>
      document.querySelector<HTMLElement>("[aria-label=Labels]")?.dataset.objects === count,
    count,
  );
  assert.ok(await shown.isVisible());
  const [labels] = await readImage(await notebook.save("b_labels.tif"));
  samePixels(labels.data as Uint16Array, expected.data);
  const table = new TextDecoder().decode(await notebook.save("labels.csv"));
  const files = table.trimEnd().split("\n").map((line) => line.split(",")[0]);
  assert.equal(files[0], "file");
  const rowsOf = (name: string) => files.filter((file) => file.endsWith(name)).length;
  assert.deepEqual([rowsOf("a.tif"), rowsOf("b.tif")], [expected.count, expected.count]);
  const archive = unzipSync(await notebook.save("labels.zip"));
  const name = Object.keys(archive).find((name) => name.endsWith("b_labels.tif"))!;
  assert.equal(Object.keys(archive).length, 2);
  samePixels((await readImage(archive[name]))[0].data as Uint16Array, expected.data);
}

/** Another classifier takes nothing over of what the first one found. */
async function useAnother(form: ApplyPage, { folder, image }: Material): Promise<void> {
  const { page, notebook } = form;
  const annotation = await readImage(join(samples, "blobs_annotation.tif"));
  const other = { image, annotation, features: "original", backend: "cpu" } as const;
  const segmenter = await ObjectSegmenter.train(other);
  const file = join(folder, "Other.cl");
  await Deno.writeTextFile(file, segmenter.toString());
  await form.choose(file);
  await page.getByText("Other.cl: finds class 2 of 1, 2 by 1 feature in").waitFor();
  const all = page.getByLabel("All images", { exact: true });
  await all.check();
  await form.button("Apply to 4 images").waitFor();
  await all.uncheck();
  await page.getByLabel(/^Apply to (plate\/)?b\.tif$/).check();
  await form.button("Apply to 1 image").click();
  await form.says("1 image done.");
  const { count } = await segmenter.predict(image, { backend: "cpu" });
  const table = new TextDecoder().decode(await notebook.save("labels.csv"));
  const lines = table.trimEnd().split("\n").slice(1);
  assert.equal(lines.length, count);
  assert.ok(lines.every((line) => /^(plate\/)?b\.tif,/.test(line)));
}

/** The list is used by the keyboard alone. */
async function useKeys(form: ApplyPage): Promise<void> {
  const { page } = form;
  await form.row("a.tif").focus();
  await page.keyboard.press("End");
  const focused = page.locator("tr:focus");
  assert.match(await focused.innerText(), /b\.tif/);
  await page.keyboard.press("ArrowUp");
  assert.match(await focused.innerText(), /long\.tif/);
  assert.equal(await focused.getAttribute("aria-selected"), "true");
  const check = page.getByLabel("Apply to long.tif");
  const was = await check.isChecked();
  await page.keyboard.press("Space");
  assert.equal(await check.isChecked(), !was);
  await page.keyboard.press("Home");
  assert.match(await focused.innerText(), /a\.tif/);
}

async function withPage(
  notebooks: ServedNotebooks,
  browser: Browser,
  path: string,
  test: (form: ApplyPage) => Promise<void>,
): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
  const form = new ApplyPage(page);
  await page.goto(await notebooks.address(path));
  await page.getByLabel("Choose a classifier").waitFor();
  await test(form);
  assert.deepEqual(form.notebook.errors, []);
  await page.close();
}

Deno.test("a saved classifier on a folder of images, as a person does it", async (t) => {
  await using material = await makeMaterial();
  const { images } = material;
  await using notebooks = await serveNotebooks(undefined, images);
  await using browser = await openBrowser();

  await t.step("the server computes, and saves beside the images", async () => {
    await withPage(notebooks, browser, "/apply.html", async (form) => {
      await form.row("a.tif").waitFor();
      await applyToAll(form, material);
      await checkResults(form, material);
      const beside = form.button("Save beside the images");
      await beside.click();
      await form.says("Saved 2 label images and labels.csv");
      const written = await Deno.readFile(join(images, "plate", "b_labels.tif"));
      assert.deepEqual(written, await form.notebook.save("b_labels.tif"));
      await beside.click();
      await form.says(/found a_labels\.tif and 2 more; nothing was written/);
      await useAnother(form, material);
      await useKeys(form);
    });
  });

  await t.step("files that are added on a server's page are computed in the page", async () => {
    await withPage(notebooks, browser, "/apply.html", async (form) => {
      await form.row("a.tif").waitFor();
      await form.page.getByLabel("All images", { exact: true }).uncheck();
      await form.page.getByLabel("Add files").setInputFiles(join(images, "a.tif"));
      await form.choose(material.classifier);
      await form.button("Apply to 1 image").click();
      await form.says("1 image done.");
      assert.equal(await form.row("a.tif").getAttribute("data-state"), "waiting");
      assert.equal(await form.row("a (2).tif").getAttribute("data-state"), "done");
      assert.ok(await form.button("Save beside the images").isDisabled());
    });
  });

  await t.step("what was saved is not offered as an image", async () => {
    await withPage(notebooks, browser, "/apply.html", async (form) => {
      await form.row("a.tif").waitFor();
      assert.equal(await form.page.getByRole("row").count(), 1 + NAMES.length);
    });
  });

  await t.step("the page computes by itself on files chosen in the browser", async () => {
    await withPage(notebooks, browser, "/apply.html?engine=page", async (form) => {
      const files = NAMES.map((name) => join(images, name));
      await form.page.getByLabel("Add files").setInputFiles(files);
      await applyToAll(form, material);
      await checkResults(form, material);
      assert.ok(form.page.workers().length >= 2, "threads of the page compute and read");
      assert.ok(await form.button("Save beside the images").isHidden());
      await useAnother(form, material);
      await useKeys(form);
    });
  });
});

/** Blobs in the second of two channels, turned round at the second of two time points. */
function makeSeries({ data, width, height }: Image): Uint8Array {
  const dark = new Uint8Array(data.length);
  const turned = (data as Uint8Array).toReversed();
  const first = description("ImageJ=1.53c\nimages=4\nchannels=2\nframes=2\nhyperstack=true\n");
  return buildTiff([dark, data as Uint8Array, dark, turned].map((segment, page): TestPage => ({
    fields: [...greyFields(width, height, 8), ...(page === 0 ? [first] : [])],
    segments: [segment],
  })));
}

/** Applies to a series, after the channel was chosen, and looks at both time points. */
async function lookAtSeries(
  form: ApplyPage,
  { classifier, segmenter, image }: Material,
): Promise<void> {
  const { page, notebook } = form;
  const shown = page.getByLabel("Labels", { exact: true });
  const channel = page.getByLabel("Channel", { exact: true });
  assert.ok(await channel.isDisabled(), "no classifier is there");
  await form.choose(classifier);
  await form.button("Apply to 1 image").click();
  await form.says("0 images done, 1 failed.");
  assert.match(await form.row("series.tif").innerText(), /Expected an image of 1 channel.*found 2/);
  await form.row("series.tif").click();
  await page.getByLabel("Time", { exact: true }).waitFor();
  assert.deepEqual(await channel.locator("option").allInnerTexts(), ["as they come", "1", "2"]);

  const counts: number[] = [];
  for (const data of [image[0].data, image[0].data.toReversed()]) {
    const { count } = await segmenter.predict({ ...image[0], data }, { backend: "cpu" });
    counts.push(count);
  }
  const hasObjects = async (count: number) => {
    await page.locator(`canvas[aria-label="Labels"][data-objects="${count}"]`).waitFor();
  };
  await channel.selectOption("2");
  await form.button("Apply to 1 image").click();
  await form.says("1 image done.");
  assert.match(
    await form.row("series.tif").innerText(),
    new RegExp(`\\s${counts[0] + counts[1]}\\s`),
  );
  await hasObjects(counts[0]);
  const time = page.getByLabel("Time", { exact: true });
  await time.focus();
  await page.keyboard.press("ArrowRight");
  await hasObjects(counts[1]);
  assert.ok(await shown.isVisible());
  const archive = unzipSync(await notebook.save("series_labels.zip"));
  const names = Object.keys(archive).map((name) => name.split("/").at(-1));
  assert.deepEqual(names, ["series_t0000_labels.tif", "series_t0001_labels.tif"]);
  await page.keyboard.press("Home");
  await channel.selectOption("1");
  await form.button("Apply to 1 image").click();
  await form.says("1 image done.");
  await page.waitForFunction((sum) => {
    const found = document.querySelector("tr[data-state=done] td:nth-child(3)")?.textContent;
    return found !== undefined && found !== String(sum);
  }, counts[0] + counts[1]);
}

Deno.test("a saved classifier on a series of two channels: the channel is chosen, every time point is shown", async (t) => {
  await using material = await makeMaterial();
  const images = join(material.folder, "series");
  await Deno.mkdir(images);
  await Deno.writeFile(join(images, "series.tif"), makeSeries(material.image[0]));
  await using notebooks = await serveNotebooks(undefined, images);
  await using browser = await openBrowser();

  await t.step("the server computes", async () => {
    await withPage(notebooks, browser, "/apply.html", async (form) => {
      await form.row("series.tif").waitFor();
      await lookAtSeries(form, material);
    });
  });

  await t.step("the page computes", async () => {
    await withPage(notebooks, browser, "/apply.html?engine=page", async (form) => {
      await form.page.getByLabel("Add files").setInputFiles(join(images, "series.tif"));
      await lookAtSeries(form, material);
    });
  });
});
