/// <reference lib="dom" />
import { classColor } from "../palette.ts";

/** The tools, in the order of the toolbar. */
export const TOOLS = ["brush", "eraser", "fill", "polygon", "pick", "pan"] as const;
/** What the pointer does. */
export type Tool = typeof TOOLS[number];

/** One class that can be painted. */
export interface PaintClass {
  /** 1 to 255. */
  readonly value: number;
  readonly name: string;
  /** `#rrggbb`; from the palette unless given. */
  readonly color?: string;
}

/** The largest brush the painter offers, in pixels. */
export const LARGEST_BRUSH = 500;

/** Everything a user can set in the painter, as plain data that can be kept and restored. */
export interface PainterSettings {
  readonly tool: Tool;
  /** The class that is painted; 0 erases. */
  readonly value: number;
  /** The other one of the class painted last and 0, which X swaps. */
  readonly otherValue: number;
  /** The brush's diameter in pixels. */
  readonly size: number;
  /** Paint only where nothing is painted. */
  readonly preserve: boolean;
  /** Fill only what is connected. */
  readonly contiguous: boolean;
  /** Fill through all slices. */
  readonly volume: boolean;
  readonly classes: readonly PaintClass[];
  /** Opacity of the annotation, 0 to 1. */
  readonly opacity: number;
  readonly visible: boolean;
  /** The width of outlines in pixels; 0 fills. */
  readonly contour: number;
  readonly selectedOnly: boolean;
  /** Which colours classes have; 0 is the palette. */
  readonly seed: number;
  readonly colormap: string;
  readonly low: number;
  readonly high: number;
  readonly channel: number;
  /** What the digits do: choose classes, or modes as in napari. */
  readonly digits: "classes" | "napari";
}

/** The settings a painter starts with. */
export const DEFAULTS: PainterSettings = {
  tool: "brush",
  value: 1,
  otherValue: 0,
  size: 10,
  preserve: false,
  contiguous: true,
  volume: false,
  classes: [{ value: 1, name: "background" }, { value: 2, name: "object" }],
  opacity: 0.7,
  visible: true,
  contour: 0,
  selectedOnly: false,
  seed: 0,
  colormap: "gray",
  low: 0,
  high: 1,
  channel: 0,
  digits: "classes",
};

/** Holds the settings and tells who listens when they change. */
export class Settings {
  #now: PainterSettings;
  readonly #listeners = new Set<() => void>();

  constructor(start: Partial<PainterSettings> = {}) {
    this.#now = clean({ ...DEFAULTS, ...start });
  }

  /** The settings as they are. */
  get now(): PainterSettings {
    return this.#now;
  }

  /** Changes some settings. */
  change(part: Partial<PainterSettings>): void {
    const next = { ...this.#now, ...part };
    if (part.value !== undefined && part.value !== this.#now.value) {
      next.otherValue = next.value === 0 ? this.#now.value : 0;
    }
    // The end of the contrast that is moved takes the other one along.
    if (part.low !== undefined && part.high === undefined) {
      next.high = Math.max(next.high, part.low);
    }
    if (part.high !== undefined && part.low === undefined) next.low = Math.min(next.low, part.high);
    this.#now = clean(next);
    for (const listener of [...this.#listeners]) listener();
  }

  /** Calls `listener` now and after every change until the signal aborts. */
  follow(listener: () => void, signal: AbortSignal): void {
    this.#listeners.add(listener);
    signal.addEventListener("abort", () => this.#listeners.delete(listener), { once: true });
    listener();
  }

  /** The colour of a class. */
  color(value: number): string {
    const { classes, seed } = this.#now;
    const own = seed === 0 ? classes.find((known) => known.value === value)?.color : undefined;
    return own ?? classColor(value, seed);
  }

  /** The name of a class. */
  nameOf(value: number): string {
    if (value === 0) return "unlabelled";
    return this.#now.classes.find((known) => known.value === value)?.name ?? `class ${value}`;
  }

  /** Adds the class after the largest one and paints with it. */
  addClass(): void {
    const value = Math.max(0, ...this.#now.classes.map((known) => known.value)) + 1;
    if (value <= 255) this.choose(value);
  }

  /** Paints with a class, adding it to the list when it is new. */
  choose(value: number): void {
    this.know([value]);
    this.change({ value });
  }

  /** Adds classes that the list lacks. */
  know(values: readonly number[]): void {
    const { classes } = this.#now;
    const missing = values.filter((v) => v > 0 && !classes.some((known) => known.value === v));
    if (missing.length === 0) return;
    const added = missing.map((value) => ({ value, name: `class ${value}` }));
    this.change({ classes: [...classes, ...added].sort((a, b) => a.value - b.value) });
  }

  /** Paints with the next class of the list, or the one before. */
  cycle(step: 1 | -1): void {
    const values = this.#now.classes.map((known) => known.value);
    const at = values.indexOf(this.#now.value) + step;
    if (at >= 0 && at < values.length) this.change({ value: values[at] });
  }
}

/** Settings within their bounds, whatever a page or a file of settings asked for. */
function clean(settings: PainterSettings): PainterSettings {
  const within = (value: number, low: number, high: number, otherwise: number) =>
    Number.isFinite(value) ? Math.min(high, Math.max(low, value)) : otherwise;
  const hex = /^#[0-9a-f]{6}$/i;
  return {
    ...settings,
    tool: TOOLS.includes(settings.tool) ? settings.tool : "brush",
    size: Math.round(within(settings.size, 1, LARGEST_BRUSH, DEFAULTS.size)),
    value: Math.round(within(settings.value, 0, 255, 1)),
    otherValue: Math.round(within(settings.otherValue, 0, 255, 0)),
    opacity: within(settings.opacity, 0, 1, DEFAULTS.opacity),
    contour: Math.round(within(settings.contour, 0, 20, 0)),
    classes: settings.classes
      .filter(({ value }) => Number.isInteger(value) && value > 0 && value <= 255)
      .map(({ value, name, color }) => ({
        value,
        name: String(name).slice(0, 80),
        ...(color && hex.test(color) ? { color: color.toLowerCase() } : {}),
      })),
  };
}
