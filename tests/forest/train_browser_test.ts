import assert from "node:assert/strict";
import { openBrowser } from "../support/browser.ts";
import { serveLibraryPages } from "../support/library_pages.ts";
import { samePixels } from "../support/same_pixels.ts";

interface Found {
  readonly isIsolated: boolean;
  /** How many modules of WebAssembly were compiled. */
  readonly modules: number;
  /** How many workers took part in the training. */
  readonly helpers: number;
  /** How many nodes each tree has. */
  readonly numNodes: readonly number[];
  /** Feature, threshold, children and counts of all nodes. */
  readonly nodes: readonly number[];
}

/** Trains on made-up samples enough for several threads; a page runs the text of this function. */
async function trainOnSamples(
  { library, numThreads }: { library: string; numThreads: number },
): Promise<Found> {
  let modules = 0;
  const { Module } = WebAssembly;
  WebAssembly.Module = class extends Module {
    constructor(bytes: BufferSource) {
      super(bytes);
      modules++;
    }
  };
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
  try {
    // The bundle exists only once a test has made it, so its types are not known here.
    const { trainForest } = await import(library);
    const numSamples = 40_000;
    const numFeatures = 5;
    let state = 7;
    const random = () => (state = Math.imul(state, 1664525) + 1013904223 >>> 0) / 2 ** 32;
    const samples = Float32Array.from({ length: numSamples * numFeatures }, random);
    const classes = Uint8Array.from({ length: numSamples }, (_, row) => {
      const [a, b] = samples.subarray(row * numFeatures);
      return 1 + Math.floor((random() < 0.2 ? random() : (a + 0.3 * b) % 1) * 3);
    });
    const options = { numFeatures, numTrees: 60, maxDepth: 6, numThreads };
    let forest = await trainForest(samples, classes, options);
    // Threads that are still starting are not waited for, so the first time may do without them.
    const isShared = numThreads > 1 && typeof SharedArrayBuffer === "function";
    const deadline = performance.now() + 20_000;
    while (isShared && busy.size === 0 && performance.now() < deadline) {
      forest = await trainForest(samples, classes, options);
    }
    const { trees }: { trees: Record<string, ArrayLike<number>>[] } = forest;
    return {
      isIsolated: Reflect.get(globalThis, "crossOriginIsolated") === true,
      modules,
      helpers: busy.size,
      numNodes: trees.map(({ feature }) => feature.length),
      nodes: trees.flatMap(({ feature, threshold, left, right, counts }) =>
        [feature, threshold, left, right, counts].flatMap((column) => Array.from(column))
      ),
    };
  } finally {
    globalThis.Worker = Original;
    WebAssembly.Module = Module;
  }
}

Deno.test("a page grows the forest that Deno grows, node for node, with threads, without, and without WebAssembly", async () => {
  await using pages = await serveLibraryPages();
  const here = new URL("../../mod.ts", import.meta.url).href;
  const expected = await trainOnSamples({ library: here, numThreads: 1 });
  assert.equal(expected.helpers, 0, "one thread in Deno");
  assert.ok(expected.numNodes.every((count) => count > 15), "nodes to compare");

  await using browser = await openBrowser();
  const cases = [
    { path: "/open/", isIsolated: false, helpers: 0, runsKernels: true },
    { path: "/isolated/", isIsolated: true, helpers: 1, runsKernels: true },
    { path: "/without_kernels/", isIsolated: false, helpers: 0, runsKernels: false },
  ];
  for (const { path, isIsolated, helpers, runsKernels } of cases) {
    const page = await browser.newPage();
    await page.goto(pages.origin + path);
    const library = `${pages.origin}/daub.js`;
    const found = await page.evaluate(trainOnSamples, { library, numThreads: 2 });
    await page.close();
    assert.equal(found.isIsolated, isIsolated, path);
    assert.equal(found.modules > 0, runsKernels, `${found.modules} modules in ${path}`);
    assert.ok(found.helpers >= helpers && (helpers > 0 || found.helpers === 0), `${path} threads`);
    samePixels(found.numNodes, expected.numNodes);
    samePixels(found.nodes, expected.nodes);
  }
});
