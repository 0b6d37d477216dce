import assert from "node:assert/strict";
import { withBrowser } from "./painter_browser.ts";
import type {} from "./painter_test_globals.ts";

Deno.test("a switch for live updates", async (t) => {
  await withBrowser(async (open) => {
    const page = await open();
    await page.evaluate(() => {
      const source = Object.assign(new EventTarget(), { value: 1 });
      const done: number[] = [];
      let slow = 0;
      const live = harness.liveSwitch();
      document.body.append(live, document.createElement("textarea"));
      const results = harness.live<{ source: number }, number>(
        { source },
        async ({ source }, { signal, onProgress }) => {
          onProgress({ stage: "features", fraction: 0.5 });
          await new Promise((resolve, reject) => {
            const timer = setTimeout(resolve, slow);
            signal.addEventListener("abort", () => {
              clearTimeout(timer);
              reject(signal.reason);
            });
          });
          return source;
        },
        { live },
      );
      (async () => {
        for await (const result of results) done.push(result);
      })();
      const change = (value: number, milliseconds: number) => {
        slow = milliseconds;
        source.value = value;
        source.dispatchEvent(new Event("input"));
      };
      Object.assign(globalThis, { done, change });
    });
    const live = page.getByRole("group", { name: "Live update" });
    const toggle = page.getByRole("switch", { name: "Live" });
    const settled = (status: string) =>
      page.locator(`.daub-live[data-status="${status}"]`).waitFor();
    const finished = (all: string) => page.waitForFunction(`done.join() === "${all}"`);
    const change = (value: number, milliseconds = 0) =>
      page.evaluate(`change(${value}, ${milliseconds})`);

    await t.step("on, it follows what changes", async () => {
      await finished("1");
      await change(2);
      await finished("1,2");
      assert.equal(await page.getByRole("button", { name: "Update" }).count(), 0);
    });

    await t.step(
      "off, only the button and the key update, and not while somebody types",
      async () => {
        await toggle.click();
        assert.equal(await toggle.getAttribute("aria-checked"), "false");
        await change(3);
        await settled("stale");
        assert.match(await live.innerText(), /Older than your strokes/);
        await page.locator("textarea").press("u");
        await settled("stale");
        await toggle.press("u");
        await finished("1,2,3");
        await change(4);
        await page.getByRole("button", { name: "Update" }).click();
        await finished("1,2,3,4");
      },
    );

    await t.step("what takes long shows how far it is and can be cancelled", async () => {
      await toggle.click();
      await change(5, 60_000);
      await live.getByText("features").waitFor();
      const shown = await page.getByRole("progressbar", { name: "Progress" }).getAttribute("value");
      assert.equal(shown, "0.5");
      await page.getByRole("button", { name: "Cancel" }).click();
      await settled("stale");
      assert.match(await live.innerText(), /Cancelled/);
      await change(6);
      await finished("1,2,3,4,6");
      assert.equal(await page.getByRole("button", { name: "Cancel" }).count(), 0);
    });
    await page.close();
  });
});
