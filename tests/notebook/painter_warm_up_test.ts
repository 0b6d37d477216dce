/// <reference lib="dom" />
import assert from "node:assert/strict";
import { withBrowser } from "./painter_browser.ts";
import type {} from "./painter_test_globals.ts";

Deno.test("strokes are practised once, in idle moments, where nobody sees them", async () => {
  await withBrowser(async (open) => {
    const page = await open();
    const found = await page.evaluate(async () => {
      const waiting: IdleRequestCallback[] = [];
      globalThis.requestIdleCallback = (callback) => waiting.push(callback);
      const told: string[] = [];
      document.body.addEventListener("input", () => told.push("input"));
      const painters = [1, 2].map(() => harness.paint(harness.spots(100, 80)));
      document.body.append(...painters);
      let moments = 0;
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        next({ didTimeout: false, timeRemaining: () => 10 });
        moments++;
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
      const { annotation } = painters[0];
      return { moments, told, revision: annotation.revision, painted: annotation.count(1) };
    });
    assert.ok(found.moments > 3, `${found.moments} idle moments`);
    assert.ok(found.moments < 20, "once a page, not once a painter");
    assert.deepEqual([found.told, found.revision, found.painted], [[], 0, 0]);
    await page.close();
  });
});
