/**
 * Colour maps as stops of red, green and blue from dark to bright; matplotlib's viridis and magma
 * are sampled, the single hues are those of napari.
 */
const STOPS: Record<string, readonly string[]> = {
  gray: ["#000000", "#ffffff"],
  "gray inverted": ["#ffffff", "#000000"],
  viridis: [
    "#440154",
    "#482878",
    "#3e4989",
    "#31688e",
    "#26828e",
    "#1f9e89",
    "#35b779",
    "#6ece58",
    "#b5de2b",
    "#fde725",
  ],
  magma: [
    "#000004",
    "#180f3d",
    "#440f76",
    "#721f81",
    "#9e2f7f",
    "#cd4071",
    "#f1605d",
    "#fd9668",
    "#feca8d",
    "#fcfdbf",
  ],
  green: ["#000000", "#00ff00"],
  magenta: ["#000000", "#ff00ff"],
  cyan: ["#000000", "#00ffff"],
  red: ["#000000", "#ff0000"],
  blue: ["#000000", "#0000ff"],
  yellow: ["#000000", "#ffff00"],
};

/** The names of the colour maps. */
export const COLORMAPS: readonly string[] = Object.keys(STOPS);

/** 256 canvas pixels from the darkest to the brightest. */
export function colormap(name: string): Uint32Array {
  const stops = (STOPS[name] ?? STOPS.gray).map((hex) => parseInt(hex.slice(1), 16));
  return Uint32Array.from({ length: 256 }, (_, i) => {
    const at = i / 255 * (stops.length - 1);
    const low = Math.min(stops.length - 2, Math.floor(at));
    const channel = (shift: number) => {
      const a = stops[low] >>> shift & 255;
      const b = stops[low + 1] >>> shift & 255;
      return Math.round(a + (b - a) * (at - low));
    };
    return (0xff000000 | channel(0) << 16 | channel(8) << 8 | channel(16)) >>> 0;
  });
}

/** The colour map as a CSS gradient from left to right. */
export function colormapGradient(name: string): string {
  return `linear-gradient(to right, ${(STOPS[name] ?? STOPS.gray).join(", ")})`;
}
