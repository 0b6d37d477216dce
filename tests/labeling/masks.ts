import { pixelCount, type Size } from "../../src/image/image.ts";
import { randomNumbers } from "../support/random.ts";

/** Classes of which 2 is the one to label, with their size. */
export interface Mask {
  readonly name: string;
  readonly classes: Uint8Array;
  readonly size: Size;
}

/** A mask whose pixels are class 2 with this probability and class 1 or 0 otherwise. */
export function randomMask(width: number, height: number, depth: number, density: number): Mask {
  const size = { width, height, depth };
  const random = randomNumbers(width * 7919 + height * 131 + depth * 17 + density * 1000);
  const classes = new Uint8Array(pixelCount(size));
  for (let i = 0; i < classes.length; i++) {
    classes[i] = random() < density ? 2 : random() < 0.5 ? 1 : 0;
  }
  return { name: `${width} × ${height} × ${depth}, density ${density}`, classes, size };
}

/** A mask given by a rule for its pixels. */
export function drawMask(
  name: string,
  size: Size,
  inside: (x: number, y: number, z: number) => boolean,
): Mask {
  const { width, height } = size;
  const classes = Uint8Array.from({ length: pixelCount(size) }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width) % height];
    return inside(x, y, Math.floor(i / (width * height))) ? 2 : 1;
  });
  return { name, classes, size };
}

/** One object that winds inwards, a pixel wide with a pixel between its turns. */
export function spiral(length: number): Mask {
  const size = { width: length, height: length, depth: 1 };
  const classes = new Uint8Array(length * length).fill(1);
  let [x, y, dx, dy] = [0, 0, 1, 0];
  const at = (i: number, j: number) => i >= 0 && j >= 0 && i < length && j < length;
  const taken = (i: number, j: number) => at(i, j) && classes[j * length + i] === 2;
  classes[0] = 2;
  for (let turns = 0; turns < 2;) {
    const ahead = at(x + dx, y + dy) && !taken(x + 2 * dx, y + 2 * dy) && !taken(x + dx, y + dy);
    if (!ahead) {
      [dx, dy] = [-dy, dx];
      turns++;
      continue;
    }
    turns = 0;
    x += dx;
    y += dy;
    classes[y * length + x] = 2;
  }
  return { name: `spiral of ${length}`, classes, size };
}
