import assert from "node:assert/strict";
import { openBrowser } from "./support/browser.ts";
import { serveLibraryPages } from "./support/library_pages.ts";

/** How often the sample is repeated along each axis: small images are left to one thread. */
const REPEAT = 3;

/** Of so many pixels one may differ between the twins, whose features are rounded differently. */
const BUDGET = 10_000;

interface Request {
  readonly library: string;
  readonly samples: string;
  readonly kind: "cpu" | "gpu";
  readonly threads?: number;
  readonly fuse?: boolean;
  readonly repeat: number;
}

interface Found {
  readonly isIsolated: boolean;
  /** How many workers took part in the segmentation. */
  readonly helpers: number;
  /** The label image, row by row: a label, how many pixels have it, and so on. */
  readonly runs: readonly number[];
}

/** Trains on the sample and segments it, repeated; a page runs the text of this function. */
async function segmentSample(request: Request): Promise<Found> {
  const { library, samples, kind, threads, fuse, repeat } = request;
  // The bundle exists only once a test has made it, so its types are not known here.
  const { ObjectSegmenter, openBackend, readImage, warmUp } = await import(library);
  const image = await readImage(new URL("blobs.tif", samples));
  const annotation = await readImage(new URL("blobs_annotation.tif", samples));
  const [{ width, height, data }] = image;
  const big = { width: width * repeat, height: height * repeat, depth: 1 };
  const pixels = Uint8Array.from({ length: big.width * big.height }, (_, i) => {
    const x = i % big.width;
    return data[((i - x) / big.width % height) * width + x % width];
  });

  const busy = new Set<Worker>();
  const Original = globalThis.Worker;
  globalThis.Worker = class extends Original {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      this.addEventListener("message", ({ data }) => {
        if (data !== "ready") busy.add(this);
      });
    }
  };
  const backend = await openBackend(kind, { threads, fuse });
  try {
    await warmUp(backend);
    const segmenter = await ObjectSegmenter.train({ image, annotation, backend });
    const segment = () => segmenter.predict({ ...big, data: pixels }, { backend });
    busy.clear();
    let labels: Uint32Array = (await segment()).data;
    // Threads that are still starting are not waited for, so the first time may do without them.
    const isShared = kind === "cpu" && threads !== 1 && typeof SharedArrayBuffer === "function";
    const deadline = performance.now() + 10_000;
    while (isShared && busy.size === 0 && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      labels = (await segment()).data;
    }
    const runs: number[] = [];
    for (let i = 0, start = 0; i < labels.length; i++) {
      if (labels[i + 1] === labels[i]) continue;
      runs.push(labels[i], i + 1 - start);
      start = i + 1;
    }
    return {
      isIsolated: Reflect.get(globalThis, "crossOriginIsolated") === true,
      helpers: busy.size,
      runs,
    };
  } finally {
    globalThis.Worker = Original;
    await backend[Symbol.asyncDispose]();
  }
}

/** What is taken where nothing is asked for, and why; a page runs the text of this function. */
async function chooseBackend(library: string): Promise<{ kind: string; reason: string }> {
  const { openBackend } = await import(library);
  const backend = await openBackend("auto");
  const { kind, reason } = backend;
  await backend[Symbol.asyncDispose]();
  return { kind, reason };
}

function expand(runs: readonly number[]): Uint32Array {
  const lengths = runs.filter((_, i) => i % 2 === 1);
  const labels = new Uint32Array(lengths.reduce((sum, length) => sum + length, 0));
  let start = 0;
  lengths.forEach((length, i) => {
    labels.fill(runs[2 * i], start, start + length);
    start += length;
  });
  return labels;
}

function countDifferences(a: readonly number[], b: readonly number[]): number {
  const [labels, others] = [expand(a), expand(b)];
  assert.equal(labels.length, others.length, "as many pixels");
  return labels.reduce((sum, label, i) => sum + Number(label !== others[i]), 0);
}

Deno.test("the sample gives the same objects in Deno and in pages, with and without threads, and on a GPU", async () => {
  await using pages = await serveLibraryPages();
  const here = {
    library: new URL("../mod.ts", import.meta.url).href,
    samples: new URL("../samples/", import.meta.url).href,
    kind: "cpu",
    repeat: REPEAT,
  } as const;
  const alone = await segmentSample({ ...here, threads: 1 });
  const together = await segmentSample({ ...here, threads: 2 });
  assert.equal(alone.helpers, 0, "one thread in Deno");
  assert.equal(together.helpers, 1, "two threads in Deno");
  assert.ok(Math.max(...alone.runs.filter((_, i) => i % 2 === 0)) > 60 * REPEAT, "objects");
  assert.equal(countDifferences(together.runs, alone.runs), 0, "threads in Deno");

  await using browser = await openBrowser({ webgpu: true });
  const { origin } = pages;
  const segmentInPage = async (
    path: string,
    request: Pick<Request, "kind" | "threads" | "fuse">,
  ) => {
    const page = await browser.newPage();
    await page.goto(origin + path);
    const there = { ...here, library: `${origin}/daub.js`, samples: `${origin}/samples/` };
    const found = await page.evaluate(segmentSample, { ...there, ...request });
    await page.close();
    return found;
  };
  const open = await segmentInPage("/open/", { kind: "cpu" });
  assert.equal(open.isIsolated, false);
  assert.equal(open.helpers, 0, "one thread in a page that is not isolated");
  assert.equal(countDifferences(open.runs, alone.runs), 0, "one thread in a page");

  const isolated = await segmentInPage("/isolated/", { kind: "cpu", threads: 2 });
  assert.equal(isolated.isIsolated, true);
  assert.equal(isolated.helpers, 1, "two threads in an isolated page");
  assert.equal(countDifferences(isolated.runs, alone.runs), 0, "threads in a page");

  const chosen = await browser.newPage();
  await chosen.goto(`${origin}/open/`);
  const choice = await chosen.evaluate(chooseBackend, `${origin}/daub.js`);
  await chosen.close();
  assert.equal(choice.kind, "cpu", "a software rasterizer is not chosen");
  assert.match(choice.reason, /software rasterizer \(.*swiftshader/i);

  const gpu = await segmentInPage("/open/", { kind: "gpu" });
  const differing = countDifferences(gpu.runs, alone.runs);
  const pixels = expand(alone.runs).length;
  assert.ok(differing <= pixels / BUDGET, `${differing} of ${pixels} pixels differ on the GPU`);

  const small = { kind: "gpu", repeat: 1 } as const;
  const planes = await segmentInPage("/open/", small);
  const tiles = await segmentInPage("/open/", { ...small, fuse: true });
  assert.equal(countDifferences(tiles.runs, planes.runs), 0, "features in workgroup memory");
});
