import { axisX, axisY, dot, line, type PlotOptions, text } from "npm:@observablehq/plot@0.6.17";
import type { FeatureSuggestion } from "../../evaluation/suggest_features.ts";
import { BAR_COLOR, figureFrame, type FigureOptions, percent } from "./figure.ts";

/**
 * Accuracy against cost of the sets of features that were tried, as a curve with the suggested set
 * marked, for `Plot.plot`.
 */
export function suggestionFigure(
  suggestion: FeatureSuggestion,
  options: FigureOptions = {},
): PlotOptions {
  const { all, curve, features, statement } = suggestion;
  const others = curve.filter((point) => point.features !== all.features);
  const points = [...others, all].sort((a, b) => a.cost - b.cost);
  const accuracies = points.map(({ accuracy }) => accuracy);
  const [least, most] = [Math.min(...accuracies), Math.max(...accuracies)];
  const isSuggested = (point: { features: string }) => point.features === features;
  return {
    ...figureFrame("Accuracy against cost", statement, options),
    height: 260,
    marginTop: 32,
    marginLeft: 56,
    marginRight: 40,
    x: { type: "log", domain: logDomain(points.map(({ cost }) => cost)), nice: false },
    y: { domain: [Math.max(0, least - 0.02), Math.min(1, most + 0.01)], grid: true },
    marks: [
      axisX({
        label: "estimated time, nanoseconds per pixel →",
        ticks: costTicks(points.map(({ cost }) => cost)),
        text: (cost: number) => `${cost}`,
      }),
      axisY({
        label: "↑ classified right",
        ticks: 4,
        tickFormat: (share: number) => `${Number((100 * share).toFixed(1))} %`,
      }),
      line(curve, { x: "cost", y: "accuracy", stroke: BAR_COLOR, curve: "step-after" }),
      dot(points, {
        x: "cost",
        y: "accuracy",
        r: (point) => isSuggested(point) ? 7 : 4,
        fill: BAR_COLOR,
        stroke: (point) => isSuggested(point) ? "currentColor" : "none",
        strokeWidth: 2,
        title: ({ features, numFeatures, accuracy, cost }) =>
          `${numFeatures} features: ${percent(accuracy)}, about ${cost.toFixed(0)} ns per pixel\n` +
          features,
      }),
      text(points, {
        x: "cost",
        y: "accuracy",
        text: (point) => point === all ? `all ${all.numFeatures}` : `${point.numFeatures}`,
        dy: -14,
        fill: "currentColor",
      }),
    ],
    r: { type: "identity" },
    color: { type: "identity" },
  };
}

/** Round numbers between the extremes; where there are too few, the extremes. */
function costTicks(costs: readonly number[]): number[] {
  const [least, most] = logDomain(costs);
  const steps = Array.from({ length: 12 }, (_, power) => [1, 2, 5].map((d) => d * 10 ** power));
  const round = steps.flat().filter((cost) => cost >= least && cost <= most);
  return round.length > 1 ? round : [Math.min(...costs), Math.max(...costs)].map(Math.round);
}

/** A little beyond the extremes, so that no mark is cut off. */
function logDomain(values: readonly number[]): [number, number] {
  return [Math.min(...values) / 1.2, Math.max(...values) * 1.2];
}
