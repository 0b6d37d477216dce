import { axisX, cell, type PlotOptions, text } from "npm:@observablehq/plot@0.6.17";
import type { EngineClassifier } from "../engine.ts";
import { BAR_COLOR, figureFrame, type FigureOptions, marginFor, percent } from "./figure.ts";
import { statisticsTable } from "./tables.ts";

/** The strongest cell is no stronger, so that the text on it is legible on light and dark. */
const STRONGEST = 0.5;

/**
 * Which features are asked about at which depth, as a table of shares whose cells are the stronger
 * the more decisions they stand for, for `Plot.plot`. The numbers of decisions stand in the cells,
 * so nothing is said by colour alone.
 */
export function statisticsFigure(
  classifier: Pick<EngineClassifier, "statistics">,
  options: FigureOptions = {},
): PlotOptions {
  const rows = statisticsTable(classifier);
  const features = classifier.statistics.map(({ name }) => name);
  const depths = [...new Set(rows.map(({ depth }) => depth))];
  const decisions = rows.reduce((sum, { count }) => sum + count, 0);
  const strongest = Math.max(...rows.map(({ share }) => share), 1e-9);
  return {
    ...figureFrame(
      "Decisions by feature and depth",
      `${decisions} decisions about ${features.length} features at ${depths.length} depths.`,
      options,
    ),
    height: 44 + 22 * features.length,
    marginTop: 36,
    marginBottom: 4,
    marginLeft: marginFor(features, options.width),
    x: { domain: depths, label: null, padding: 0.04 },
    y: { domain: features, label: null, padding: 0.08 },
    marks: [
      axisX({
        anchor: "top",
        label: "depth of the decision",
        labelAnchor: "left",
        tickSize: 0,
        tickFormat: (depth: number) => depth === 0 ? "root" : String(depth),
      }),
      cell(rows, {
        x: "depth",
        y: "feature",
        fill: BAR_COLOR,
        fillOpacity: ({ share }) => 0.04 + (STRONGEST - 0.04) * share / strongest,
        rx: 2,
        title: ({ feature, depth, count, share }) =>
          `${feature} at depth ${depth}: ${count} decisions, ${percent(share)}`,
      }),
      text(rows.filter(({ count }) => count > 0), {
        x: "depth",
        y: "feature",
        text: ({ count }) => String(count),
        fill: "currentColor",
      }),
    ],
    opacity: { type: "identity" },
  };
}
