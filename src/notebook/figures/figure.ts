import type { PlotOptions } from "npm:@observablehq/plot@0.6.17";

/** What every figure accepts. */
export interface FigureOptions {
  /** In CSS pixels. Default Plot's, 640. */
  readonly width?: number;
}

/**
 * The colour of bars: the page's own, which its theme makes visible on light and dark; elsewhere a
 * blue that stands out from both.
 */
export const BAR_COLOR = "var(--theme-foreground-focus, #3b82c4)";

/** The colour of what is opposed to bars, for example of negative numbers. */
export const OPPOSITE_COLOR = "var(--theme-foreground-opposite, #c4683b)";

/** The narrowest figure that has room for its margins, in CSS pixels. */
const MIN_WIDTH = 240;

/** What figures share: a name for screen readers, no ground of their own, text as on the page. */
export function figureFrame(
  label: string,
  description: string,
  { width }: FigureOptions,
): PlotOptions {
  return {
    // A page that is being laid out has no width yet, which marks cannot be drawn in.
    ...(width !== undefined && { width: Math.max(MIN_WIDTH, width) }),
    ariaLabel: label,
    ariaDescription: description,
    style: { background: "transparent", color: "inherit", overflow: "visible" },
  };
}

/** The room that names on the left need, so that none is cut off. */
export function marginFor(names: Iterable<string>, width = 640): number {
  let longest = 0;
  for (const name of names) longest = Math.max(longest, name.length);
  return Math.min(Math.round(0.55 * width), 16 + Math.ceil(5.6 * longest));
}

/** A share in per cent, short; a dash where it is not known. */
export function percent(share: number): string {
  if (Number.isNaN(share)) return "– %";
  const value = 100 * share;
  return `${value !== 0 && value < 9.95 ? value.toFixed(1) : value.toFixed(0)} %`;
}
