/**
 * Measures the notebook as a user meets it, in headless Chromium on the same machine, and prints
 * the rows of the table in BENCHMARKS.md:
 *
 *     deno run -A scripts/bench_notebook.ts [paint] [strokes] [large] [weight] [kills]
 *
 * Without a name everything is measured, with 200 kills of the server.
 *
 * @module
 */
/// <reference lib="dom" />
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "npm:playwright-core@1.65.1";
import { encodeTiff, type Image, readImage } from "../mod.ts";
import type { Painter } from "../src/notebook/client/painter/paint.ts";
import { openBrowser } from "../tests/support/browser.ts";
import { type ServedNotebooks, serveNotebooks } from "../tests/support/notebook_server.ts";
import { killServer } from "./bench/kill_server.ts";
import { timeLargeBrush } from "./bench/large_brush.ts";
import { median } from "./bench/median.ts";
import { drawStroke, labelsAnswer, type StrokeTimes, timeStroke } from "./bench/notebook_page.ts";
import { repeatImage } from "./bench/repeat_image.ts";

const ENGINES = ["server", "page"] as const;
const STROKES = 5;
/** While somebody looks at the result, in milliseconds. */
const PAUSE = 5000;
const blobs = fileURLToPath(new URL("../samples/blobs.tif", import.meta.url));

/** A row of the table. */
function row(what: string, bar: string, found: string): void {
  console.log(`| ${what} | ${bar} | ${found} |`);
}

/** The sample repeated and cut to a square. */
async function square(side: number): Promise<Image> {
  const [image] = await readImage(blobs);
  const repeated = repeatImage(image, Math.ceil(side / 254));
  const data = new Uint8Array(side * side);
  for (let y = 0; y < side; y++) {
    const from = y * repeated.width;
    data.set(repeated.data.subarray(from, from + side) as Uint8Array, y * side);
  }
  return { width: side, height: side, depth: 1, data };
}

async function open(
  notebooks: ServedNotebooks,
  browser: Awaited<ReturnType<typeof openBrowser>>,
  path: string,
): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
  page.setDefaultTimeout(60_000);
  await page.goto(await notebooks.address(path));
  await page.getByLabel("Annotation", { exact: true }).waitFor();
  return page;
}

/** First contentful paint of the second load, and when images can be painted on. */
async function measurePaint(notebooks: ServedNotebooks): Promise<void> {
  await using browser = await openBrowser();
  const page = await open(notebooks, browser, "/");
  const first = await page.evaluate(() => performance.now());
  const loads: { paint: number; ready: number }[] = [];
  for (let i = 0; i < 5; i++) {
    await page.reload();
    await page.getByLabel("Annotation", { exact: true }).waitFor();
    loads.push(
      await page.evaluate(() => ({
        paint: performance.getEntriesByName("first-contentful-paint")[0].startTime,
        ready: performance.now(),
      })),
    );
  }
  const of = (key: "paint" | "ready") => Math.round(median(loads.map((load) => load[key])));
  row("first paint of the page, second load", "≤ 1 s", `${of("paint")} ms`);
  row("the image can be painted on, first load", "", `${Math.round(first)} ms`);
  row("the image can be painted on, second load", "", `${of("ready")} ms`);
  const start = performance.now();
  await page.getByLabel("Image", { exact: true }).selectOption({ label: "cells.tif" });
  await widthIs(page, 200);
  row("another image can be painted on", "", `${Math.round(performance.now() - start)} ms`);
}

async function widthIs(page: Page, width: number): Promise<void> {
  await page.waitForFunction((width) => {
    const painter = document.querySelector(".daub-painter") as Painter | null;
    return painter?.viewport.size.width === width;
  }, width);
}

/** Results during and after strokes of a second. */
async function measureStrokes(notebooks: ServedNotebooks, folder: string): Promise<void> {
  const sizes = [
    { name: "254 × 256", bars: ["≥ 8", "≤ 80 ms"], file: undefined },
    { name: "2048²", bars: ["≥ 3", "≤ 350 ms"], file: "square.tif" },
  ];
  for (const { name, bars, file } of sizes) {
    for (const engine of ENGINES) {
      await using browser = await openBrowser();
      const page = await open(notebooks, browser, `/?engine=${engine}`);
      if (file && engine === "page") {
        await page.getByLabel("Image file").setInputFiles(join(folder, file));
      } else if (file) {
        await page.getByLabel("Image", { exact: true }).selectOption({ label: file });
      }
      if (file) await widthIs(page, 2048);
      const surface = page.getByLabel("Annotation", { exact: true });
      await surface.focus();
      await page.keyboard.press("1");
      await drawStroke(page, [0.05, 0.05], [0.1, 0.05], 100);
      await page.keyboard.press("2");
      await drawStroke(page, [0.52, 0.3], [0.54, 0.3], 100);
      await labelsAnswer(page);
      const times: StrokeTimes[] = [];
      for (let i = 0; i < STROKES; i++) {
        const y = 0.15 + 0.12 * i;
        await page.keyboard.press(i % 2 ? "2" : "1");
        times.push(await timeStroke(page, [0.1, y], [0.5, y]));
      }
      const of = (key: "shown" | "final") => Math.round(median(times.map((time) => time[key])));
      row(`results shown during a 1 s stroke, ${name}, ${engine}`, bars[0], String(of("shown")));
      row(
        `end of stroke → final labels on screen, ${name}, ${engine}`,
        bars[1],
        `${of("final")} ms (${times.map(({ final }) => Math.round(final)).join(", ")})`,
      );
      if (file) {
        const waits: number[] = [];
        for (let i = 0; i < STROKES; i++) {
          await page.waitForTimeout(PAUSE);
          await page.keyboard.press(i % 2 ? "2" : "1");
          const y = 0.2 + 0.12 * i;
          waits.push((await timeStroke(page, [0.6, y], [0.605, y], 30)).final);
        }
        row(
          `end of a dab after ${PAUSE / 1000} s → final labels, ${name}, ${engine}`,
          "",
          `${Math.round(median(waits))} ms (${waits.map(Math.round).join(", ")})`,
        );
      }
      await page.close();
    }
  }
}

/** What the browser loads for the notebook, compressed as a server would. */
async function measureWeight(notebooks: ServedNotebooks): Promise<void> {
  await using browser = await openBrowser();
  const page = await browser.newPage();
  const bodies = new Map<string, Promise<Uint8Array>>();
  page.on("response", (response) => {
    const { pathname } = new URL(response.url());
    const isOurs = response.status() === 200 && !pathname.startsWith("/api/") &&
      !/\.(woff2?|tif)$/.test(pathname);
    if (isOurs) bodies.set(pathname, response.body());
  });
  await page.goto(await notebooks.address("/"));
  await page.getByLabel("Annotation", { exact: true }).waitFor();
  await page.waitForLoadState("networkidle");
  let total = 0;
  for (const [, body] of bodies) {
    const stream = new Blob([new Uint8Array(await body)]).stream()
      .pipeThrough(new CompressionStream("gzip"));
    total += (await new Response(stream).bytes()).length;
  }
  const found = `${Math.round(total / 1024)} KB in ${bodies.size} files`;
  row("page weight, gzipped, without fonts", "≤ 600 KB", found);
}

/** A large brush on a large image; the page's policy is left out so that its library can be used. */
async function measureLarge(notebooks: ServedNotebooks): Promise<void> {
  await using browser = await openBrowser();
  const page = await browser.newPage({ bypassCSP: true });
  await page.goto(await notebooks.address("/apply.html"));
  for (const { scale, median, most } of await timeLargeBrush(page)) {
    row(
      `pointer event → paint, 10,000², brush 500, at ${scale}`,
      "≤ 16 ms of main-thread work",
      `${median.toFixed(1)} ms (most ${most.toFixed(1)})`,
    );
  }
}

async function measureKills(): Promise<void> {
  const { kills, acknowledged, lost, missing } = await killServer(200, { seed: 2026 });
  const found = `${lost + missing} of ${acknowledged}`;
  row(`strokes lost in ${kills} kills of the server`, "0", found);
}

/** What can be measured, by the word that asks for it. */
const PARTS = new Map<
  string,
  {
    readonly help: string;
    readonly run: (notebooks: ServedNotebooks, folder: string) => Promise<void>;
  }
>([
  ["paint", { help: "until the page shows something and can be painted on", run: measurePaint }],
  ["strokes", { help: "results during and after strokes", run: measureStrokes }],
  ["large", { help: "a large brush on a large image", run: measureLarge }],
  ["weight", { help: "what the browser loads", run: measureWeight }],
  ["kills", { help: "strokes lost when the server is killed 200 times", run: measureKills }],
]);

const HELP = [
  "Measures the notebook as a user meets it, in headless Chromium, and prints a table.",
  "",
  "Usage: bench_notebook.ts [PART...]     default all of them",
  "",
  ...Array.from(PARTS, ([name, { help }]) => `  ${name.padEnd(12)}${help}`),
].join("\n");

async function main(words: readonly string[]): Promise<number> {
  if (words.includes("--help")) {
    console.log(HELP);
    return 0;
  }
  const unknown = words.find((word) => !PARTS.has(word));
  if (unknown !== undefined) {
    console.error(`Expected ${[...PARTS.keys()].join(", ")} but found ${unknown}. Try --help.`);
    return 2;
  }
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeFile(join(folder, "square.tif"), await encodeTiff(await square(2048)));
    await using notebooks = await serveNotebooks(undefined, folder);
    console.log("|  | bar | found |\n| --- | --- | --- |");
    for (const [name, { run }] of PARTS) {
      if (words.length === 0 || words.includes(name)) await run(notebooks, folder);
    }
    return 0;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

if (import.meta.main) Deno.exitCode = await main(Deno.args);
