import { axisX, axisY, dot, line, type PlotOptions, text } from "npm:@observablehq/plot@0.6.17";
import type { Evaluation } from "../../evaluation/evaluate.ts";
import { BAR_COLOR, figureFrame, type FigureOptions, percent } from "./figure.ts";

/** A score of objects at a threshold. */
export interface ScoreRow {
  /** Intersection over union. */
  readonly threshold: number;
  readonly score: "precision" | "recall" | "F1" | "average precision";
  /** 0 … 1. */
  readonly value: number;
}

/** How strokes are dashed, so that lines differ by more than colour. */
const DASHES: Readonly<Record<ScoreRow["score"], string>> = {
  precision: "6 3",
  recall: "2 3",
  F1: "none",
  "average precision": "none",
};

/** The scores of an evaluation as a table. */
export function evaluationTable({ thresholds }: Pick<Evaluation, "thresholds">): ScoreRow[] {
  return thresholds.flatMap(({ threshold, precision, recall, f1, averagePrecision }) => [
    { threshold, score: "precision", value: precision },
    { threshold, score: "recall", value: recall },
    { threshold, score: "F1", value: f1 },
    { threshold, score: "average precision", value: averagePrecision },
  ]);
}

/** How many objects were found, the stricter the overlap has to be, for `Plot.plot`. */
export function evaluationFigure(evaluation: Evaluation, options: FigureOptions = {}): PlotOptions {
  const rows = evaluationTable(evaluation);
  const last = evaluation.thresholds.at(-1)!.threshold;
  const color = ({ score }: ScoreRow) => score === "average precision" ? BAR_COLOR : "currentColor";
  return {
    ...figureFrame("Objects found", evaluation.statement, options),
    height: 240,
    marginTop: 28,
    marginRight: 112,
    x: { inset: 8 },
    y: { domain: [0, 1], grid: true },
    marks: [
      axisX({ label: "intersection over union →" }),
      axisY({ label: "↑ score", ticks: 5 }),
      ...Object.entries(DASHES).map(([score, strokeDasharray]) =>
        line(rows.filter((row) => row.score === score), {
          x: "threshold",
          y: "value",
          stroke: color,
          strokeDasharray,
        })
      ),
      dot(rows, {
        x: "threshold",
        y: "value",
        r: 2.5,
        fill: color,
        title: ({ threshold, score, value }) => `${score} at ${threshold}: ${percent(value)}`,
      }),
      text(endLabels(rows.filter(({ threshold }) => threshold === last)), {
        x: "threshold",
        y: "value",
        text: "label",
        textAnchor: "start",
        dx: 8,
        fill: "currentColor",
      }),
    ],
    color: { type: "identity" },
  };
}

/** Names at the ends of the lines; those of lines that end together share one. */
function endLabels(rows: readonly ScoreRow[]): (ScoreRow & { label: string })[] {
  const labels: (ScoreRow & { label: string })[] = [];
  for (const row of [...rows].sort((a, b) => b.value - a.value)) {
    const near = labels.find(({ value }) => value - row.value < NEAR);
    if (near) near.label += `\n${row.score}`;
    else labels.push({ ...row, label: row.score });
  }
  return labels;
}

/** Lines that end closer than this would write their names over one another. */
const NEAR = 0.08;
