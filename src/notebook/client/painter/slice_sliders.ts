/// <reference lib="dom" />
import type { Viewport } from "../viewport.ts";
import { element } from "./element.ts";

/** Sliders for the slices of a volume and the time points of a series; nothing for one plane. */
export function sliceSliders(viewport: Viewport, signal: AbortSignal): HTMLElement | undefined {
  const { depth, frames = 1 } = viewport.size;
  const rows = [
    depth > 1 && slider(viewport, "z", "Slice", depth, signal),
    frames > 1 && slider(viewport, "t", "Time", frames, signal),
  ];
  return rows.some(Boolean) ? element("div", { class: "daub-slices" }, ...rows) : undefined;
}

function slider(
  viewport: Viewport,
  axis: "z" | "t",
  name: string,
  count: number,
  signal: AbortSignal,
): HTMLElement {
  const output = element("output");
  const input = element("input", {
    type: "range",
    min: 0,
    max: count - 1,
    "aria-label": name,
    input: () => viewport.view = { [axis]: Number(input.value) },
  });
  const update = () => {
    const at = viewport.view[axis];
    input.value = String(at);
    output.textContent = `${at} / ${count - 1}`;
  };
  viewport.listen(update, signal);
  update();
  return element("label", { class: "daub-row" }, element("span", {}, name), input, output);
}
