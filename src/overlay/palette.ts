/** Red, green and blue from 0 to 255. */
export type Rgb = readonly [red: number, green: number, blue: number];

/**
 * Outline colours after Okabe and Ito, told apart with any colour vision; their black and dark blue
 * are left out, and green and vermilion are brightened, to stand out from dark images.
 */
export const OUTLINE_COLORS: readonly Rgb[] = [
  [255, 176, 0],
  [86, 180, 233],
  [240, 228, 66],
  [226, 127, 184],
  [0, 200, 140],
  [255, 100, 64],
  [178, 160, 255],
];

const GREY: Rgb = [255, 255, 255];

/**
 * The colours in which channels are shown, added up: grey for one, green and magenta for two, cyan,
 * magenta and yellow for three, true colours for the channels of a colour picture, and the average
 * for more.
 */
export function channelColors(names: readonly (string | undefined)[]): readonly Rgb[] {
  const initials = names.map((name) => name?.toLowerCase().at(0)).join("");
  const words = names.every((name) => name && /^(r|g|b|red|green|blue)$/i.test(name));
  if (words && initials === "rgb") return [[255, 0, 0], [0, 255, 0], [0, 0, 255]];
  switch (names.length) {
    case 1:
      return [GREY];
    case 2:
      return [[0, 255, 0], [255, 0, 255]];
    case 3:
      return [[0, 170, 170], [170, 0, 170], [170, 170, 0]];
    default:
      return names.map(() => [255 / names.length, 255 / names.length, 255 / names.length]);
  }
}
