import type { LineKernel } from "./lines_cpu.ts";

/**
 * Convolution with symmetric weights, given from the centre outwards.
 *
 * Four neighbouring pixels are computed at a time, so that a pixel of the line is read twice per
 * pair of weights instead of eight times. Sums always run from the centre outwards: a pixel's
 * result does not depend on where its line starts.
 */
export function convolution(weights: Float64Array): LineKernel {
  const radius = weights.length - 1;
  return (line, from, length, out, to) => {
    const centre = weights[0];
    let i = 0;
    for (; i + 4 <= length; i += 4) {
      const p = from + i + radius;
      let left0 = line[p], left1 = line[p + 1], left2 = line[p + 2], left3 = line[p + 3];
      let right0 = left0, right1 = left1, right2 = left2, right3 = left3;
      let sum0 = centre * left0, sum1 = centre * left1;
      let sum2 = centre * left2, sum3 = centre * left3;
      for (let k = 1; k <= radius; k++) {
        left3 = left2;
        left2 = left1;
        left1 = left0;
        left0 = line[p - k];
        right0 = right1;
        right1 = right2;
        right2 = right3;
        right3 = line[p + 3 + k];
        const weight = weights[k];
        sum0 += weight * (left0 + right0);
        sum1 += weight * (left1 + right1);
        sum2 += weight * (left2 + right2);
        sum3 += weight * (left3 + right3);
      }
      out[to + i] = sum0;
      out[to + i + 1] = sum1;
      out[to + i + 2] = sum2;
      out[to + i + 3] = sum3;
    }
    for (; i < length; i++) {
      const p = from + i + radius;
      let sum = centre * line[p];
      for (let k = 1; k <= radius; k++) sum += weights[k] * (line[p - k] + line[p + k]);
      out[to + i] = sum;
    }
  };
}

/**
 * Minimum over a window, by doubling: the minimum of two windows side by side is that of a window
 * twice as wide, so a window takes as many passes as its width has bits.
 */
export function lineMinimum(radius: number): LineKernel {
  const width = 2 * radius + 1;
  return (line, from, length, out, to) => {
    let end = from + length + 2 * radius;
    let size = 1;
    for (; 2 * size <= width; size *= 2) {
      end -= size;
      for (let i = from; i < end; i++) line[i] = Math.min(line[i], line[i + size]);
    }
    const second = from + width - size;
    for (let i = 0; i < length; i++) out[to + i] = Math.min(line[from + i], line[second + i]);
  };
}

/** Maximum over a window; see {@linkcode lineMinimum}. */
export function lineMaximum(radius: number): LineKernel {
  const width = 2 * radius + 1;
  return (line, from, length, out, to) => {
    let end = from + length + 2 * radius;
    let size = 1;
    for (; 2 * size <= width; size *= 2) {
      end -= size;
      for (let i = from; i < end; i++) line[i] = Math.max(line[i], line[i + size]);
    }
    const second = from + width - size;
    for (let i = 0; i < length; i++) out[to + i] = Math.max(line[from + i], line[second + i]);
  };
}
