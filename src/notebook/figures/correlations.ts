import { axisX, axisY, cell, type PlotOptions, text } from "npm:@observablehq/plot@0.6.17";
import type { CorrelationMatrix } from "../../evaluation/correlation.ts";
import { BAR_COLOR, figureFrame, type FigureOptions, marginFor, OPPOSITE_COLOR } from "./figure.ts";

/** How much two columns tell the same. */
export interface CorrelationRow {
  readonly column: string;
  readonly other: string;
  /** −1 … 1; NaN where the two have no row in common. */
  readonly coefficient: number;
}

/** A correlation matrix as a table, row by row. */
export function correlationTable({ names, values }: CorrelationMatrix): CorrelationRow[] {
  return names.flatMap((column, a) =>
    names.map((other, b): CorrelationRow => ({
      column,
      other,
      coefficient: values[a * names.length + b],
    }))
  );
}

/** The strongest cell is no stronger, so that the text on it is legible on light and dark. */
const STRONGEST = 0.6;

/** With more columns than this there is no room for numbers in the cells; they are in the titles. */
const MOST_WITH_NUMBERS = 16;

/**
 * Which columns tell the same, as a heat map: the stronger a cell, the larger its coefficient; one
 * colour for those above 0, another for those below, for `Plot.plot`.
 *
 * @param matrix What `correlate` returns.
 */
export function correlationFigure(
  matrix: CorrelationMatrix,
  options: FigureOptions = {},
): PlotOptions {
  const { names } = matrix;
  const { width = 640 } = options;
  // Names may occur twice, so places are positions.
  const places = names.map((_, i) => i);
  const rows = correlationTable(matrix).map((row, i) => ({
    ...row,
    x: i % names.length,
    y: Math.floor(i / names.length),
  }));
  // Names are written twice, so cells get what is left, but no less than they need.
  const margin = Math.min(
    marginFor(names, Infinity),
    Math.max(width / 3, width - 8 - 24 * names.length),
  );
  const side = Math.max(10, Math.min(36, Math.floor((width - margin - 8) / names.length)));
  const name = (place: number) => names[place];
  const known = rows.filter(({ coefficient }) => !Number.isNaN(coefficient));
  return {
    ...figureFrame("Correlations", describe(matrix), { width: margin + 8 + side * names.length }),
    height: margin + 8 + side * names.length,
    marginTop: margin,
    marginLeft: margin,
    marginRight: 8,
    marginBottom: 8,
    x: { domain: places, label: null, padding: 0.04 },
    y: { domain: places, label: null, padding: 0.04 },
    opacity: { type: "identity" },
    marks: [
      axisX({ anchor: "top", tickSize: 0, tickRotate: -90, tickFormat: name }),
      axisY({ tickSize: 0, tickFormat: name }),
      cell(known, {
        x: "x",
        y: "y",
        fill: ({ coefficient }) => coefficient < 0 ? OPPOSITE_COLOR : BAR_COLOR,
        fillOpacity: ({ coefficient }) => 0.03 + (STRONGEST - 0.03) * Math.abs(coefficient),
        title: ({ column, other, coefficient }) => `${column} and ${other}: ${short(coefficient)}`,
      }),
      ...(names.length > MOST_WITH_NUMBERS || side < 20 ? [] : [
        text(known, {
          x: "x",
          y: "y",
          text: ({ coefficient }) => short(coefficient),
          fontSize: 9,
          fill: "currentColor",
        }),
      ]),
    ],
    color: { type: "identity" },
  };
}

/** Two digits, without the zero in front. */
function short(coefficient: number): string {
  const digits = Math.abs(coefficient).toFixed(2);
  const sign = coefficient < 0 && digits !== "0.00" ? "−" : "";
  return sign + (digits === "1.00" ? "1" : digits.replace(/^0/, ""));
}

function describe({ names, values }: CorrelationMatrix): string {
  let [first, second, most] = [0, 0, 0];
  for (let a = 0; a < names.length; a++) {
    for (let b = a + 1; b < names.length; b++) {
      const size = Math.abs(values[a * names.length + b]);
      if (size > most) [first, second, most] = [a, b, size];
    }
  }
  const count = `${names.length} columns`;
  if (most === 0) return `${count}; none correlates with another.`;
  return `${count}; ${names[first]} and ${names[second]} correlate most, ` +
    `${short(values[first * names.length + second])}.`;
}
