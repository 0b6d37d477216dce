/// <reference lib="dom" />
import { parseHTML } from "npm:linkedom@0.18.15";
import { dot, gridX, gridY, line, plot } from "npm:@observablehq/plot@0.6.17";

/** A curve of milliseconds on two logarithmic axes, as the text of an SVG file. */
export function drawCurve(
  name: string,
  unit: string,
  points: readonly { readonly amount: number; readonly ms: number }[],
): string {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const figure = plot({
    document: document as unknown as Document,
    width: 480,
    height: 300,
    marginLeft: 56,
    ariaLabel: `${name}: milliseconds by ${unit}`,
    style: { background: "white", color: "#222" },
    x: { type: "log", label: unit, tickFormat: "~s" },
    y: { type: "log", label: `${name}, ms`, tickFormat: "~s" },
    marks: [
      gridX({ strokeOpacity: 0.15 }),
      gridY({ strokeOpacity: 0.15 }),
      line(points, { x: "amount", y: "ms", stroke: "#3b82c4", strokeWidth: 2 }),
      dot(points, { x: "amount", y: "ms", fill: "#3b82c4" }),
    ],
  });
  figure.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  return figure.outerHTML;
}
