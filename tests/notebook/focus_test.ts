/// <reference lib="dom" />
import assert from "node:assert/strict";
import type { Page } from "npm:playwright-core@1.65.1";
import { openBrowser } from "../support/browser.ts";
import { serveNotebooks } from "../support/notebook_server.ts";
import { NotebookPage } from "./segment_page.ts";

/** What can be reached, and whether it is seen to be. */
interface Reached {
  readonly place: number;
  readonly name: string;
  readonly isSeen: boolean;
}

/** What has the keys; undefined outside the page's elements. */
function reached(page: Page): Promise<Reached | undefined> {
  return page.evaluate(() => {
    const element = document.activeElement;
    if (element === null || element === document.body) return undefined;
    // What is hidden below its label is seen by the label's ring.
    const isSeen = [element, element.closest("label"), element.parentElement].some((each) => {
      if (each === null) return false;
      const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(each);
      return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2 &&
        !/, 0\)$|\/ 0\)$|transparent/.test(outlineColor);
    });
    return {
      place: [...document.querySelectorAll("*")].indexOf(element),
      name: element.outerHTML.slice(0, 120),
      isSeen,
    };
  });
}

for (const colorScheme of ["light", "dark"] as const) {
  Deno.test(`whatever Tab reaches is seen to have the keys, ${colorScheme}`, async (t) => {
    await using notebooks = await serveNotebooks();
    await using browser = await openBrowser();
    for (const [name, least] of [["segment", 60], ["apply", 10]] as const) {
      await t.step(name, async () => {
        const page = await browser.newPage({
          viewport: { width: 1280, height: 1000 },
          colorScheme,
        });
        const notebook = new NotebookPage(page);
        await page.goto(await notebooks.address(`/${name}.html?engine=page`));
        await page.waitForLoadState("networkidle");
        const places = new Set<number>();
        for (let i = 0; i < 400; i++) {
          await page.keyboard.press("Tab");
          const found = await reached(page);
          if (!found) continue;
          if (places.has(found.place)) break;
          places.add(found.place);
          assert.ok(found.isSeen, `no ring around ${found.name}`);
        }
        assert.ok(places.size >= least, `only ${places.size} places were reached`);
        assert.deepEqual(notebook.errors, []);
        await page.close();
      });
    }
  });
}
