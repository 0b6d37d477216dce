/** Red, green and blue from 0 to 255. */
export type Rgb = readonly [red: number, green: number, blue: number];

/**
 * Outline colours after Okabe and Ito, told apart with any colour vision; their black and dark blue
 * are left out, and the others are more saturated, to stand out from grey images.
 */
export const OUTLINE_COLORS: readonly Rgb[] = [
  [255, 150, 0],
  [40, 170, 255],
  [245, 225, 0],
  [255, 95, 190],
  [0, 205, 125],
  [255, 75, 40],
  [165, 125, 255],
];

const GREY: Rgb = [255, 255, 255];

/**
 * Whether channels are the red, green and blue of a colour picture: three without names, as
 * pictures have them, or named so.
 */
export function isColorPicture(names: readonly (string | undefined)[]): boolean {
  const colors = ["red", "green", "blue"];
  return names.length === 3 && names.every((name, i) => {
    const word = name?.toLowerCase();
    return word === undefined || word === colors[i] || word === colors[i][0];
  });
}

/**
 * The colours in which channels are shown, added up: grey for one, green and magenta for two, cyan,
 * magenta and yellow for three, red, green and blue for a colour picture, and the average for more.
 */
export function channelColors(names: readonly (string | undefined)[]): readonly Rgb[] {
  if (isColorPicture(names)) return [[255, 0, 0], [0, 255, 0], [0, 0, 255]];
  switch (names.length) {
    case 1:
      return [GREY];
    case 2:
      return [[0, 255, 0], [255, 0, 255]];
    case 3:
      return [[0, 128, 128], [128, 0, 128], [128, 128, 0]];
    default:
      return names.map(() => [255 / names.length, 255 / names.length, 255 / names.length]);
  }
}
