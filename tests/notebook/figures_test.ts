/// <reference lib="dom" />
import assert from "node:assert/strict";
import { parseHTML } from "npm:linkedom@0.18.15";
import { plot, type PlotOptions } from "npm:@observablehq/plot@0.6.17";
import { importancesFigure } from "../../src/notebook/figures/importances.ts";
import { medianOf, sizesFigure } from "../../src/notebook/figures/sizes.ts";
import { statisticsFigure } from "../../src/notebook/figures/statistics.ts";

const { document } = parseHTML("<!doctype html><html><body></body></html>");

/** A figure as it is drawn. */
function draw(options: PlotOptions): Element {
  return plot({ ...options, document: document as unknown as Document });
}

function texts(figure: Element): string[] {
  return Array.from(figure.querySelectorAll("text"), (text) => text.textContent);
}

function titles(figure: Element, mark: string): string[] {
  return Array.from(figure.querySelectorAll(`[aria-label="${mark}"] title`), (t) => t.textContent);
}

const CLASSIFIER = {
  featureImportances: {
    original: 0.125,
    "gaussian_blur=1": 0.625,
    "sobel_of_gaussian_blur=1": 0.25,
  },
  statistics: [
    { name: "original", counts: [10, 0], shares: [0.1, 0] },
    { name: "gaussian_blur=1", counts: [60, 100], shares: [0.6, 0.5] },
    { name: "sobel_of_gaussian_blur=1", counts: [30, 100], shares: [0.3, 0.5] },
  ],
};

Deno.test("importances are bars from the most to the least important", () => {
  const figure = draw(importancesFigure(CLASSIFIER));
  assert.deepEqual(titles(figure, "bar"), [
    "gaussian_blur=1: 63 %",
    "sobel_of_gaussian_blur=1: 25 %",
    "original: 13 %",
  ]);
  const widths = Array.from(
    figure.querySelectorAll(`[aria-label="bar"] path, [aria-label="bar"] rect`),
    (bar) => bar.getAttribute("width") ?? bar.getAttribute("d"),
  );
  assert.equal(widths.length, 3);
  assert.ok(texts(figure).includes("gaussian_blur=1"));
});

Deno.test("statistics show every feature at every depth, in words as well", () => {
  const figure = draw(statisticsFigure(CLASSIFIER));
  const cells = titles(figure, "cell");
  assert.equal(cells.length, 6);
  assert.ok(cells.includes("gaussian_blur=1 at depth 1: 100 decisions, 50 %"));
  assert.deepEqual(texts(figure).filter((text) => /^\d\d+$/.test(text)).sort(), [
    "10",
    "100",
    "100",
    "30",
    "60",
  ]);
  const strength = Array.from(
    figure.querySelectorAll(`[aria-label="cell"] rect, [aria-label="cell"] path`),
    (cell) => Number(cell.getAttribute("fill-opacity")),
  );
  // Row by row as in the table: the stronger, the more decisions.
  assert.ok(strength[1] < strength[0] && strength[0] < strength[4] && strength[4] < strength[2]);
});

Deno.test("sizes are a histogram with the median marked", () => {
  const figure = draw(sizesFigure([1, 2, 2, 3, 3, 3, 5]));
  assert.equal(titles(figure, "rule")[0], "median: 3 pixels");
  const bins = titles(figure, "rect");
  assert.ok(bins.includes("3 of 3 pixels"), bins.join());
  assert.ok(bins.includes("2 of 2 pixels"), bins.join());
});

Deno.test("the median is the middle, of an even number the lower of the two", () => {
  assert.equal(medianOf([5, 1, 9]), 5);
  assert.equal(medianOf(Uint32Array.of(4, 1, 3, 2)), 2);
  assert.equal(medianOf([]), undefined);
});

Deno.test("figures of nothing say so and do not fail", () => {
  assert.match(sizesFigure([]).ariaDescription!, /no objects/);
  draw(sizesFigure([]));
  assert.match(importancesFigure({ featureImportances: {} }).ariaDescription!, /does not say/);
  draw(importancesFigure({ featureImportances: {} }));
  draw(statisticsFigure({ statistics: [] }));
});

Deno.test("figures have names for screen readers and take their colours from the page", () => {
  for (
    const options of [
      importancesFigure(CLASSIFIER, { width: 400 }),
      statisticsFigure(CLASSIFIER, { width: 400 }),
      sizesFigure([4, 5, 6], { width: 400 }),
    ]
  ) {
    const figure = draw(options);
    const svg = figure.matches("svg") ? figure : figure.querySelector("svg")!;
    assert.ok(svg.getAttribute("aria-label"));
    assert.match(svg.getAttribute("aria-description")!, /\d/);
    assert.equal(svg.getAttribute("width"), "400");
    const colors = new Set(
      Array.from(figure.querySelectorAll("[fill], [stroke]"), (mark) => [
        mark.getAttribute("fill"),
        mark.getAttribute("stroke"),
      ]).flat().filter((color) => color !== null),
    );
    for (const color of colors) {
      assert.match(color!, /^(currentColor|none|var\(--[\w-]+.*\))$/);
    }
  }
});
