import assert from "node:assert/strict";
import type { Page } from "npm:playwright-core@1.65.1";
import { withBrowser } from "./painter_browser.ts";
import type {} from "./painter_test_globals.ts";

/** The colour shown at a place of a surface, as red, green, blue. */
function colorAt(page: Page, label: string, x: number, y: number): Promise<number[]> {
  return page.getByLabel(label, { exact: true }).evaluate(async (canvas, [x, y]) => {
    // Two frames, so that what was asked for has been drawn.
    for (let i = 0; i < 2; i++) await new Promise((done) => requestAnimationFrame(done));
    const surface = canvas as HTMLCanvasElement;
    const { width, height } = surface.getBoundingClientRect();
    const shown = painter.viewport.transform(width, height);
    const pixel = surface.getContext("2d")!.getImageData(
      Math.floor(shown.left + (x + 0.5) * shown.scale),
      Math.floor(shown.top + (y + 0.5) * shown.scale),
      1,
      1,
    );
    return [...pixel.data.subarray(0, 3)];
  }, [x, y]);
}

/** A painter on a flat grey image of 100 × 80 pixels whose values run from 0 to 255. */
async function openFlat(page: Page): Promise<void> {
  await page.evaluate(() => {
    const data = new Uint8Array(100 * 80).fill(100);
    data.set([0, 255]);
    const painter = harness.paint({ width: 100, height: 80, depth: 1, data });
    document.body.append(painter);
    Object.assign(globalThis, { painter });
    painter.annotation.apply({ kind: "stroke", points: [81, 81], size: 20, value: 2 });
  });
}

const ORANGE = [0xe6, 0x9f, 0x00];
const mixed = (opacity: number) => ORANGE.map((c) => Math.round(opacity * c + (1 - opacity) * 100));
const close = (a: number[], b: number[]) => a.every((value, i) => Math.abs(value - b[i]) <= 2);

Deno.test("what the painter shows", async (t) => {
  await withBrowser(async (open) => {
    await t.step("paint lies over the image with its opacity, as outline, or hidden", async () => {
      const page = await open();
      await openFlat(page);
      const shown = async (x: number, y: number) => await colorAt(page, "Annotation", x, y);
      assert.ok(close(await shown(40, 40), mixed(0.7)), String(await shown(40, 40)));
      assert.ok(close(await shown(70, 40), [100, 100, 100]));
      await page.evaluate(() => painter.settings = { opacity: 0.25 });
      assert.ok(close(await shown(40, 40), mixed(0.25)));
      await page.evaluate(() => painter.settings = { contour: 1, opacity: 1 });
      assert.ok(close(await shown(40, 40), [100, 100, 100]));
      assert.ok(close(await shown(31, 40), ORANGE) || close(await shown(30, 40), ORANGE));
      await page.evaluate(() => painter.settings = { contour: 0, selectedOnly: true });
      assert.ok(close(await shown(40, 40), [100, 100, 100]));
      await page.evaluate(() => painter.settings = { value: 2 });
      assert.ok(close(await shown(40, 40), ORANGE));
      await page.evaluate(() => painter.settings = { visible: false });
      assert.ok(close(await shown(40, 40), [100, 100, 100]));
      await page.close();
    });

    await t.step("the image follows contrast and colour map", async () => {
      const page = await open();
      await openFlat(page);
      const shown = async () => await colorAt(page, "Annotation", 70, 40);
      await page.evaluate(() => painter.settings = { low: 50, high: 150 });
      assert.ok(close(await shown(), [127, 127, 127]), String(await shown()));
      await page.evaluate(() => painter.settings = { low: 0, high: 100, colormap: "green" });
      assert.ok(close(await shown(), [0, 255, 0]), String(await shown()));
      await page.close();
    });

    await t.step("the pixel under the pointer is told", async () => {
      const page = await open();
      await openFlat(page);
      const { x, y, width, height } =
        (await page.getByLabel("Annotation", { exact: true }).boundingBox())!;
      const shown = await page.evaluate(
        ([width, height]) => painter.viewport.transform(width, height),
        [width, height],
      );
      await page.mouse.move(
        x + shown.left + 40.5 * shown.scale,
        y + shown.top + 40.5 * shown.scale,
      );
      const text = await page.locator(".daub-readout").textContent();
      assert.match(text ?? "", /40, 40.*value 100.*painted 2 object/);
      await page.close();
    });

    await t.step("its value is an unchanging snapshot, and setting it is silent", async () => {
      const page = await open();
      await openFlat(page);
      const result = await page.evaluate(() => {
        let told = 0;
        painter.addEventListener("input", () => told++);
        const before = painter.value;
        painter.annotation.apply({ kind: "clear" });
        const afterClear = painter.value.labelled;
        painter.value = before;
        const restored = painter.value.labelled;
        painter.value = null;
        return { told, before: before.labelled, afterClear, restored, now: painter.value.labelled };
      });
      assert.equal(result.told, 1);
      assert.ok(result.before > 300);
      assert.deepEqual(
        [result.afterClear, result.restored, result.now],
        [0, result.before, 0],
      );
      await page.close();
    });

    await t.step("two painters share an annotation, and a disposed one is deaf", async () => {
      const page = await open();
      await openFlat(page);
      const result = await page.evaluate(() => {
        const controller = new AbortController();
        const image = harness.spots(100, 80);
        const { annotation } = painter;
        const other = harness.paint(image, { annotation, signal: controller.signal });
        document.body.append(other);
        let told = 0;
        other.addEventListener("input", () => told++);
        annotation.undo();
        controller.abort();
        annotation.redo();
        return { told, revision: other.dataset.revision, now: painter.dataset.revision };
      });
      assert.deepEqual(result, { told: 1, revision: "2", now: "3" });
      await page.close();
    });

    await t.step("it refuses an annotation of another size", async () => {
      const page = await open();
      const tag = await page.evaluate(() => {
        const annotation = new harness.Annotation({ width: 9, height: 9, depth: 1 });
        try {
          harness.paint(harness.spots(100, 80), { annotation });
        } catch (error) {
          return (error as { tag: string }).tag;
        }
      });
      assert.equal(tag, "annotation");
      await page.close();
    });

    await t.step("newer labels keep their colours; those of another size are refused", async () => {
      const page = await open();
      await openFlat(page);
      const tag = await page.evaluate(() => {
        const image = harness.spots(100, 80);
        const half = (first: number, second: number) => ({
          width: 100,
          height: 80,
          depth: 1,
          data: new Uint32Array(8000).fill(first, 0, 3000).fill(second, 5000),
          count: Math.max(first, second),
        });
        const view = harness.labelView(image, half(1, 2), { viewport: painter.viewport });
        painter.replaceWith(view);
        Object.assign(globalThis, { view, half });
        try {
          view.show({ ...half(1, 2), width: 80, height: 100 });
        } catch (error) {
          return (error as { tag: string }).tag;
        }
      });
      assert.equal(tag, "image");
      const before = await colorAt(page, "Labels", 5, 70);
      await page.evaluate(() => {
        const { half } = globalThis as unknown as {
          half(a: number, b: number): typeof view.labels & object;
        };
        view.show(half(0, 1), 7);
      });
      assert.deepEqual(await colorAt(page, "Labels", 5, 70), before);
      const { revision, objects } = await page.evaluate(() => ({ ...view.dataset }));
      assert.deepEqual([revision, objects], ["7", "1"]);
      await page.close();
    });

    await t.step("it brings its styles and keys into a shadow root", async () => {
      const page = await open();
      await page.evaluate(() => {
        const host = document.createElement("div");
        host.attachShadow({ mode: "open" }).append(harness.paint(harness.spots(100, 80)));
        document.body.append(host);
      });
      await page.waitForFunction(() => {
        const frame = document.querySelector("div")?.shadowRoot?.querySelector(".daub-frame");
        return frame && getComputedStyle(frame).borderRadius === "10px";
      });
      await page.getByLabel("Annotation", { exact: true }).focus();
      for (const key of ["]", "Enter", "ArrowRight", "ArrowRight", "Enter"]) {
        await page.keyboard.press(key);
      }
      assert.match(await page.getByRole("radio", { name: "background" }).innerText(), /[1-9]\d*$/);
      assert.equal(await page.getByLabel("Brush size in pixels").inputValue(), "11");
      await page.close();
    });

    await t.step("it keeps its looks under a strict content policy", async () => {
      const policy = "default-src 'none'; script-src 'unsafe-inline'; style-src 'none'";
      const page = await open({
        head: `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
      });
      await openFlat(page);
      const border = await page.locator(".daub-frame").evaluate((frame) =>
        getComputedStyle(frame).borderRadius
      );
      assert.equal(border, "10px");
      await page.close();
    });

    await t.step("every control has a name", async () => {
      const page = await open();
      await openFlat(page);
      await page.getByLabel("Display", { exact: true }).first().click();
      const nameless = await page.evaluate(() =>
        [...painter.querySelectorAll("button, input, select, canvas")].filter((control) =>
          !(control.getAttribute("aria-label") || control.textContent?.trim())
        ).map((control) => control.outerHTML)
      );
      assert.deepEqual(nameless, []);
      await page.close();
    });

    await t.step("further facts about a pixel come when the pointer rests", async () => {
      const page = await open();
      await openFlat(page);
      await page.evaluate(() =>
        painter.describe = (x: number, y: number) => Promise.resolve([["seen", `${x} ${y}`]])
      );
      const canvas = page.getByLabel("Annotation", { exact: true });
      const { width, height } = (await canvas.boundingBox())!;
      await canvas.hover({ position: { x: width / 2, y: height / 2 } });
      await page.locator(".daub-readout", { hasText: /seen 50 40/ }).waitFor();
      await page.mouse.move(0, 0);
      assert.doesNotMatch(await page.locator(".daub-readout").innerText(), /seen/);
      await page.close();
    });

    await t.step(
      "all facts about a pixel of a large image can be read, wide and narrow",
      async () => {
        for (const width of [1280, 600, 390]) {
          const page = await open({ width });
          await page.evaluate(() => {
            const data = new Uint16Array(3000 * 3000).fill(65535);
            const image = { width: 3000, height: 3000, depth: 1, data };
            const painter = harness.paint([image], {});
            painter.describe = () =>
              Promise.resolve([["object", "27195"], ["class", "1 background"], [
                "probability",
                "100 %",
              ]]);
            document.body.append(painter);
          });
          const before = await page.locator(".daub-readout").boundingBox();
          await page.getByLabel("Annotation", { exact: true }).hover();
          await page.locator(".daub-readout", { hasText: /probability 100 %/ }).waitFor();
          const hidden = await page.locator(".daub-facts").evaluate((facts) => {
            const { right, bottom } = facts.getBoundingClientRect();
            return [...facts.children].flatMap((fact) => {
              const box = fact.getBoundingClientRect();
              return box.right > right + 1 || box.bottom > bottom + 1 ? [fact.textContent] : [];
            });
          });
          assert.deepEqual(hidden, [], `${width} pixels wide`);
          assert.deepEqual(await page.locator(".daub-readout").boundingBox(), before);
          await page.close();
        }
      },
    );

    await t.step(
      "time points are fetched when they are looked at, each with its strokes",
      async () => {
        const page = await open();
        await page.evaluate(() => {
          const flat = (value: number) => [{
            width: 100,
            height: 80,
            depth: 1,
            data: new Uint8Array(8000).fill(value),
          }];
          const asked: number[] = [];
          const painter = harness.paint(flat(10), {
            frames: 3,
            settings: { low: 0, high: 255 },
            loadFrame: (time: number) => {
              asked.push(time);
              return Promise.resolve(flat(100 * time));
            },
          });
          document.body.append(painter);
          Object.assign(globalThis, { painter, asked });
        });
        const canvas = page.getByLabel("Annotation", { exact: true });
        await page.getByLabel("Time").fill("2");
        const { width, height } = (await canvas.boundingBox())!;
        await canvas.hover({ position: { x: width / 2, y: height / 2 } });
        await page.locator(".daub-readout", { hasText: /value 200/ }).waitFor();
        assert.deepEqual((await colorAt(page, "Annotation", 10, 10))[0], 200);
        await page.keyboard.press("1");
        await canvas.click({ position: { x: width / 2, y: height / 2 } });
        const state = await page.evaluate(() => ({
          asked: (globalThis as unknown as { asked: number[] }).asked,
          frame: painter.frame.value,
          here: painter.annotation.at(50, 40, 0, 2),
          first: painter.annotation.at(50, 40, 0, 0),
        }));
        assert.deepEqual(state, { asked: [2], frame: 2, here: 1, first: 0 });
        await page.close();
      },
    );

    await t.step("labels: hover, selection, outlines, and the painter's view", async () => {
      const page = await open();
      await openFlat(page);
      await page.evaluate(() => {
        const image = harness.spots(100, 80);
        const data = new Uint32Array(100 * 80);
        for (let y = 20; y < 60; y++) data.fill(1, y * 100 + 20, y * 100 + 40);
        for (let y = 20; y < 60; y++) data.fill(2, y * 100 + 60, y * 100 + 80);
        const labels = { width: 100, height: 80, depth: 1, data, count: 2 };
        const view = harness.labelView(image, labels, {
          painter,
          look: { opacity: 1 },
          describe: (label: number) => [["area", `${label * 100} px`]],
        });
        document.body.append(view);
        Object.assign(globalThis, { view });
      });
      const canvas = page.getByLabel("Labels", { exact: true });
      await canvas.scrollIntoViewIfNeeded();
      assert.equal(await canvas.getAttribute("data-objects"), "2");
      const first = await colorAt(page, "Labels", 30, 40);
      assert.notDeepEqual(first, await colorAt(page, "Labels", 70, 40));
      const { width, height } = (await canvas.boundingBox())!;
      await canvas.hover({ position: { x: 0.3 * width, y: height / 2 } });
      assert.deepEqual(await colorAt(page, "Labels", 30, 50), [255, 255, 255]);
      await page.locator(".daub-tip", { hasText: /Object 1\s*area\s*100 px/ }).waitFor();
      await canvas.click({ position: { x: 0.7 * width, y: height / 2 } });
      assert.equal(await page.evaluate(() => view.value), 2);
      await canvas.hover({ position: { x: 3, y: 3 } });
      assert.deepEqual(await colorAt(page, "Labels", 30, 50), first);
      await page.evaluate(() => view.look = { contour: 1 });
      assert.deepEqual(await colorAt(page, "Labels", 20, 40), first);
      assert.notDeepEqual(await colorAt(page, "Labels", 30, 40), first);
      await page.evaluate(() => {
        view.look = { swipe: 0.9 };
        painter.settings = { colormap: "gray inverted" };
      });
      const inverted = await colorAt(page, "Labels", 20, 40);
      await page.evaluate(() => painter.settings = { colormap: "gray" });
      const plain = await colorAt(page, "Labels", 20, 40);
      assert.ok(close(inverted, plain.map((value) => 255 - value)), `${inverted} ${plain}`);
      const scale = await page.evaluate(() => {
        view.viewport.centerOn(30, 40, 20);
        return painter.viewport.view.scale;
      });
      assert.equal(scale, 20);
      await page.close();
    });
  });
});

Deno.test("a brush of 500 pixels on 10,000 x 10,000: main-thread work of an event", async () => {
  await withBrowser(async (open) => {
    const page = await open();
    const times = await page.evaluate(async () => {
      const side = 10_000;
      const data = new Uint8Array(side * side);
      for (let i = 0; i < data.length; i += 7) data[i] = i >>> 8;
      const image = { width: side, height: side, depth: 1, data };
      const painter = harness.paint(image, { settings: { size: 500 } });
      document.body.append(painter);
      const frame = () => new Promise((done) => requestAnimationFrame(done));
      const canvas = painter.querySelector("canvas")!;
      const results: Record<string, number[]> = {};
      for (const scale of [0.08, 1]) {
        painter.viewport.centerOn(5000, 5000, scale);
        for (let i = 0; i < 30; i++) await frame();
        const { left, top, width, height } = canvas.getBoundingClientRect();
        const work: number[] = [];
        for (let i = 0; i <= 40; i++) {
          const type = i === 0 ? "pointerdown" : i === 40 ? "pointerup" : "pointermove";
          const place = {
            clientX: left + width * (0.2 + i / 70),
            clientY: top + height * (0.5 + 0.2 * Math.sin(i / 5)),
          };
          // Callbacks of a frame run in order: the painter draws between this one and the next.
          let before = 0;
          requestAnimationFrame(() => before = performance.now());
          const started = performance.now();
          canvas.dispatchEvent(new PointerEvent(type, { ...place, pointerId: 9, buttons: 1 }));
          const painted = performance.now() - started;
          await frame();
          work.push(painted + performance.now() - before);
        }
        results[scale] = work.sort((a, b) => a - b);
      }
      const labelled = painter.value.labelled;
      return { results, labelled, tiles: painter.annotation.tiles.tileCount };
    });
    for (const [scale, work] of Object.entries(times.results)) {
      const at = (part: number) => work[Math.floor(part * (work.length - 1))].toFixed(1);
      console.log(`  at ${scale}: median ${at(0.5)} ms, 95 % ${at(0.95)} ms, most ${at(1)} ms`);
    }
    assert.ok(times.labelled > 500 * 5000, `${times.labelled} pixels`);
    assert.ok(times.tiles < 200, `${times.tiles} tiles`);
  });
});
