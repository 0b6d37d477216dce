/// <reference lib="dom" />
import assert from "node:assert/strict";
import type { Page } from "npm:playwright-core@1.65.1";
import type { PlottedPoint } from "../../src/notebook/client/object_dots.ts";
import type { ObjectPlot } from "../../src/notebook/client/object_plot.ts";
import { ObjectClassifier, ObjectMerger, ObjectSelector, readImage } from "../../mod.ts";
import { openBrowser } from "../support/browser.ts";
import { serveNotebooks } from "../support/notebook_server.ts";
import { NotebookPage } from "./segment_page.ts";

/** Paints in one of several painters, from and to shares of its width and height. */
async function paintIn(page: Page, cell: string, from: number[], to: number[]): Promise<void> {
  const surface = surfaceOf(page, cell);
  await surface.scrollIntoViewIfNeeded();
  const box = (await surface.boundingBox())!;
  await page.mouse.move(box.x + from[0] * box.width, box.y + from[1] * box.height);
  await page.mouse.down();
  await page.mouse.move(box.x + to[0] * box.width, box.y + to[1] * box.height, { steps: 4 });
  await page.mouse.up();
}

function surfaceOf(page: Page, cell: string) {
  return page.locator(`[data-cell="${cell}"]`).getByLabel("Annotation", { exact: true });
}

/** Waits until a cell answers the newest strokes of a painter; how many objects it tells of. */
async function answered(page: Page, cell: string, painter: string): Promise<number> {
  const found = page.locator(`[data-cell="${cell}"][data-status="done"]`);
  const end = Date.now() + 20_000;
  while (true) {
    const revision = await surfaceOf(page, painter).getAttribute("data-revision");
    if (await found.count() > 0 && await found.getAttribute("data-revision") === revision) break;
    if (Date.now() > end) throw new Error(`${cell} does not answer revision ${revision}`);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  return Number(await found.getAttribute("data-objects"));
}

Deno.test("five thousand objects: the table holds those in view, the plot is not drawn anew", async () => {
  await using notebooks = await serveNotebooks();
  await using browser = await openBrowser();
  const page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
  const notebook = new NotebookPage(page);
  await page.goto(await notebooks.address("/objects.html?engine=page"));
  await surfaceOf(page, "annotation").waitFor();
  const found = await page.evaluate(async () => {
    const { measurementTable, objectPlot, ObjectLink } = await import("/daub.js" as string);
    const link = new ObjectLink();
    const rows = Array.from({ length: 5000 }, (_, row) => row);
    const columns = {
      label: Uint32Array.from(rows, (row) => row + 1),
      area: Float64Array.from(rows, (row) => (row * 37) % 5000),
      mean_intensity: Float64Array.from(rows, (row) => row === 7 ? NaN : row % 91),
    };
    const measured = { table: { columns, rowCount: 5000 } };
    const table = measurementTable(measured, { link, columns: ["area", "mean_intensity"] });
    const plot = objectPlot(measured, { link });
    document.body.prepend(table, plot);
    const shown = () =>
      [...table.querySelectorAll("tbody tr")].map((line) => Number(line.dataset.label));
    const counts = [shown().length];
    const marked = () => table.querySelector("tr[data-hovered]")?.dataset.label;
    const marks = [];
    for (const label of [4321, 5000, 1]) {
      link.hover(label);
      const line = table.querySelector("tr[data-hovered]");
      const [own, frame] = [line, table.querySelector(".daub-rows")]
        .map((each) => each.getBoundingClientRect());
      marks.push([marked(), own.top >= frame.top && own.bottom <= frame.bottom + 1]);
      counts.push(shown().length);
    }
    const figure = plot.querySelector("svg");
    link.select([3, 5]);
    const points = (): readonly PlottedPoint[] => plot.points;
    const faint = () => points().filter(({ isFaint }) => isFaint).length;
    const selection = [shown(), table.querySelector("p").textContent, faint()];
    link.select([]);
    table.querySelectorAll("th button")[2].click();
    const smallest = shown().slice(0, 2);
    const classes = Uint8Array.from(rows, (row) => row === 9 ? 2 : 1);
    const painted = new Uint8Array(5000);
    painted[9] = 2;
    const color = (value: number) => value === 2 ? "red" : "blue";
    plot.showClasses({ classes, painted }, color);
    table.showClasses({ classes, painted }, color);
    table.querySelectorAll("th button")[1].click();
    table.querySelectorAll("th button")[1].click();
    return {
      counts,
      marks,
      dots: points().length,
      isSame: plot.querySelector("svg") === figure,
      selection,
      faintAfter: faint(),
      smallest,
      red: points().filter(({ color }) => color === "red").map(({ label }) => label),
      painted: points().filter(({ isPainted }) => isPainted).map(({ label }) => label),
      ofClass2: shown()[0],
      note: table.querySelector("p").textContent,
    };
  });
  assert.ok(found.counts.every((count) => count > 20 && count <= 100), `${found.counts}`);
  assert.deepEqual(found.marks, [["4321", true], ["5000", true], ["1", true]]);
  assert.equal(found.dots, 4999, "an object with NaN has no point");
  assert.deepEqual(found.selection, [[3, 5], "2 selected objects", 4997]);
  assert.equal(found.faintAfter, 0);
  assert.ok(found.isSame);
  assert.deepEqual(found.smallest, [1, 2974]);
  assert.deepEqual([found.red, found.painted], [[10], [10]]);
  assert.equal(found.ofClass2, 10);
  assert.equal(found.note, "5,000 objects");
  assert.deepEqual(notebook.errors, []);
});

for (const engine of ["page", "server"]) {
  Deno.test(`classes are painted over objects, computed by the ${engine}`, async (t) => {
    await using notebooks = await serveNotebooks();
    await using browser = await openBrowser();
    const page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
    const notebook = new NotebookPage(page);
    await page.goto(await notebooks.address(`/objects.html?engine=${engine}`));
    await surfaceOf(page, "annotation").waitFor();
    await page.keyboard.press("Escape");
    await surfaceOf(page, "annotation").focus();
    await page.keyboard.press("1");
    await paintIn(page, "annotation", [0.05, 0.05], [0.09, 0.05]);
    await page.keyboard.press("2");
    await paintIn(page, "annotation", [0.52, 0.3], [0.54, 0.3]);
    const count = await answered(page, "labels", "annotation");
    assert.ok(count > 10, `${count} objects`);
    const rows = notebook.cell("table").locator("tbody tr");
    const points = () =>
      notebook.cell("scatter").locator(".daub-scatter").evaluate((plot) =>
        (plot as unknown as ObjectPlot).points
      );

    await t.step("every object has a row and a point", async () => {
      await rows.first().waitFor();
      assert.equal(await rows.count(), count);
      assert.equal((await points()).length, count);
    });

    await t.step(
      "the selector without its class says what to paint, and saves nothing",
      async () => {
        const [image] = await readImage(new URL("../../samples/blobs.tif", import.meta.url));
        const labels = await labelsShown(notebook);
        const places = largestAndSmallest(labels, count);
        for (const [value, { x, y }] of places.entries()) {
          await surfaceOf(page, "classes").focus();
          // M makes class 3.
          await page.keyboard.press(value === 0 ? "1" : "m");
          const at = [(x + 0.5) / image.width, (y + 0.5) / image.height];
          await paintIn(page, "classes", at, at);
        }
        await answered(page, "classified", "classes");
        for (const name of ["ObjectSelector.cl", "kept.tif"]) {
          await page.getByRole("button", { name: `Save ${name}` }).click();
          await page.getByText(/strokes of class 2, which the selector keeps, but found none/)
            .waitFor();
        }
        await surfaceOf(page, "classes").focus();
        for (let i = 0; i < places.length; i++) await page.keyboard.press("Control+z");
      },
    );

    await t.step("strokes over two kinds give every object a class", async () => {
      const [image] = await readImage(new URL("../../samples/blobs.tif", import.meta.url));
      const labels = await labelsShown(notebook);
      const places = largestAndSmallest(labels, count);
      for (const [value, { x, y }] of places.entries()) {
        await surfaceOf(page, "classes").focus();
        await page.keyboard.press(String(value + 1));
        const at = [(x + 0.5) / image.width, (y + 0.5) / image.height];
        await paintIn(page, "classes", at, at);
      }
      assert.equal(await answered(page, "classified", "classes"), count);
      const classes = await rows.locator("td:nth-child(2)").allInnerTexts();
      assert.deepEqual([...new Set(classes)].sort(), ["1", "2"]);
    });

    await t.step("the points have the colours of their classes", async () => {
      const colors = new Set((await points()).map(({ color }) => color));
      assert.equal(colors.size, 2);
      const canvas = notebook.cell("scatter").locator("canvas.daub-dots");
      const drawn = await canvas.evaluate((canvas, points) => {
        const { width, clientWidth } = canvas as HTMLCanvasElement;
        const context = (canvas as HTMLCanvasElement).getContext("2d")!;
        const probe = document.createElement("canvas").getContext("2d")!;
        return points.map(({ x, y, color }) => {
          const at = [x, y].map((each) => Math.round(each * width / clientWidth));
          const [red, green, blue, alpha] = context.getImageData(at[0], at[1], 1, 1).data;
          probe.fillStyle = color!;
          probe.fillRect(0, 0, 1, 1);
          const expected = probe.getImageData(0, 0, 1, 1).data;
          const off = [red, green, blue].map((each, i) => Math.abs(each - expected[i]));
          return alpha > 200 && Math.max(...off) < 12;
        });
      }, (await points()).filter(({ isPainted }) => isPainted));
      assert.ok(drawn.length >= 2 && drawn.every(Boolean), `${drawn}`);
    });

    await t.step("a point under the pointer is a row under the pointer", async () => {
      const canvas = notebook.cell("scatter").locator("canvas.daub-dots");
      await canvas.scrollIntoViewIfNeeded();
      const box = (await canvas.boundingBox())!;
      const { x, y, label: expected } = (await points())[3];
      await page.mouse.move(box.x + x, box.y + y);
      await notebook.cell("table").locator("tr[data-hovered]").waitFor({ state: "attached" });
      const label = await notebook.cell("table").locator("tr[data-hovered]")
        .getAttribute("data-label");
      assert.equal(label, String(expected));
      assert.equal(
        await notebook.cell("scatter").locator(".daub-scatter").getAttribute("data-hovered"),
        label,
      );
      const other = await rows.first().getAttribute("data-label");
      await rows.first().hover();
      await page.locator(`.daub-scatter[data-hovered="${other}"]`).waitFor();
    });

    await t.step("a box drawn in the plot selects, a click in the labels selects one", async () => {
      const plot = notebook.cell("scatter").locator(".daub-plot");
      await plot.scrollIntoViewIfNeeded();
      const box = (await plot.boundingBox())!;
      await page.mouse.move(box.x + 60, box.y + 10);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width / 2, box.y + box.height - 40, { steps: 3 });
      await page.mouse.up();
      await notebook.cell("table").getByText(/selected objects/).waitFor();
      const selected = await rows.count();
      assert.ok(selected > 0 && selected < count, `${selected} of ${count}`);
      const surface = notebook.cell("objects").getByLabel("Labels", { exact: true });
      await surface.scrollIntoViewIfNeeded();
      const place = (await surface.boundingBox())!;
      const [{ x, y }] = largestAndSmallest(await labelsShown(notebook), count);
      await page.mouse.click(
        place.x + (x + 0.5) / 256 * place.width,
        place.y + (y + 0.5) / 254 * place.height,
      );
      await notebook.cell("table").getByText("1 selected object", { exact: true }).waitFor();
      assert.equal(await rows.count(), 1);
      await page.mouse.click(place.x + 3, place.y + 3);
    });

    await t.step("a click on a column's name sorts the rows", async () => {
      const area = notebook.cell("table").getByRole("columnheader", { name: "area" });
      await area.getByRole("button").click();
      assert.equal(await area.getAttribute("aria-sort"), "ascending");
      const areas = (await rows.locator("td:nth-child(3)").allInnerTexts())
        .map((text) => Number(text.replaceAll(/[^\d.]/g, "")));
      assert.deepEqual(areas, areas.toSorted((a, b) => a - b));
    });

    await t.step("files of both classifiers, of the kept objects and of the numbers", async () => {
      const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
      const classifier = ObjectClassifier.parse(text(await notebook.save("ObjectClassifier.cl")));
      assert.equal(classifier.featureSpecification, "area max_distance_to_centroid");
      ObjectSelector.parse(text(await notebook.save("ObjectSelector.cl")));
      const [head, ...lines] = text(await notebook.save("objects.csv")).trim().split("\n");
      assert.match(head, /^label,class,/);
      assert.equal(lines.length, count);
      const ofClass2 = lines.filter((line) => line.split(",")[1] === "2").length;
      const [kept] = await readImage(await notebook.save("kept.tif"));
      assert.equal(new Set(Array.from(kept.data, Number)).size - 1, ofClass2);
      assert.ok(ofClass2 > 0 && ofClass2 < count);
    });

    await t.step("both kinds of strokes are there again after a reload", async () => {
      await page.reload();
      await surfaceOf(page, "classes").waitFor();
      assert.equal(await answered(page, "classified", "classes"), count);
    });
    assert.deepEqual(notebook.errors, []);
    await page.close();
  });

  Deno.test(`pieces are merged by strokes across borders, on the ${engine}`, async () => {
    await using notebooks = await serveNotebooks();
    await using browser = await openBrowser();
    const page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
    const notebook = new NotebookPage(page);
    await page.goto(await notebooks.address(`/merge.html?engine=${engine}`));
    await surfaceOf(page, "annotation").waitFor();
    const folder = new URL("../../samples/", import.meta.url);
    const read = async (name: string) => (await readImage(new URL(name, folder)))[0];
    const pieces = await read("membranes_labels.tif");
    const { first, second } = placesOf(await read("membranes_annotation.tif"));
    await surfaceOf(page, "annotation").focus();
    for (const [value, places] of [[1, first], [2, second]] as const) {
      await page.keyboard.press(String(value));
      for (const [x, y] of places) {
        const at = [(x + 0.5) / pieces.width, (y + 0.5) / pieces.height];
        await paintIn(page, "annotation", at, at);
      }
    }
    const merged = await answered(page, "labels", "annotation");
    const count = new Set(Array.from(pieces.data, Number)).size;
    assert.ok(merged > 5 && merged < count / 2, `${merged} of ${count}`);
    await page.getByText(`${count} pieces became ${merged} cells`).waitFor();
    const [labels] = await readImage(await notebook.save("labels.tif"));
    const saved = await notebook.save("ObjectMerger.cl");
    const merger = ObjectMerger.parse(new TextDecoder().decode(saved));
    const image = await readImage(new URL("membranes.tif", folder));
    const expected = await merger.predict(pieces, image, { backend: "cpu" });
    assert.deepEqual(Array.from(labels.data, Number), Array.from(expected.data));
    assert.deepEqual(notebook.errors, []);
    await page.close();
  });
}

/** The labels of the page, from its own file of objects: box centres are enough to click on. */
async function labelsShown(notebook: NotebookPage): Promise<Uint32Array> {
  const text = await notebook.page.evaluate(() => {
    const view = document.querySelector('[data-cell="objects"] .daub-labels') as unknown as {
      labels: { data: Uint32Array };
    };
    return Array.from(view.labels.data).join(" ");
  });
  return Uint32Array.from(text.split(" "), Number);
}

/** A pixel deep inside the largest object, and one inside the smallest. */
function largestAndSmallest(labels: Uint32Array, count: number): { x: number; y: number }[] {
  const sizes = new Uint32Array(count + 1);
  for (const label of labels) sizes[label]++;
  const order = Array.from({ length: count }, (_, i) => i + 1).sort((a, b) => sizes[b] - sizes[a]);
  return [order[0], order.at(-1)!].map((wanted) => {
    const pixels = Array.from(labels.keys()).filter((pixel) => labels[pixel] === wanted);
    const isInside = (pixel: number) =>
      [-2, -1, 1, 2, -256, 256, -512, 512].filter((d) => labels[pixel + d] === wanted).length;
    const best = pixels.reduce((a, b) => isInside(b) > isInside(a) ? b : a);
    return { x: best % 256, y: Math.floor(best / 256) };
  });
}

interface Labelled {
  readonly data: ArrayLike<unknown>;
  readonly width: number;
  readonly height: number;
}

/** The middles of the dabs of both classes. */
function placesOf({ data, width }: Labelled): Record<"first" | "second", [number, number][]> {
  const [first, second]: [number, number][][] = [[], []];
  const left = new Map(Array.from(data, Number).entries().filter(([, value]) => value > 0));
  for (const [pixel, value] of left) {
    const near = [...left.keys()].filter((other) => {
      const [dx, dy] = [
        other % width - pixel % width,
        Math.trunc(other / width) - Math.trunc(pixel / width),
      ];
      return left.get(other) === value && Math.abs(dx) < 8 && dy < 8;
    });
    for (const other of near) left.delete(other);
    const mean = (of: (pixel: number) => number) =>
      Math.round(near.reduce((sum, pixel) => sum + of(pixel), 0) / near.length);
    (value === 1 ? first : second).push([
      mean((p) => p % width),
      mean((p) => Math.trunc(p / width)),
    ]);
  }
  return { first, second };
}
