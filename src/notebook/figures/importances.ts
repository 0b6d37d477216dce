import { axisX, barX, type PlotOptions, ruleX, text } from "npm:@observablehq/plot@0.6.17";
import type { EngineClassifier } from "../engine.ts";
import { BAR_COLOR, figureFrame, type FigureOptions, marginFor, percent } from "./figure.ts";
import { importanceTable } from "./tables.ts";

/**
 * How much each feature contributes, as bars by falling importance, for `Plot.plot`.
 *
 * @param classifier A classifier as a segmentation tells of it.
 */
export function importancesFigure(
  classifier: Pick<EngineClassifier, "featureImportances">,
  options: FigureOptions = {},
): PlotOptions {
  const rows = importanceTable(classifier);
  const [first] = rows;
  const description = first && first.importance > 0
    ? `${rows.length} features; ${first.feature} contributes most, ${percent(first.importance)}.`
    : first
    ? `${rows.length} features; there is no classifier yet.`
    : "The classifier's file does not say.";
  const names = rows.map(({ feature }) => feature);
  return {
    ...figureFrame("Feature importances", description, options),
    height: 52 + 20 * rows.length,
    marginTop: 36,
    marginBottom: 8,
    marginLeft: marginFor(names, options.width),
    marginRight: 44,
    x: { domain: [0, first?.importance || 1], grid: true, ticks: 4 },
    y: { domain: names, label: null },
    marks: [
      axisX({
        anchor: "top",
        label: "importance →",
        // Above the numbers, which reach as far to the right.
        labelOffset: 34,
        tickFormat: (share: number) => percent(share).replace(".0", ""),
        ticks: 4,
      }),
      barX(rows, {
        x: "importance",
        y: "feature",
        fill: BAR_COLOR,
        rx2: 2,
        title: ({ feature, importance }) => `${feature}: ${percent(importance)}`,
      }),
      text(rows, {
        x: "importance",
        y: "feature",
        text: ({ importance }) => percent(importance),
        textAnchor: "start",
        dx: 5,
        fill: "currentColor",
      }),
      ruleX([0], { stroke: "currentColor" }),
    ],
  };
}
