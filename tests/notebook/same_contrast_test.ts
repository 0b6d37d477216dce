/// <reference lib="dom" />
import assert from "node:assert/strict";
import { join } from "node:path";
import type { Painter } from "../../src/notebook/client/painter/paint.ts";
import { buildTiff } from "../image/tiff_bytes.ts";
import { openBrowser } from "../support/browser.ts";
import { serveNotebooks } from "../support/notebook_server.ts";
import { NotebookPage } from "./segment_page.ts";

const [WIDTH, HEIGHT, CHANNELS, FRAMES] = [40, 30, 2, 3];

/** Two channels of quite different brightness, along x and along y, brighter from time to time. */
function series(): Uint8Array<ArrayBuffer> {
  const pages = Array.from({ length: CHANNELS * FRAMES }, (_, plane) => {
    const [channel, frame] = [plane % CHANNELS, Math.floor(plane / CHANNELS)];
    const segment = Uint8Array.from(
      { length: WIDTH * HEIGHT },
      (_, i) =>
        channel === 0 ? 10 + i % WIDTH + 5 * frame : 120 + 3 * Math.floor(i / WIDTH) + 10 * frame,
    );
    const text = `ImageJ=1.53c\nimages=6\nchannels=2\nframes=3\nhyperstack=true\n`;
    const description = Array.from(new TextEncoder().encode(`${text}\0`));
    const fields = [[256, WIDTH], [257, HEIGHT], [258, 8], [259, 1], [262, 1], [278, HEIGHT]]
      .map(([tag, value]) => ({ tag, type: 4 as const, values: [value] }));
    const first = plane === 0 ? [{ tag: 270, type: 2 as const, values: description }] : [];
    return { fields: [...fields, ...first], segments: [segment] };
  });
  return Uint8Array.from(buildTiff(pages));
}

/** The grey values that painter and label view show at places of the image, and the settings. */
const shown = (notebook: NotebookPage) =>
  notebook.page.evaluate(() => {
    const places = [0.1, 0.3, 0.5, 0.7, 0.9].map((share) => [share, 1 - share]);
    const valuesOf = (name: string) => {
      const canvas = document.querySelector<HTMLCanvasElement>(`canvas[aria-label="${name}"]`)!;
      const context = canvas.getContext("2d")!;
      const { width, height } = canvas;
      return places.map(([x, y]) =>
        context.getImageData(Math.round(x * width), Math.round(y * height), 1, 1).data[0]
      );
    };
    const { settings, viewport } = document.querySelector<Painter>(".daub-painter")!;
    const { low, high, channel } = settings;
    return {
      painter: valuesOf("Annotation"),
      labels: valuesOf("Labels"),
      look: [low, high, channel, viewport.view.t],
    };
  });

Deno.test("painter and label view show an image alike: every channel, time point and contrast", async () => {
  const root = await Deno.makeTempDir();
  await Deno.writeFile(join(root, "series.tif"), series());
  try {
    await using notebooks = await serveNotebooks(undefined, root);
    await using browser = await openBrowser();
    const context = await browser.newContext({ viewport: { width: 1280, height: 1000 } });
    const notebook = new NotebookPage(await context.newPage());
    await notebook.open(await notebooks.address("/segment.html?engine=server"));
    await notebook.choose(/series/, WIDTH);
    let before: readonly number[] = [];
    const isAlike = async (look: readonly number[]) => {
      await notebook.page.waitForFunction((look) => {
        const { settings, viewport } = document.querySelector<Painter>(".daub-painter")!;
        const { low, high, channel } = settings;
        return String([low, high, channel, viewport.view.t]) === String(look);
      }, look);
      // The time point may still be on its way, and two frames until both have drawn it.
      const isDrawn = ({ painter, labels }: typeof now) =>
        String(painter) !== String(before) && String(painter) === String(labels) &&
        new Set(painter).size > 1;
      let now = await shown(notebook);
      for (let tries = 0; !isDrawn(now) && tries < 500; tries++) {
        await notebook.page.waitForTimeout(20);
        now = await shown(notebook);
      }
      assert.deepEqual(now.labels, now.painter, String(look));
      assert.notDeepEqual(now.painter, before, "another look");
      assert.ok(new Set(now.painter).size > 2, `${look}: ${now.painter}`);
      before = now.painter;
    };
    await isAlike([10, 49, 0, 0]);
    const surface = notebook.page.locator(".daub-painter");
    await surface.getByRole("button", { name: "Display" }).first().click();
    await surface.getByLabel("Channel").selectOption("1");
    await isAlike([120, 207, 1, 0]);
    const change = (settings: object, view: object = {}) =>
      notebook.page.evaluate(([settings, view]) => {
        const painter = document.querySelector<Painter>(".daub-painter")!;
        painter.settings = settings;
        painter.viewport.view = view;
      }, [settings, view]);
    await change({}, { t: 2 });
    await isAlike([120, 207, 1, 2]);
    await change({ low: 100, high: 255 });
    await isAlike([100, 255, 1, 2]);
    // A channel that is chosen without a contrast gets one of its own.
    await change({ channel: 0 });
    await isAlike([10, 49, 0, 2]);
    await change({ channel: 1 }, { t: 1 });
    await isAlike([120, 207, 1, 1]);
    await notebook.page.waitForTimeout(700);
    await notebook.page.reload();
    await notebook.surface.waitFor();
    await notebook.choose(/series/, WIDTH);
    before = [];
    await isAlike([120, 207, 1, 1]);
    assert.deepEqual(notebook.errors, []);
    await context.close();
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
