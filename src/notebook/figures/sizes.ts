import { axisY, type PlotOptions, rectY, ruleX, ruleY } from "npm:@observablehq/plot@0.6.17";
import { BAR_COLOR, figureFrame, type FigureOptions } from "./figure.ts";
import { sizeHistogram } from "./tables.ts";

/**
 * How many objects have which size, as a histogram with the median marked, for `Plot.plot`.
 *
 * @param sizes The pixels of every object.
 */
export function sizesFigure(sizes: ArrayLike<number>, options: FigureOptions = {}): PlotOptions {
  const bins = sizeHistogram(sizes);
  const median = medianOf(sizes);
  const plural = sizes.length === 1 ? "object" : "objects";
  const description = median === undefined
    ? "There are no objects."
    : `${sizes.length} ${plural} of ${bins[0].from} to ${bins.at(-1)!.to - 1} pixels, ` +
      `median ${median}.`;
  return {
    ...figureFrame("Object sizes", description, options),
    height: 190,
    marginTop: 24,
    marginBottom: 40,
    // Below the numbers, which reach as far to the right.
    x: { label: "size of the object, pixels →", labelOffset: 38 },
    y: {
      grid: true,
      nice: true,
      zero: true,
      ticks: 4,
      ...(bins.length === 0 && { domain: [0, 1] }),
    },
    marks: [
      axisY({
        label: "↑ objects",
        ticks: 4,
        tickFormat: (n: number) => Number.isInteger(n) ? n : "",
      }),
      rectY(bins, {
        x1: "from",
        x2: "to",
        y: "count",
        fill: BAR_COLOR,
        insetLeft: 0.5,
        insetRight: 0.5,
        title: ({ from, to, count }) =>
          `${count} of ${from === to - 1 ? from : `${from} to ${to - 1}`} pixels`,
      }),
      ...(median === undefined ? [] : [
        ruleX([median], {
          stroke: "currentColor",
          strokeDasharray: "3 3",
          title: () => `median: ${median} pixels`,
        }),
      ]),
      ruleY([0], { stroke: "currentColor" }),
    ],
  };
}

/** The middle of the sorted values; of an even number the lower of the two. */
export function medianOf(values: ArrayLike<number>): number | undefined {
  if (values.length === 0) return undefined;
  return Float64Array.from(values).sort()[values.length - 1 >> 1];
}
