/// <reference lib="dom" />
import assert from "node:assert/strict";
import type { Page } from "npm:playwright-core@1.65.1";
import { openBrowser } from "../support/browser.ts";
import { serveNotebooks } from "../support/notebook_server.ts";
import { NotebookPage } from "./segment_page.ts";

/** What can be reached, and how well it is seen to be. */
interface Reached {
  readonly place: number;
  readonly name: string;
  /** The contrast of its ring to what is around it, from 1 to 21; 0 without a ring. */
  readonly contrast: number;
}

/** What users need to see where they are (WCAG 2.2, 1.4.11). */
const LEAST_CONTRAST = 3;

/** What has the keys; undefined outside the page's elements. */
function reached(page: Page): Promise<Reached | undefined> {
  return page.evaluate(() => {
    const element = document.activeElement;
    if (element === null || element === document.body) return undefined;
    const context = document.createElement("canvas").getContext("2d")!;
    /** A colour's parts from 0 to 1, whatever notation it is in, over another one. */
    const over = (color: string, below: readonly number[]): number[] => {
      context.clearRect(0, 0, 1, 1);
      context.fillStyle = color;
      context.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = Array.from(context.getImageData(0, 0, 1, 1).data, (part) => part / 255);
      return [r, g, b].map((part, i) => part * a + below[i] * (1 - a));
    };
    const luminance = (color: readonly number[]) => {
      const [r, g, b] = color.map((part) =>
        part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
      );
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const backgroundOf = (each: Element | null): number[] =>
      each === null
        ? [1, 1, 1]
        : over(getComputedStyle(each).backgroundColor, backgroundOf(each.parentElement));
    const contrastOf = (each: Element) => {
      const { outlineStyle, outlineWidth, outlineColor, outlineOffset } = getComputedStyle(each);
      if (outlineStyle === "none" || parseFloat(outlineWidth) < 2) return 0;
      // A ring that is drawn inwards lies on its own element.
      const around = backgroundOf(parseFloat(outlineOffset) < 0 ? each : each.parentElement);
      const both = [luminance(around), luminance(over(outlineColor, around))];
      return (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
    };
    // What is hidden below its label is seen by the label's ring.
    const rings = [element, element.closest("label"), element.parentElement];
    return {
      place: [...document.querySelectorAll("*")].indexOf(element),
      name: element.outerHTML.slice(0, 120),
      contrast: Math.max(...rings.map((each) => each ? contrastOf(each) : 0)),
    };
  });
}

for (const colorScheme of ["light", "dark"] as const) {
  Deno.test(`whatever Tab reaches is seen to have the keys, ${colorScheme}`, async (t) => {
    await using notebooks = await serveNotebooks();
    await using browser = await openBrowser();
    for (const [name, least] of [["segment", 60], ["volume", 60], ["apply", 10]] as const) {
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
          const { contrast, name } = found;
          assert.ok(contrast >= LEAST_CONTRAST, `a ring of ${contrast}:1 around ${name}`);
        }
        assert.ok(places.size >= least, `only ${places.size} places were reached`);
        assert.deepEqual(notebook.errors, []);
        await page.close();
      });
    }
  });
}
