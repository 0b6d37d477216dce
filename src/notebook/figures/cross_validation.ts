import { axisX, axisY, dot, type PlotOptions, ruleX, text } from "npm:@observablehq/plot@0.6.17";
import type { CrossValidation } from "../../evaluation/cross_validation.ts";
import { BAR_COLOR, figureFrame, type FigureOptions, percent } from "./figure.ts";

/**
 * The accuracy of every test of a cross-validation, with that of all tests together as a line, for
 * `Plot.plot`. Tests that differ much say that more strokes are needed.
 */
export function crossValidationFigure(
  { folds, accuracy, confusion }: Pick<CrossValidation, "folds" | "accuracy" | "confusion">,
  options: FigureOptions = {},
): PlotOptions {
  const rows = folds.map((fold, i) => ({ ...fold, test: i + 1 }));
  const least = Math.min(accuracy, ...folds.map((fold) => fold.accuracy));
  const description = `${folds.length} tests on ${confusion.total} samples; ${percent(accuracy)} ` +
    `were classified right, at worst ${percent(least)}.`;
  return {
    ...figureFrame("Cross-validation", description, options),
    height: 56 + 22 * folds.length,
    marginTop: 36,
    marginBottom: 8,
    marginLeft: 56,
    marginRight: 56,
    x: { domain: [Math.max(0, Math.floor(20 * least - 1) / 20), 1], grid: true },
    y: { domain: rows.map(({ test }) => test), type: "point", label: null, padding: 0.6 },
    marks: [
      axisX({ anchor: "top", label: "classified right →", ticks: 5, tickFormat: shortPercent }),
      axisY({ tickSize: 0, tickFormat: (test: number) => `test ${test}` }),
      ruleX([accuracy], {
        stroke: "currentColor",
        strokeDasharray: "3 3",
        title: () => `all tests: ${percent(accuracy)}`,
      }),
      dot(rows, {
        x: "accuracy",
        y: "test",
        r: 5,
        fill: BAR_COLOR,
        title: ({ test, accuracy, numTrained, numTested }) =>
          `test ${test}: ${percent(accuracy)} of ${numTested} samples, trained on ${numTrained}`,
      }),
      text(rows, {
        x: "accuracy",
        y: "test",
        text: ({ accuracy }) => percent(accuracy),
        textAnchor: "start",
        dx: 9,
        fill: "currentColor",
      }),
    ],
  };
}

function shortPercent(share: number): string {
  return percent(share).replace(".0", "");
}
