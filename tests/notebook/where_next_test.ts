/// <reference lib="dom" />
import assert from "node:assert/strict";
import { withBrowser } from "./painter_browser.ts";
import type {} from "./painter_test_globals.ts";

Deno.test("pressed again it shows the next place, after the last one the first, and newer labels begin anew", async () => {
  await withBrowser(async (open) => {
    const page = await open();
    const places = await page.evaluate(() => {
      const painter = harness.paint([harness.spots(100, 80)]);
      document.body.append(painter);
      const data = new Float32Array(100 * 80);
      for (const [x0, y0, value] of [[0, 0, 1], [64, 48, 0.6]]) {
        for (let y = y0; y < y0 + 32; y++) data.fill(value, y * 100 + x0, y * 100 + x0 + 32);
      }
      const where = harness.whereNext(painter);
      document.body.append(where);
      const uncertainty = { width: 100, height: 80, depth: 1, data };
      where.show(uncertainty);
      const press = () => {
        where.querySelector("button")!.click();
        const { x, y } = painter.viewport.view;
        return [x > 50, y > 40].join();
      };
      const presses = [press(), press(), press(), press()];
      where.show(uncertainty);
      return [...presses, press(), press()];
    });
    const [first, second] = ["false,false", "true,true"];
    assert.deepEqual(places, [first, second, first, second, first, second]);
    await page.close();
  });
});

Deno.test("where to paint next is looked for among what is not painted at the time point in view", async () => {
  await withBrowser(async (open) => {
    const page = await open();
    const places = await page.evaluate(() => {
      const spots = harness.spots(100, 80);
      const painter = harness.paint([[spots], [spots]]);
      document.body.append(painter);
      const data = new Float32Array(100 * 80);
      const mark = (x0: number, y0: number, value: number) => {
        for (let y = y0; y < y0 + 16; y++) data.fill(value, y * 100 + x0, y * 100 + x0 + 16);
      };
      mark(8, 8, 1);
      mark(72, 56, 0.6);
      painter.annotation.apply({ kind: "stroke", points: [33, 33], size: 60, value: 1, t: 0 });
      const where = harness.whereNext(painter);
      document.body.append(where);
      where.show({ width: 100, height: 80, depth: 1, data });
      return [0, 1].map((t) => {
        painter.viewport.view = { t };
        where.querySelector("button")!.click();
        const { x, y } = painter.viewport.view;
        return [x > 50, y > 40, where.querySelector("output")!.textContent];
      });
    });
    assert.deepEqual(places.map(([right, low]) => [right, low]), [[true, true], [false, false]]);
    assert.match(String(places[1][2]), /uncertainty is \d+ %. Paint there/);
    await page.close();
  });
});
