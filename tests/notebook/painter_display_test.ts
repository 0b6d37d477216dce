import assert from "node:assert/strict";
import type { Page } from "npm:playwright-core@1.65.1";
import { withBrowser } from "./painter_browser.ts";
import { counts, drag, openPainter, pixelPlaces, settings } from "./painter_hand.ts";

/** The colour shown at an image pixel of a surface, as red, green and blue. */
function colorAt(page: Page, label: string, x: number, y: number): Promise<number[]> {
  return page.getByLabel(label, { exact: true }).evaluate(async (canvas, [x, y]) => {
    for (let i = 0; i < 2; i++) await new Promise((done) => requestAnimationFrame(done));
    const surface = canvas as HTMLCanvasElement;
    const { width, height } = surface.getBoundingClientRect();
    const { left, top, scale } = painter.viewport.transform(width, height);
    const [px, py] = [left + (x + 0.5) * scale, top + (y + 0.5) * scale];
    const { data } = surface.getContext("2d")!.getImageData(Math.floor(px), Math.floor(py), 1, 1);
    return [...data.subarray(0, 3)];
  }, [x, y]);
}

const distance = (a: number[], b: number[]) =>
  a.reduce((sum, value, i) => sum + Math.abs(value - b[i]), 0);

const focusedName = (page: Page) =>
  page.evaluate(() => document.activeElement?.getAttribute("aria-label"));

Deno.test("how image and annotation are shown, by hand", async (t) => {
  await withBrowser(async (open) => {
    await t.step("classes are named and coloured, and counted while they are painted", async () => {
      const { page, at } = await openPainter(open);
      const chip = page.getByRole("radio", { name: "object" });
      await chip.click();
      await page.getByRole("button", { name: "Edit object" }).click();
      await page.keyboard.type("nuclei");
      await page.getByLabel("Colour of the class").fill("#ff0000");
      await page.getByRole("button", { name: "Close" }).click();
      const nuclei = page.getByRole("radio", { name: "nuclei" });
      await page.mouse.move(...at(20, 20));
      await page.mouse.down();
      await page.mouse.move(...at(40, 20));
      assert.match(await nuclei.innerText(), /69$/, "while the stroke goes on");
      await page.mouse.up();
      await page.evaluate(() => painter.settings = { opacity: 1 });
      assert.deepEqual(await colorAt(page, "Annotation", 30, 20), [255, 0, 0]);
      await page.getByRole("button", { name: "Edit nuclei" }).click();
      await page.getByRole("button", { name: "Erase all its pixels" }).click();
      assert.match(await nuclei.innerText(), /\b0$/);
      await page.getByLabel("Undo (Ctrl+Z)").click();
      assert.deepEqual(await counts(page), [0, 0, 69]);
      await page.close();
    });

    await t.step("swapping to nothing erases, and moves no other class", async () => {
      const { page, at } = await openPainter(open);
      await drag(page, at(20, 20), at(40, 20));
      await page.keyboard.press("=");
      const plus = page.getByRole("radio", { name: "object" });
      const before = await plus.boundingBox();
      await page.keyboard.press("x");
      assert.deepEqual((await plus.boundingBox())?.x, before?.x);
      await drag(page, at(20, 20), at(40, 20));
      assert.deepEqual(await counts(page), [0]);
      await page.keyboard.press("x");
      assert.equal((await settings(page)).value, 2);
      await page.close();
    });

    await t.step("opacity, contour, shuffled colours and the chosen class alone", async () => {
      const { page, at } = await openPainter(open);
      await page.evaluate(() => painter.settings = { size: 21, opacity: 1 });
      await drag(page, at(30, 40), at(31, 40));
      await page.keyboard.press("2");
      await drag(page, at(70, 40), at(71, 40));
      const [one, other] = [
        await colorAt(page, "Annotation", 30, 40),
        await colorAt(page, "Annotation", 70, 40),
      ];
      await page.getByRole("button", { name: "Display" }).click();
      const panel = page.getByRole("group", { name: "Display" });
      const shuffle = panel.getByRole("button", { name: "Shuffle colours" });
      for (let i = 0; i < 5; i++) {
        await shuffle.click();
        const [a, b] = [
          await colorAt(page, "Annotation", 30, 40),
          await colorAt(page, "Annotation", 70, 40),
        ];
        assert.ok(distance(a, b) > 60, `${a} and ${b} can be told apart`);
        assert.ok(distance(a, one) > 0);
      }
      const own = panel.getByRole("button", { name: "Own colours" });
      const [inner, outer] = [(await own.boundingBox())!, (await panel.boundingBox())!];
      assert.ok(inner.x + inner.width <= outer.x + outer.width, "no button is cut off");
      await own.click();
      assert.deepEqual(await colorAt(page, "Annotation", 30, 40), one);
      await panel.getByRole("button", { name: "Selected only" }).click();
      assert.notDeepEqual(await colorAt(page, "Annotation", 30, 40), one);
      assert.deepEqual(await colorAt(page, "Annotation", 70, 40), other);
      await panel.getByLabel("Contour").fill("2");
      assert.notDeepEqual(await colorAt(page, "Annotation", 70, 40), other);
      assert.deepEqual(await colorAt(page, "Annotation", 61, 40), other);
      await panel.getByLabel("Opacity").fill("0");
      assert.notDeepEqual(await colorAt(page, "Annotation", 61, 40), other);
      await page.keyboard.press("Escape");
      await panel.waitFor({ state: "hidden" });
      assert.equal(await focusedName(page), "Display");
      await page.close();
    });

    await t.step("contrast by its two handles, by itself, and through colour maps", async () => {
      const { page } = await openPainter(open);
      const auto = await settings(page);
      await page.getByRole("button", { name: "Display" }).click();
      const panel = page.getByRole("group", { name: "Display" });
      await panel.getByRole("button", { name: "Full" }).click();
      const full = await settings(page);
      assert.ok(full.low <= auto.low && full.high >= auto.high);
      const track = (await panel.getByLabel("Darkest value").boundingBox())!;
      const place = (part: number): [number, number] => [
        track.x + 7 + part * (track.width - 14),
        track.y + track.height / 2,
      ];
      await drag(page, place(0), place(0.5));
      const half = await settings(page);
      const middle = (full.low + full.high) / 2;
      assert.ok(Math.abs(half.low - middle) < 5, `${half.low} is about ${middle}`);
      assert.equal(half.high, full.high);
      await drag(page, place(1), place(0.25));
      const crossed = await settings(page);
      assert.ok(crossed.low <= crossed.high, "the handles do not cross");
      assert.ok(crossed.low < half.low);
      await panel.getByRole("button", { name: "Auto" }).click();
      const { low, high } = await settings(page);
      assert.deepEqual([low, high], [auto.low, auto.high]);
      const grey = await colorAt(page, "Annotation", 20, 70);
      assert.equal(new Set(grey).size, 1);
      await panel.getByLabel("Colormap").selectOption("viridis");
      assert.ok(new Set(await colorAt(page, "Annotation", 20, 70)).size > 1);
      await page.close();
    });

    await t.step(
      "another channel is shown in its own contrast, and its values are told",
      async () => {
        const page = await open();
        await page.evaluate(() => {
          const channel = (name: string, value: number) => {
            const data = new Uint16Array(8000).fill(value).fill(4 * value, 4000);
            return { width: 100, height: 80, depth: 1, data, name };
          };
          const painter = harness.paint([channel("DAPI", 10), channel("GFP", 1000)]);
          document.body.append(painter);
          Object.assign(globalThis, { painter });
        });
        const at = await pixelPlaces(page);
        const readout = page.locator(".daub-readout");
        await page.mouse.move(...at(20, 70));
        assert.match(await readout.innerText(), /20, 70\s*value 40\b/);
        await page.getByRole("button", { name: "Display" }).click();
        await page.getByLabel("Channel").selectOption({ label: "GFP" });
        await page.mouse.move(...at(20, 71));
        assert.match(await readout.innerText(), /20, 71\s*value 4000\b/);
        assert.deepEqual(await colorAt(page, "Annotation", 20, 70), [255, 255, 255]);
        assert.deepEqual(await colorAt(page, "Annotation", 20, 10), [0, 0, 0]);
        await page.close();
      },
    );

    await t.step(
      "a resting pointer tells of newer labels; keys move and zoom the view",
      async () => {
        const page = await open();
        await page.evaluate(() => {
          const labels = (from: number, to: number) => {
            const data = new Uint32Array(8000);
            for (let y = 20; y < 60; y++) data.fill(1, y * 100 + from, y * 100 + to);
            return { width: 100, height: 80, depth: 1, data, count: 1 };
          };
          const view = harness.labelView(harness.spots(100, 80), labels(20, 40), {
            look: { opacity: 1 },
          });
          document.body.append(view);
          Object.assign(globalThis, { view, painter: view, labels });
        });
        const surface = page.getByLabel("Labels", { exact: true });
        const { width, height } = (await surface.boundingBox())!;
        const own = await colorAt(page, "Labels", 30, 40);
        await surface.hover({ position: { x: 0.3 * width, y: height / 2 } });
        const tip = page.locator(".daub-tip");
        await tip.getByText("800 pixels").waitFor();
        await page.evaluate(() => {
          const { labels } = globalThis as unknown as {
            labels(from: number, to: number): typeof view.labels & object;
          };
          view.show(labels(15, 45), 2);
        });
        assert.deepEqual(await colorAt(page, "Labels", 30, 50), [255, 255, 255]);
        await tip.getByText("1,200 pixels").waitFor();
        await page.mouse.move(2, 2);
        assert.deepEqual(await colorAt(page, "Labels", 30, 40), own, "its colour has stayed");

        await surface.focus();
        const shown = () => page.evaluate(() => view.viewport.view);
        const before = await shown();
        await page.keyboard.press("+");
        await page.keyboard.press("+");
        await page.keyboard.press("ArrowRight");
        const after = await shown();
        assert.ok(!after.fitted && after.x > before.x && after.y === before.y);
        await page.keyboard.press("Home");
        assert.ok((await shown()).fitted);
        await page.close();
      },
    );

    await t.step("sliders go by what they set, and tell it", async () => {
      const { page } = await openPainter(open);
      const size = page.getByRole("slider", { name: "Brush size" });
      await size.press("ArrowRight");
      await size.press("ArrowRight");
      await size.press("ArrowLeft");
      assert.equal((await settings(page)).size, 4);
      assert.equal(await size.getAttribute("aria-valuetext"), "4 pixels");
      await page.getByRole("button", { name: "Display" }).click();
      await page.evaluate(() => painter.settings = { low: 50, high: 123.456 });
      const told = (name: string) => page.getByLabel(name).getAttribute("aria-valuetext");
      assert.equal(await told("Darkest value"), "50");
      assert.equal(await told("Brightest value"), "123.5");
      await page.close();
    });

    await t.step("digits choose tools for those who come from napari", async () => {
      const { page, at } = await openPainter(open);
      await page.getByRole("button", { name: "Display" }).click();
      await page.getByLabel("Digits").selectOption({ label: "choose tools, as in napari" });
      await page.getByRole("button", { name: "Display" }).click();
      await page.mouse.move(...at(50, 40));
      for (const [i, tool] of ["eraser", "brush", "polygon", "fill", "pick", "pan"].entries()) {
        await page.keyboard.press(String(i + 1));
        assert.equal((await settings(page)).tool, tool);
      }
      assert.equal((await settings(page)).value, 1);
      await page.close();
    });

    await t.step("the focus is seen on every control, and nothing moves if so wished", async () => {
      const { page } = await openPainter(open, { depth: 3 });
      await page.emulateMedia({ reducedMotion: "reduce" });
      await page.getByRole("button", { name: "Display" }).click();
      const moving = await page.evaluate(() =>
        [...painter.querySelectorAll("*")].filter((each) => {
          const { transitionDuration, animationName } = getComputedStyle(each);
          return transitionDuration !== "0s" || animationName !== "none";
        }).map(({ outerHTML }) => outerHTML)
      );
      assert.deepEqual(moving, []);
      await page.locator("body").click({ position: { x: 1, y: 1 } });
      const seen = new Set<string>();
      for (let i = 0; i < 80; i++) {
        await page.keyboard.press("Tab");
        const { name, outline } = await page.evaluate(() => {
          const active = document.activeElement!;
          const { outlineStyle, outlineWidth } = getComputedStyle(active);
          const name = active === document.body
            ? ""
            : active.getAttribute("aria-label") ?? active.textContent ?? "";
          return { name, outline: `${outlineStyle} ${outlineWidth}` };
        });
        if (name === "" || seen.has(name)) continue;
        seen.add(name);
        assert.equal(outline, "solid 2px", name);
      }
      assert.ok(seen.size > 25, [...seen].join(", "));
      await page.close();
    });
  });
});
