/**
 * Colours of classes: Okabe and Ito's set (jfly.uni-koeln.de/color), which people with any kind of
 * colour vision can tell apart, ordered so that the first two differ most on a grey image.
 */
const CLASS_COLORS = [
  "#56b4e9",
  "#e69f00",
  "#009e73",
  "#cc79a7",
  "#f0e442",
  "#0072b2",
  "#d55e00",
  "#b8b8b8",
] as const;

/** The colour of a class as `#rrggbb`; another order of colours for every seed but 0. */
export function classColor(value: number, seed = 0): string {
  if (seed === 0 && value <= CLASS_COLORS.length) return CLASS_COLORS[Math.max(0, value - 1)];
  // Numbers in a row have colours far apart; the seed says where the row begins.
  return hexOf(LABEL_COLORS[(value + SHUFFLE * seed) & (VARIETY - 1)]);
}

/** How many colours there are for objects; neighbours in number get colours far apart. */
const VARIETY = 1024;
/** How many colours on the colours of classes go when they are shuffled. */
const SHUFFLE = 37;
const LABEL_COLORS = new Uint32Array(VARIETY);
for (let i = 0; i < VARIETY; i++) {
  // Hues a golden angle apart; lightness varies too, for eyes that do not see the hue.
  const hue = i * 137.50776405 % 360;
  LABEL_COLORS[i] = packHue(hue, [0.72, 0.84, 0.62][i % 3], [0.15, 0.12, 0.17][i % 3]);
}

/**
 * The colour of an object by its number, the same whenever the number is the same: red, green,
 * blue and alpha in the bytes of a little-endian integer, as in canvas pixels. 0 is transparent.
 */
export function labelColor(label: number, seed = 0): number {
  if (label === 0) return 0;
  const order = seed === 0 ? label : mix(Math.imul(label, 0x9e3779b1) ^ seed);
  return LABEL_COLORS[order & (VARIETY - 1)];
}

/** `#rrggbb` as a canvas pixel, opaque. */
export function packHex(color: string): number {
  const rgb = parseInt(color.slice(1), 16);
  return (0xff000000 | (rgb & 0xff) << 16 | (rgb & 0xff00) | rgb >>> 16) >>> 0;
}

/** A canvas pixel as `#rrggbb`. */
export function hexOf(pixel: number): string {
  const rgb = (pixel & 0xff) << 16 | (pixel & 0xff00) | pixel >>> 16 & 0xff;
  return `#${rgb.toString(16).padStart(6, "0")}`;
}

/** Mixes the bits of an integer well (the finalizer of MurmurHash3). */
function mix(value: number): number {
  let bits = Math.imul(value ^ value >>> 16, 0x85ebca6b);
  bits = Math.imul(bits ^ bits >>> 13, 0xc2b2ae35);
  return (bits ^ bits >>> 16) >>> 0;
}

/** A colour of OKLCH (bottosson.github.io/posts/oklab) as a canvas pixel. */
function packHue(hue: number, lightness: number, chroma: number): number {
  const angle = hue * Math.PI / 180;
  const a = chroma * Math.cos(angle);
  const b = chroma * Math.sin(angle);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const red = 4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s;
  const green = -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s;
  const blue = -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s;
  return (0xff000000 | toByte(blue) << 16 | toByte(green) << 8 | toByte(red)) >>> 0;
}

/** Linear light as a byte of sRGB. */
function toByte(linear: number): number {
  const value = Math.min(1, Math.max(0, linear));
  return Math.round(
    255 * (value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055),
  );
}
