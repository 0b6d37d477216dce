import { axisX, axisY, cell, type PlotOptions, text } from "npm:@observablehq/plot@0.6.17";
import type { ConfusionMatrix } from "../../evaluation/confusion.ts";
import { BAR_COLOR, figureFrame, type FigureOptions, percent } from "./figure.ts";

/** How often one class was taken for another. */
export interface ConfusionRow {
  /** The class that was painted, or that is true. */
  readonly truth: number;
  /** The class that was found. */
  readonly found: number;
  /** The number of samples. */
  readonly count: number;
  /** That number divided by all samples of the true class; 0 where there are none. */
  readonly share: number;
}

/** The strongest cell is no stronger, so that the text on it is legible on light and dark. */
const STRONGEST = 0.5;

/** A confusion matrix as a table, row by row. */
export function confusionTable(
  { classes, counts, perClass }: Pick<ConfusionMatrix, "classes" | "counts" | "perClass">,
): ConfusionRow[] {
  return classes.flatMap((truth, row) =>
    classes.map((found, column): ConfusionRow => {
      const count = counts[row * classes.length + column];
      const { numTrue } = perClass[row];
      return { truth, found, count, share: numTrue === 0 ? 0 : count / numTrue };
    })
  );
}

/**
 * Which classes were taken for which: a row per true class, a column per found class, the stronger
 * the larger its share of the row, for `Plot.plot`.
 *
 * @param confusion For example that of out-of-bag samples or of a cross-validation.
 */
export function confusionFigure(
  confusion: ConfusionMatrix,
  options: FigureOptions = {},
): PlotOptions {
  const { classes, accuracy, total } = confusion;
  const rows = confusionTable(confusion);
  const description = total === 0
    ? "There are no samples."
    : `${percent(accuracy)} of ${total} samples of ${classes.length} classes were found right.`;
  return {
    ...figureFrame("Confusion matrix", description, options),
    height: 72 + 44 * classes.length,
    marginTop: 48,
    marginLeft: 96,
    marginBottom: 24,
    x: { domain: classes, label: null, padding: 0.04 },
    y: { domain: classes, label: null, padding: 0.06 },
    opacity: { type: "identity" },
    marks: [
      axisX({ anchor: "top", label: "found class →", labelAnchor: "right", tickSize: 0 }),
      axisY({ label: "↓ true class", labelAnchor: "top", tickSize: 0 }),
      cell(rows, {
        x: "found",
        y: "truth",
        fill: BAR_COLOR,
        fillOpacity: ({ share }) => 0.04 + (STRONGEST - 0.04) * share,
        rx: 2,
        title: ({ truth, found, count, share }) =>
          `${count} samples of class ${truth} were taken for class ${found}, ${percent(share)}`,
      }),
      text(rows.filter(({ count }) => count > 0), {
        x: "found",
        y: "truth",
        text: ({ count, share }) => `${count}\n${percent(share)}`,
        fill: "currentColor",
      }),
    ],
  };
}
