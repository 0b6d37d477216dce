/// <reference lib="dom" />
import assert from "node:assert/strict";
import type { Page } from "npm:playwright-core@1.65.1";
import { withBrowser } from "./painter_browser.ts";
import { classAt, counts, drag, openPainter, pixelPlaces, settings } from "./painter_hand.ts";
import type {} from "./painter_test_globals.ts";

type Place = [number, number];

/** Fingers on the screen, as the system reports them to the browser. */
async function hand(page: Page) {
  const cdp = await page.context().newCDPSession(page);
  const send = (type: "touchStart" | "touchMove" | "touchEnd") => async (...places: Place[]) => {
    const touchPoints = places.map(([x, y], id) => ({ x, y, id }));
    await cdp.send("Input.dispatchTouchEvent", { type, touchPoints });
  };
  return { cdp, down: send("touchStart"), move: send("touchMove"), up: send("touchEnd") };
}

const depths = (page: Page) =>
  page.evaluate(() => [painter.annotation.undoDepth, painter.annotation.redoDepth]);

Deno.test("a painter under fingers", async (t) => {
  await withBrowser(async (open) => {
    await t.step("keeps the pixels under both fingers there while they pinch", async () => {
      const { page, at } = await openPainter(open, { touch: true });
      const { down, move, up } = await hand(page);
      const [a, b] = [at(30, 30), at(50, 50)];
      const [c, d] = [at(20, 15), at(60, 55)];
      await down(a);
      await down(a, b);
      for (let i = 1; i <= 8; i++) {
        const between = (from: Place, to: Place): Place => [
          from[0] + (to[0] - from[0]) * i / 8,
          from[1] + (to[1] - from[1]) * i / 8,
        ];
        await move(between(a, c), between(b, d));
      }
      await up();
      const now = await pixelPlaces(page);
      const off = ([x, y]: Place, [u, v]: Place) => Math.hypot(x - u, y - v);
      assert.ok(off(now(30, 30), c) < 1.5, `the first finger slid by ${off(now(30, 30), c)}`);
      assert.ok(off(now(50, 50), d) < 1.5, `the second finger slid by ${off(now(50, 50), d)}`);
      assert.deepEqual(await counts(page), [0], "a pinch paints nothing");
      assert.deepEqual(await depths(page), [0, 0]);
      await page.close();
    });

    await t.step("zooms by the browser's own pinch, in and out", async () => {
      const { page, at } = await openPainter(open, { touch: true });
      const { cdp } = await hand(page);
      const scale = () =>
        page.evaluate(() => {
          const { clientWidth, clientHeight } = document.querySelector(".daub-stage")!;
          return painter.viewport.transform(clientWidth, clientHeight).scale;
        });
      const before = await scale();
      const [x, y] = at(50, 40);
      const pinch = (scaleFactor: number) =>
        cdp.send("Input.synthesizePinchGesture", { x, y, scaleFactor, relativeSpeed: 2000 });
      await pinch(2);
      const near = await scale();
      assert.ok(near > 1.6 * before && near < 2.4 * before, `${before} became ${near}`);
      await pinch(0.5);
      const far = await scale();
      assert.ok(far > 0.4 * near && far < 0.65 * near, `${near} became ${far}`);
      assert.equal(await page.evaluate(() => visualViewport!.scale), 1, "the page itself stays");
      assert.deepEqual(await counts(page), [0]);
      await page.close();
    });

    await t.step("a second finger takes a stroke out and leaves undo and redo alone", async () => {
      const { page, at } = await openPainter(open, { touch: true });
      const { down, move, up } = await hand(page);
      for (const y of [10, 20, 30]) await drag(page, at(20, y), at(40, y));
      await page.keyboard.press("Control+z");
      await page.keyboard.press("Control+z");
      assert.deepEqual(await depths(page), [1, 2]);
      await down(at(20, 60));
      await move(at(60, 60));
      assert.ok(await classAt(page, 50, 60) === 1, "one finger paints at once");
      await down(at(60, 60), at(70, 70));
      assert.deepEqual(await counts(page), [0, 69], "the second takes it out");
      assert.deepEqual(await depths(page), [1, 2]);
      await move(at(55, 60), at(75, 70));
      await up();
      assert.deepEqual(await counts(page), [0, 69]);
      await page.keyboard.press("Control+Shift+z");
      await page.keyboard.press("Control+Shift+z");
      assert.deepEqual(await counts(page), [0, 3 * 69]);
      assert.deepEqual(await depths(page), [3, 0]);
      await page.close();
    });

    await t.step("a finger that stays down after a pinch neither paints nor jumps", async () => {
      const { page, at } = await openPainter(open, { touch: true });
      const { down, move, up } = await hand(page);
      await down(at(30, 30));
      await down(at(30, 30), at(50, 50));
      await move(at(28, 28), at(52, 52));
      await up(at(28, 28));
      const view = await page.evaluate(() => painter.viewport.view);
      await move(at(60, 28));
      await up();
      assert.deepEqual(await page.evaluate(() => painter.viewport.view), view);
      assert.deepEqual(await counts(page), [0]);
      await down(at(30, 30));
      await move(at(60, 30));
      await up();
      assert.deepEqual(await depths(page), [1, 0], "the next finger paints again");
      await page.close();
    });

    await t.step(
      "a tap paints a dot, fills, picks and sets corners; a pinch does not",
      async () => {
        const { page, at } = await openPainter(open, { touch: true });
        const { down, move, up } = await hand(page);
        const tap = async (place: Place) => {
          await down(place);
          await up();
        };
        await tap(at(20, 20));
        assert.deepEqual(await counts(page), [0, 9]);
        const pinch = async () => {
          await down(at(50, 40));
          await down(at(50, 40), at(60, 40));
          await move(at(50, 40), at(61, 40));
          await up();
          await page.evaluate(() => painter.viewport.reset());
        };
        for (const tool of ["fill", "pick", "polygon"] as const) {
          await page.evaluate((tool) => painter.settings = { tool, value: 2 }, tool);
          await pinch();
          assert.deepEqual(await counts(page), [0, 9], tool);
          assert.equal((await settings(page)).tool, tool, "a pinch chooses nothing");
        }
        for (const [x, y] of [[60, 20], [80, 20], [80, 40]]) await tap(at(x, y));
        // A finger does not meet the first corner to the pixel.
        const [x, y] = at(60, 20);
        await tap([x + 14, y - 10]);
        assert.equal(await classAt(page, 75, 25), 2, "the polygon is closed at its first corner");
        await page.evaluate(() => painter.settings = { tool: "fill", value: 1 });
        await tap(at(75, 25));
        assert.equal(await classAt(page, 75, 25), 1);
        await page.evaluate(() => painter.settings = { tool: "pick", value: 2 });
        await tap(at(75, 25));
        assert.equal((await settings(page)).value, 1);
        await page.close();
      },
    );
  });
});
