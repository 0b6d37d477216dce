import type { Image, Size } from "../../src/image/image.ts";
import type { Random } from "./random.ts";

/** Paints strokes as a hand with a round brush does. */
export class Painter {
  readonly annotation: Image<Uint8Array>;
  readonly #random: Random;

  constructor(size: Size, random: Random) {
    const { width, height, depth } = size;
    this.annotation = { width, height, depth, data: new Uint8Array(width * height * depth) };
    this.#random = random;
  }

  /**
   * Draws a winding line of a class from a point, `length` pixels long or until it cannot turn away
   * any more; every pixel that the brush covers must be `allowed`.
   */
  stroke(
    start: readonly [x: number, y: number, z: number],
    { classNumber, length, brush, allowed }: StrokeOptions,
  ): void {
    let [x, y] = start;
    const z = start[2];
    let heading = this.#random.direction();
    let bend = 0;
    for (let step = 0; step < length; step++) {
      if (!this.#covers(x, y, z, brush, allowed)) return;
      this.#dab(x, y, z, brush, classNumber);
      bend = 0.9 * bend + this.#random.uniform(-0.07, 0.07);
      heading = turn(heading, bend);
      const free = this.#turnAway(x, y, z, heading, brush, allowed);
      if (!free) return;
      heading = free;
      x += heading[0];
      y += heading[1];
    }
  }

  /** The direction nearest to `heading` in which the next step is allowed. */
  #turnAway(
    x: number,
    y: number,
    z: number,
    heading: Direction,
    brush: number,
    allowed: Allowed,
  ): Direction | undefined {
    for (let turns = 0; turns < 9; turns++) {
      for (const side of this.#random.uniform() < 0.5 ? [1, -1] : [-1, 1]) {
        const [dx, dy] = turn(heading, side * turns * 0.25);
        if (this.#covers(x + 2 * dx, y + 2 * dy, z, brush, allowed)) return [dx, dy];
      }
    }
    return undefined;
  }

  #covers(x: number, y: number, z: number, brush: number, allowed: Allowed): boolean {
    return this.#pixelsUnder(x, y, z, brush).every((pixel) => pixel >= 0 && allowed(pixel));
  }

  #dab(x: number, y: number, z: number, brush: number, classNumber: number): void {
    for (const pixel of this.#pixelsUnder(x, y, z, brush)) {
      this.annotation.data[pixel] = classNumber;
    }
  }

  /** The pixels whose centres lie under the brush; -1 for those outside the image. */
  #pixelsUnder(x: number, y: number, z: number, brush: number): number[] {
    const { width, height } = this.annotation;
    const pixels: number[] = [];
    for (let row = Math.ceil(y - brush); row <= y + brush; row++) {
      for (let column = Math.ceil(x - brush); column <= x + brush; column++) {
        const dx = column - x;
        const dy = row - y;
        if (dx * dx + dy * dy > brush * brush) continue;
        const isInside = column >= 0 && column < width && row >= 0 && row < height;
        pixels.push(isInside ? (z * height + row) * width + column : -1);
      }
    }
    return pixels;
  }
}

type Direction = [x: number, y: number];
type Allowed = (pixel: number) => boolean;

interface StrokeOptions {
  readonly classNumber: number;
  readonly length: number;
  /** The radius of the brush in pixels. */
  readonly brush: number;
  readonly allowed: Allowed;
}

/** Turns a direction by about `angle` radians, up to a third of a turn at once. */
function turn([x, y]: Direction, angle: number): Direction {
  const turnedX = x - angle * y;
  const turnedY = y + angle * x;
  const length = Math.sqrt(turnedX * turnedX + turnedY * turnedY);
  return [turnedX / length, turnedY / length];
}
