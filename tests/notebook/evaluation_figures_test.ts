/// <reference lib="dom" />
import assert from "node:assert/strict";
import { parseHTML } from "npm:linkedom@0.18.15";
import { plot, type PlotOptions } from "npm:@observablehq/plot@0.6.17";
import { confusionMatrix } from "../../src/evaluation/confusion.ts";
import { correlate } from "../../src/evaluation/correlation.ts";
import { crossValidate } from "../../src/evaluation/cross_validation.ts";
import { evaluate } from "../../src/evaluation/evaluate.ts";
import type { FeatureSuggestion } from "../../src/evaluation/suggest_features.ts";
import { confusionFigure } from "../../src/notebook/figures/confusion.ts";
import { correlationFigure } from "../../src/notebook/figures/correlations.ts";
import { crossValidationFigure } from "../../src/notebook/figures/cross_validation.ts";
import { evaluationFigure } from "../../src/notebook/figures/evaluation.ts";
import { importancesFigure } from "../../src/notebook/figures/importances.ts";
import { suggestionFigure } from "../../src/notebook/figures/suggestion.ts";

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

const CONFUSION = confusionMatrix([1, 1, 1, 1, 3, 3], [1, 1, 1, 3, 3, 3]);

const POINTS = [
  { features: "original", numFeatures: 1, accuracy: 0.8, cost: 40 },
  { features: "original sobel=1", numFeatures: 2, accuracy: 0.95, cost: 44 },
  { features: "original sobel=1 gaussian_blur=9", numFeatures: 3, accuracy: 0.951, cost: 90 },
];

const SUGGESTION: FeatureSuggestion = {
  ...POINTS[1],
  all: POINTS[2],
  speedup: 90 / 44,
  curve: POINTS,
  criterion: "strokes",
  statement: "2 of 3 features reach 95.0 %.",
};

const CROSS_VALIDATION = await crossValidate({
  values: Float32Array.of(1, 2, 1, 2, 8, 9, 8, 9),
  classes: Uint8Array.of(1, 1, 1, 1, 2, 2, 2, 2),
  groups: [1, 1, 2, 2, 3, 3, 4, 4],
});

const CORRELATION = correlate({ a: [1, 2, 3], b: [6, 4, 2], c: [1, 3, 2] });

const EVALUATION = evaluate(
  { data: Uint8Array.of(1, 1, 1, 0, 2, 2), width: 6, height: 1, depth: 1 },
  { data: Uint8Array.of(1, 1, 1, 1, 0, 0), width: 6, height: 1, depth: 1 },
);

Deno.test("a confusion matrix shows numbers and shares of the true class", () => {
  const figure = draw(confusionFigure(CONFUSION));
  assert.deepEqual(titles(figure, "cell"), [
    "3 samples of class 1 were taken for class 1, 75 %",
    "1 samples of class 1 were taken for class 3, 25 %",
    "0 samples of class 3 were taken for class 1, 0 %",
    "2 samples of class 3 were taken for class 3, 100 %",
  ]);
  const strength = Array.from(
    figure.querySelectorAll(`[aria-label="cell"] rect, [aria-label="cell"] path`),
    (cell) => Number(cell.getAttribute("fill-opacity")),
  );
  assert.ok(strength[2] < strength[1] && strength[1] < strength[0] && strength[0] < strength[3]);
  assert.ok(texts(figure).some((text) => text.includes("75 %")));
});

Deno.test("a cross-validation shows every test and the accuracy of all", () => {
  const figure = draw(crossValidationFigure(CROSS_VALIDATION));
  assert.deepEqual(titles(figure, "dot"), [
    "test 1: 100 % of 4 samples, trained on 4",
    "test 2: 100 % of 4 samples, trained on 4",
  ]);
  assert.deepEqual(titles(figure, "rule"), ["all tests: 100 %"]);
});

Deno.test("correlations show signs in words as well as in colours", () => {
  const figure = draw(correlationFigure(CORRELATION));
  const cells = titles(figure, "cell");
  assert.equal(cells.length, 9);
  assert.equal(cells[1], "a and b: −1");
  assert.equal(cells[2], "a and c: .50");
  const fills = Array.from(
    figure.querySelectorAll(`[aria-label="cell"] rect, [aria-label="cell"] path`),
    (cell) => cell.getAttribute("fill"),
  );
  assert.equal(new Set(fills).size, 2);
  assert.equal(fills[1], fills[3]);
  assert.notEqual(fills[0], fills[1]);
  assert.match(
    draw(correlationFigure(CORRELATION)).getAttribute("aria-description") ?? "",
    /3 columns; a and b correlate most, −1/,
  );
});

Deno.test("correlations of columns that share a name are all drawn", () => {
  const matrix = correlate([[1, 2, 3], [3, 2, 1]], ["original", "original"]);
  assert.equal(titles(draw(correlationFigure(matrix)), "cell").length, 4);
});

Deno.test("a suggestion is the marked point of the curve of accuracy against cost", () => {
  const figure = draw(suggestionFigure(SUGGESTION));
  // The largest dot is drawn first, beneath the others.
  assert.deepEqual(titles(figure, "dot"), [
    "2 features: 95 %, about 44 ns per pixel\noriginal sobel=1",
    "1 features: 80 %, about 40 ns per pixel\noriginal",
    "3 features: 95 %, about 90 ns per pixel\noriginal sobel=1 gaussian_blur=9",
  ]);
  const sizes = Array.from(
    figure.querySelectorAll("circle"),
    (dot) => Number(dot.getAttribute("r")),
  );
  assert.deepEqual(sizes, [7, 4, 4]);
  assert.ok(texts(figure).includes("all 3"));
});

Deno.test("a suggestion that is all features draws them once", () => {
  const [, , all] = POINTS;
  const figure = draw(suggestionFigure({ ...SUGGESTION, ...all, all, curve: [all] }));
  assert.equal(figure.querySelectorAll("circle").length, 1);
});

Deno.test("an evaluation shows four scores at ten thresholds", () => {
  const figure = draw(evaluationFigure(EVALUATION));
  const dots = titles(figure, "dot");
  assert.equal(dots.length, 40);
  assert.ok(dots.includes("precision at 0.75: 50 %"));
  assert.ok(dots.includes("recall at 0.75: 100 %"));
  assert.ok(dots.includes("recall at 0.8: 0 %"));
});

Deno.test("figures say in words what they show and leave colours to the page", () => {
  const figures: PlotOptions[] = [
    confusionFigure(CONFUSION, { width: 400 }),
    crossValidationFigure(CROSS_VALIDATION, { width: 400 }),
    correlationFigure(CORRELATION, { width: 400 }),
    suggestionFigure(SUGGESTION, { width: 400 }),
    evaluationFigure(EVALUATION, { width: 400 }),
  ];
  for (const options of figures) {
    const figure = draw(options);
    const svg = figure.matches("svg") ? figure : figure.querySelector("svg")!;
    assert.ok(svg.getAttribute("aria-label"));
    assert.match(svg.getAttribute("aria-description")!, /\d/);
    assert.ok(Number(svg.getAttribute("width")) <= 400);
    for (const mark of figure.querySelectorAll("[fill], [stroke]")) {
      for (const color of [mark.getAttribute("fill"), mark.getAttribute("stroke")]) {
        if (color !== null) assert.match(color, /^(currentColor|none|var\(--[\w-]+.*\))$/);
      }
    }
  }
});

Deno.test("a confusion matrix of nothing says so and does not fail", () => {
  const figure = draw(confusionFigure(confusionMatrix([], [])));
  assert.equal(figure.getAttribute("aria-description"), "There are no samples.");
});

Deno.test("on a phone, names of features are not cut off", () => {
  const names = ["gaussian_blur=1", "difference_of_gaussian=1", "laplace_box_of_gaussian_blur=1"];
  const columns = names.map((_, i) => [i, 2, 3 * i]);
  const { marginLeft, marginTop, width } = correlationFigure(correlate(columns, names), {
    width: 358,
  });
  const importances = importancesFigure(
    { featureImportances: Object.fromEntries(names.map((name) => [name, 1 / 3])) },
    { width: 358 },
  );
  // A letter of ten pixels' height is hardly narrower than this.
  const longest = 5.5 * names[2].length;
  for (const margin of [marginLeft, marginTop, importances.marginLeft]) {
    assert.ok(margin! > longest, `${margin} of ${longest}`);
  }
  assert.ok(width! <= 358);
});
