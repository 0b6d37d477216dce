/// <reference lib="dom" />
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "npm:playwright-core@1.65.1";
import { ObjectSegmenter } from "../../src/classifiers/object_segmenter.ts";
import { readImage } from "../../src/image/read.ts";
import type { DaubSegmenter, embed } from "../../src/notebook/client/embed/mod.ts";
import { openBrowser } from "../support/browser.ts";
import { samePixels } from "../support/same_pixels.ts";
import { EmbedSite, paintLine, STRICT } from "./embed_site.ts";

const SAMPLE = "/samples/embed.html";

/** Where there is no WebGPU, a site that forbids foreign code must allow WebAssembly. */
const WITH_WASM = STRICT.replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'");
/** Where workers come from the site alone, and not from texts of its scripts. */
const OWN_WORKERS = STRICT.replace("worker-src blob: 'self'", "worker-src 'self'");
const WITHOUT_WORKERS = WITH_WASM.replace("worker-src blob: 'self'", "worker-src 'none'");

/** What a page's segmenter says, and how often it said so. */
interface Told {
  readonly events: number;
  readonly classes: readonly number[];
  readonly annotation: readonly number[];
  readonly revision: number;
  readonly answered: number | undefined;
  readonly labels: readonly number[] | undefined;
  readonly count: number | undefined;
  readonly classifier: string | undefined;
}

async function waitForImage(page: Page): Promise<void> {
  await page.locator(".daub-segmenter[data-device]").waitFor();
  await page.evaluate(() => {
    const segmenter = document.querySelector("daub-segmenter")!;
    const counter = segmenter as unknown as { events: number };
    counter.events = 0;
    document.body.addEventListener("input", () => counter.events++);
  });
}

/** Background and an object, as the tutorial tells. */
async function paintTutorial(page: Page): Promise<void> {
  await paintLine(page, [10, 10], [30, 12]);
  await page.keyboard.press("=");
  await paintLine(page, [138, 80], [132, 84]);
}

async function waitForLabels(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const view = document.querySelector<HTMLElement>(".daub-segmenter")!;
    const { status, answered, revision } = view.dataset;
    return status === "done" && answered === revision;
  });
}

const ask = (page: Page): Promise<Told> =>
  page.evaluate(() => {
    const segmenter = document.querySelector<DaubSegmenter>("daub-segmenter")!;
    const value = segmenter.value!;
    return {
      events: (segmenter as unknown as { events: number }).events,
      classes: [...new Set(value.annotation.data)].sort(),
      annotation: [...value.annotation.data],
      revision: value.revision,
      answered: value.answered,
      labels: value.labels && [...value.labels.data],
      count: value.labels?.count,
      classifier: value.classifier,
    };
  });

/** The same strokes, trained and segmented by the library. */
async function byLibrary(annotation: readonly number[]) {
  const [image] = await readImage(
    fileURLToPath(new URL("../../samples/blobs.tif", import.meta.url)),
  );
  const strokes = { ...image, data: Uint8Array.from(annotation) };
  const segmenter = await ObjectSegmenter.train({ image, annotation: strokes, backend: "cpu" });
  return { text: segmenter.toString(), labels: await segmenter.predict(image, { backend: "cpu" }) };
}

Deno.test("the segmenter for web pages", async (t) => {
  await using site = await EmbedSite.open();
  await using browser = await openBrowser();
  site.policy = WITH_WASM;
  let labels: readonly number[] | undefined;

  await t.step("is one module and one stylesheet, of a page's usual weight", () => {
    assert.deepEqual(site.built.map(({ name }) => name), ["daub.js", "daub.css"]);
    const gzipped = site.built.reduce((sum, file) => sum + file.gzipped, 0);
    assert.ok(gzipped < 600 * 1024, `${gzipped} bytes`);
  });

  await t.step("finds objects while they are painted, off the page's thread", async () => {
    const { page, errors } = await site.visit(browser, SAMPLE);
    await waitForImage(page);
    assert.equal(page.workers().length, 1);
    assert.match(await page.locator(".daub-foot output").innerText(), /Paint a little/);
    await paintTutorial(page);
    await waitForLabels(page);
    const told = await ask(page);
    const expected = await byLibrary(told.annotation);
    assert.deepEqual(told.classes, [0, 1, 2]);
    assert.equal(told.answered, told.revision);
    assert.equal(told.count, expected.labels.count);
    assert.ok(told.count! > 10);
    samePixels(told.labels!, expected.labels.data);
    assert.equal(told.classifier, expected.text);
    // One for every change of the strokes, and at least one for the labels.
    assert.ok(told.events > told.revision, `${told.events} events, ${told.revision} revisions`);
    assert.equal(await page.locator("#objects").innerText(), String(told.count));
    assert.equal(
      await page.getByLabel("Labels", { exact: true }).getAttribute("data-objects"),
      String(told.count),
    );
    ({ labels } = told);
    assert.deepEqual(errors, []);

    const coming = page.waitForEvent("download");
    await page.getByRole("button", { name: "Save ObjectSegmenter.cl" }).click();
    const download = await coming;
    assert.equal(await Deno.readTextFile(await download.path()), expected.text);
    await page.close();
  });

  await t.step("is silent when set, follows options and ends when removed", async () => {
    const { page, errors } = await site.visit(browser, SAMPLE);
    await waitForImage(page);
    const events = await page.evaluate(() => {
      const segmenter = document.querySelector<DaubSegmenter>("daub-segmenter")!;
      const { annotation } = segmenter.value!;
      const data = new Uint8Array(annotation.data.length);
      data.fill(1, 0, 40).fill(2, 80 * 256 + 132, 80 * 256 + 140);
      segmenter.value = { annotation: { ...annotation, data } };
      return (segmenter as unknown as { events: number }).events;
    });
    assert.equal(events, 0);
    await waitForLabels(page);
    const before = await ask(page);
    assert.equal(before.events, 1);
    await page.evaluate(() => {
      const segmenter = document.querySelector<DaubSegmenter>("daub-segmenter")!;
      segmenter.options = { positiveClass: 1 };
    });
    await page.waitForFunction((before) => {
      const { value } = document.querySelector<DaubSegmenter>("daub-segmenter")!;
      return value?.classifier !== before;
    }, before.classifier);
    const after = await ask(page);
    const none = before.labels!.map((label, i) => label > 0 && after.labels![i] > 0);
    assert.ok(!none.includes(true), "objects of both classes at one pixel");

    await page.evaluate(() => document.querySelector("daub-segmenter")!.remove());
    await page.waitForFunction(() => !document.querySelector(".daub-segmenter"));
    for (let tries = 0; page.workers().length > 0 && tries < 100; tries++) {
      await page.waitForTimeout(20);
    }
    assert.equal(page.workers().length, 0);
    assert.deepEqual(errors, []);
    await page.close();
  });

  await t.step("says in its place what is wrong with an image", async () => {
    const { page } = await site.visit(browser, SAMPLE);
    await page.evaluate(() => {
      document.querySelector("daub-segmenter")!.setAttribute("image", "nowhere.tif");
    });
    const alert = page.getByRole("alert");
    await alert.waitFor();
    assert.match(await alert.innerText(), /nowhere\.tif/);
    await page.close();
  });

  await t.step("is cells of Observable's runtime", async () => {
    await bundleRuntime(join(site.dist, "runtime.js"));
    const { page, errors } = await site.visit(browser, SAMPLE);
    const objects = await page.evaluate(async () => {
      const [{ embed: put }, { Runtime }] = await Promise.all([
        import(new URL("/dist/daub.js", location.href).href),
        import(new URL("/dist/runtime.js", location.href).href),
      ]);
      const main = new Runtime().module();
      document.body.replaceChildren();
      const view: ReturnType<typeof embed> = put(document.body, {
        image: new URL("blobs.tif", location.href),
        annotation: "blobs_annotation.tif",
        notebook: main,
      });
      return await new Promise<{ count: number; same: boolean }>((resolve, reject) => {
        main.variable({ fulfilled: resolve, rejected: reject }).define(
          "found",
          ["labels", "annotation", "classifier", "viewof segmenter"],
          (
            labels: { count: number },
            annotation: { data: Uint8Array },
            text: string,
            of: unknown,
          ) => ({
            count: labels.count,
            painted: annotation.data.some((value) => value > 0),
            text: text.includes("ObjectSegmenter"),
            same: of === view,
          }),
        );
      });
    });
    const strokes = fileURLToPath(new URL("../../samples/blobs_annotation.tif", import.meta.url));
    const [annotation] = await readImage(strokes);
    const { count } = (await byLibrary(Array.from(annotation.data, Number))).labels;
    assert.deepEqual(objects, { count, painted: true, text: true, same: true });
    assert.deepEqual(errors, []);
    await page.close();
  });

  await t.step("applies a saved classifier to files, in threads of the page", async () => {
    const { page, errors } = await site.visit(browser, SAMPLE);
    await applyToFiles(page);
    assert.ok(page.workers().length >= 2, "one computes, one reads");
    assert.deepEqual(errors, []);
    await page.close();
  });

  await t.step(
    "finds the same objects where it may run neither WebGPU nor WebAssembly",
    async () => {
      site.policy = STRICT;
      const { page, errors } = await site.visit(browser, SAMPLE);
      await waitForImage(page);
      await paintTutorial(page);
      await waitForLabels(page);
      assert.match(await page.locator(".daub-foot output").innerText(), /without WebAssembly$/);
      samePixels((await ask(page)).labels!, labels!);
      await applyToFiles(page);
      assert.deepEqual(errors, []);
      await page.close();
    },
  );

  await t.step("computes in a worker of its own address where texts may be none", async () => {
    site.policy = OWN_WORKERS;
    for (const isOfPages of [false, true]) {
      site.isOfPages = isOfPages;
      const { page, errors } = await site.visit(browser, SAMPLE);
      await waitForImage(page);
      assert.deepEqual(page.workers().map((worker) => new URL(worker.url()).pathname), [
        "/dist/daub.js",
      ]);
      await paintTutorial(page);
      await waitForLabels(page);
      samePixels((await ask(page)).labels!, labels!);
      // What a script may do is said where it comes from.
      const foot = await page.locator(".daub-foot output").innerText();
      assert.match(foot, isOfPages ? /CPU, \d+ threads?$/ : /without WebAssembly$/);
      await applyToFiles(page);
      assert.ok(errors.every((error) => /worker-src/.test(error)), errors.join("\n"));
      await page.close();
    }
    site.isOfPages = false;
  });

  await t.step("computes in the page where no worker may be started", async () => {
    site.policy = WITHOUT_WORKERS;
    const { page, errors } = await site.visit(browser, SAMPLE);
    await waitForImage(page);
    assert.equal(await page.locator(".daub-segmenter").getAttribute("data-thread"), "page");
    await paintTutorial(page);
    await waitForLabels(page);
    samePixels((await ask(page)).labels!, labels!);
    await applyToFiles(page);
    assert.ok(errors.every((error) => /worker-src/.test(error)), errors.join("\n"));
    await page.close();
  });
});

/** Applies a classifier to an image and to a file that is none. */
async function applyToFiles(page: Page): Promise<void> {
  const read = (name: string) => Deno.readFile(new URL(`../../samples/${name}`, import.meta.url));
  const image = await readImage(await read("blobs.tif"));
  const annotation = await readImage(await read("blobs_annotation.tif"));
  const segmenter = await ObjectSegmenter.train({ image, annotation, backend: "cpu" });
  const { count } = await segmenter.predict(image, { backend: "cpu" });
  await page.evaluate(async () => {
    const { applyClassifier } = await import(new URL("/dist/daub.js", location.href).href);
    document.body.replaceChildren(applyClassifier());
  });
  const file = (name: string, content: string | Uint8Array) => ({
    name,
    mimeType: "application/octet-stream",
    buffer: Buffer.from(content as string),
  });
  await page.getByLabel("Choose a classifier").setInputFiles(file("a.cl", segmenter.toString()));
  await page.getByLabel("Add files").setInputFiles([
    file("blobs.tif", await read("blobs.tif")),
    file("broken.tif", "II*"),
  ]);
  await page.getByRole("button", { name: "Apply to 2 images" }).click();
  await page.getByText("1 image done, 1 failed.").waitFor();
  await page.locator(`[aria-label="Labels"][data-objects="${count}"]`).waitFor();
}

Deno.test("the segmenter computes by WebGPU where the page forbids WebAssembly", async () => {
  await using site = await EmbedSite.open();
  await using browser = await openBrowser({ webgpu: true });
  const { page, errors } = await site.visit(browser, SAMPLE);
  await waitForImage(page);
  await paintTutorial(page);
  await waitForLabels(page);
  const told = await ask(page);
  const { labels } = await byLibrary(told.annotation);
  const differing = labels.data.reduce(
    (sum, label, i) => sum + Number((label > 0) !== (told.labels![i] > 0)),
    0,
  );
  assert.ok(differing <= labels.data.length / 1000, `${differing} pixels differ`);
  assert.ok(told.count! > 10);
  assert.deepEqual(errors, []);
});

async function bundleRuntime(path: string): Promise<void> {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["bundle", "--quiet", "--platform", "browser", "-o", path],
      "npm:@observablehq/runtime@6.0.1",
    ],
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
}
