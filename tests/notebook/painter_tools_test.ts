import assert from "node:assert/strict";
import type { Page } from "npm:playwright-core@1.65.1";
import { withBrowser } from "./painter_browser.ts";
import { classAt, counts, drag, openPainter, pixelPlaces, settings } from "./painter_hand.ts";

const sketched = (page: Page) => page.locator("polyline.daub-outline").getAttribute("points");
const undoDepth = (page: Page) => page.evaluate(() => painter.annotation.undoDepth);
const focused = (page: Page) =>
  page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? "");

Deno.test("the painter's tools, by hand", async (t) => {
  await withBrowser(async (open) => {
    await t.step("fill reaches what is connected, or all of the class", async () => {
      const { page, at } = await openPainter(open);
      for (const y of [20, 40, 60]) await drag(page, at(20, y), at(40, y));
      await page.keyboard.press("2");
      await page.keyboard.press("f");
      await page.mouse.click(...at(30, 20));
      assert.deepEqual(await counts(page), [0, 138, 69]);
      await page.getByRole("button", { name: "Connected" }).click();
      await page.mouse.click(...at(30, 40));
      assert.deepEqual(await counts(page), [0, 0, 207]);
      await page.keyboard.press("Control+z");
      assert.deepEqual(await counts(page), [0, 138, 69]);
      await page.mouse.click(...at(30, 20), { button: "right" });
      assert.deepEqual(await counts(page), [0, 138], "the right button erases");
      await page.close();
    });

    await t.step("preserved labels are left alone, whichever tool paints", async () => {
      const { page, at } = await openPainter(open);
      await drag(page, at(20, 20), at(40, 20));
      await page.keyboard.press("2");
      await page.getByRole("button", { name: /Preserve labels/ }).click();
      await drag(page, at(30, 10), at(30, 30));
      assert.deepEqual(await counts(page), [0, 69, 23 * 3 - 9]);
      await drag(page, at(30, 10), at(30, 30), "right");
      assert.deepEqual(await counts(page), [0, 69], "only the chosen class is erased");
      await page.keyboard.press("g");
      for (const [x, y] of [[10, 10], [50, 10], [50, 30], [10, 30]]) {
        await page.mouse.click(...at(x, y));
      }
      await page.keyboard.press("Enter");
      const [, first, second] = await counts(page);
      assert.deepEqual([first, second], [69, 40 * 20 - 69]);
      await page.close();
    });

    await t.step(
      "a polygon loses corners, is dropped, closed on its start, and erased",
      async () => {
        const { page, at } = await openPainter(open);
        const corners = async (...places: [number, number][]) => {
          for (const place of places) await page.mouse.click(...at(...place));
        };
        await page.mouse.move(...at(20, 20));
        await page.keyboard.press("g");
        await corners([20, 20], [40, 20], [60, 60], [40, 40], [20, 40]);
        await page.keyboard.press("Backspace");
        await page.keyboard.press("Control+z");
        await page.keyboard.press("Backspace");
        await corners([40, 40], [20, 40], [20, 20]);
        assert.deepEqual(await counts(page), [0, 400]);
        assert.equal(await undoDepth(page), 1);
        await corners([20, 20], [30, 20], [30, 30]);
        await page.keyboard.press("Escape");
        assert.equal(await sketched(page), "");
        await corners([20, 20], [30, 20], [30, 40], [20, 40]);
        await page.mouse.click(...at(20, 40), { button: "right" });
        assert.deepEqual(await counts(page), [0, 200]);
        await page.close();
      },
    );

    await t.step("a polygon belongs to its tool and its slice", async () => {
      const { page, at } = await openPainter(open, { depth: 3 });
      const begin = async () => {
        await page.keyboard.press("g");
        for (const [x, y] of [[20, 20], [40, 20], [40, 40]]) await page.mouse.click(...at(x, y));
        assert.notEqual(await sketched(page), "");
      };
      await page.mouse.move(...at(20, 20));
      await begin();
      await page.keyboard.press("p");
      assert.equal(await sketched(page), "");
      await begin();
      await page.keyboard.press(".");
      assert.equal(await page.getByLabel("Slice").inputValue(), "2");
      assert.equal(await sketched(page), "");
      await page.keyboard.press("Enter");
      assert.deepEqual(await counts(page), [0]);
      await page.close();
    });

    await t.step("a stroke stays in the slice in which it began, whatever is turned", async () => {
      const { page, at } = await openPainter(open, { depth: 5 });
      await page.mouse.move(...at(20, 20));
      await page.mouse.down();
      await page.mouse.move(...at(40, 20));
      await page.keyboard.press(",");
      await page.keyboard.press("]");
      await page.keyboard.press("2");
      await page.mouse.move(...at(60, 20));
      await page.mouse.up();
      assert.equal(await page.evaluate(() => painter.viewport.view.z), 1);
      const painted = await page.evaluate(() =>
        [1, 2].map((z) => [30, 50].map((x) => painter.annotation.at(x, 20, z)))
      );
      assert.deepEqual(painted, [[0, 0], [1, 1]]);
      assert.deepEqual(await counts(page), [0, 43 * 3]);
      assert.equal(await undoDepth(page), 1);
      await page.close();
    });

    await t.step(
      "however fast the hand is, strokes have no gaps and keep their curves",
      async () => {
        const { page, at } = await openPainter(open);
        await page.evaluate(() => painter.settings = { size: 1 });
        await page.mouse.move(...at(5, 5));
        await page.mouse.down();
        for (const [x, y] of [[95, 22], [8, 41], [90, 74]]) await page.mouse.move(...at(x, y));
        await page.mouse.up();
        const rows = await page.evaluate(() => {
          const taken = painter.value.toUint8Array();
          let pieces = 0;
          for (let i = 0; i < taken.length; i++) {
            if (taken[i] === 0) continue;
            pieces++;
            const stack = [i];
            for (let p = stack.pop(); p !== undefined; p = stack.pop()) {
              if (p < 0 || p >= taken.length || taken[p] === 0) continue;
              taken[p] = 0;
              const left = p % 100 > 0 ? [-1, -101, 99] : [];
              const right = p % 100 < 99 ? [1, 101, -99] : [];
              for (const d of [-100, 100, ...left, ...right]) stack.push(p + d);
            }
          }
          return pieces;
        });
        assert.equal(rows, 1, "one connected line");
        await page.keyboard.press("Control+z");
        const surface = page.getByLabel("Annotation", { exact: true });
        await surface.evaluate((canvas, [from, over, to]) => {
          const event = (type: string, [clientX, clientY]: number[], rest: PointerEventInit = {}) =>
            new PointerEvent(type, { clientX, clientY, pointerId: 5, buttons: 1, ...rest });
          canvas.dispatchEvent(event("pointerdown", from));
          const together = [over, to].map((place) => event("pointermove", place));
          const move = event("pointermove", to);
          // As the browser gives them; on a page that is not secure it gives none.
          Object.defineProperty(move, "getCoalescedEvents", { value: () => together });
          canvas.dispatchEvent(move);
          canvas.dispatchEvent(event("pointerup", to, { buttons: 0 }));
        }, [at(20, 20), at(50, 60), at(80, 20)]);
        assert.equal(await classAt(page, 50, 60), 1, "what the browser put together is told apart");
        assert.equal(await classAt(page, 50, 20), 0);
        await page.close();
      },
    );

    await t.step("the ring stays where Alt-drag began, its edge under the pointer", async () => {
      const { page, at } = await openPainter(open);
      await page.mouse.move(...at(30, 30));
      await page.keyboard.down("Alt");
      await page.mouse.down();
      await page.mouse.move(...at(40, 34), { steps: 3 });
      const ring = await page.locator("circle.daub-outline").boundingBox();
      const [x, y] = at(30, 30);
      const near = (a: number, b: number) => assert.ok(Math.abs(a - b) < 3, `${a} ${b}`);
      near(ring!.x + ring!.width / 2, x);
      near(ring!.y + ring!.height / 2, y);
      near(ring!.x + ring!.width, at(41.5, 30)[0]);
      await page.mouse.up();
      await page.keyboard.up("Alt");
      await page.mouse.move(...at(60, 34));
      const after = await page.locator("circle.daub-outline").boundingBox();
      near(after!.x + after!.width / 2, at(60, 34)[0]);
      await page.close();
    });

    await t.step("a pen that is broken off keeps its stroke, a palm's touch does not", async () => {
      const { page, at } = await openPainter(open, { touch: true });
      const surface = page.getByLabel("Annotation", { exact: true });
      for (const [pointerType, expected] of [["pen", 69], ["touch", 69]] as const) {
        await surface.evaluate((canvas, [pointerType, from, to]) => {
          const event = (type: string, [clientX, clientY]: readonly [number, number]) =>
            canvas.dispatchEvent(
              new PointerEvent(type, { clientX, clientY, pointerType, pointerId: 8, buttons: 1 }),
            );
          event("pointerdown", from);
          event("pointermove", to);
          event("pointercancel", to);
        }, [pointerType, at(20, 40), at(40, 40)] as const);
        await page.keyboard.press("2");
        assert.deepEqual(await counts(page), [0, expected]);
      }
      await page.close();
    });

    await t.step("keys are the painter's after a click elsewhere, and after a size", async () => {
      const { page, at } = await openPainter(open);
      await page.evaluate(() => {
        const box = Object.assign(document.createElement("input"), { type: "checkbox" });
        document.body.prepend(box);
      });
      const places = await pixelPlaces(page);
      await page.locator("input[type=checkbox]").click();
      await page.mouse.move(...places(50, 40));
      await page.keyboard.press("=");
      assert.equal((await settings(page)).value, 2);
      await page.getByLabel("Brush size in pixels").fill("7");
      await page.keyboard.press("Enter");
      assert.equal(await focused(page), "Annotation");
      await page.keyboard.press("1");
      const { size, value } = await settings(page);
      assert.deepEqual([size, value], [7, 1]);
      assert.ok(at(0, 0));
      await page.close();
    });

    await t.step(
      "plus and minus zoom to the pointer; a brush moved by keys stays in view",
      async () => {
        const { page, at } = await openPainter(open);
        await page.mouse.move(...at(70, 20));
        for (let i = 0; i < 4; i++) await page.keyboard.press("+");
        const zoomed = await pixelPlaces(page);
        assert.ok(Math.abs(zoomed(70, 20)[0] - at(70, 20)[0]) < 3);
        assert.ok(zoomed(71, 20)[0] - zoomed(70, 20)[0] > 5 * (at(71, 20)[0] - at(70, 20)[0]));
        await page.getByLabel("Annotation", { exact: true }).focus();
        for (let i = 0; i < 8; i++) await page.keyboard.press("Shift+ArrowLeft");
        const [x] = (await pixelPlaces(page))(0, 20);
        const box = (await page.getByLabel("Annotation", { exact: true }).boundingBox())!;
        assert.ok(x >= box.x, "the left edge has come into view");
        for (let i = 0; i < 4; i++) await page.keyboard.press("_");
        await page.keyboard.press("Home");
        assert.deepEqual((await pixelPlaces(page))(70, 20), at(70, 20));
        await page.close();
      },
    );
  });
});
