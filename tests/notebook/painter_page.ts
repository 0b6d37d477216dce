/// <reference lib="dom" />
import { Annotation } from "../../src/notebook/annotation.ts";
import { labelView } from "../../src/notebook/client/label_view.ts";
import { liveSwitch } from "../../src/notebook/client/live_switch.ts";
import { paint } from "../../src/notebook/client/painter/paint.ts";
import { whereNext } from "../../src/notebook/client/where_next.ts";
import { live } from "../../src/notebook/live.ts";

/** What a test's page can use: `painter.image(...)` in `page.evaluate`. */
const harness = {
  Annotation,
  paint,
  labelView,
  live,
  liveSwitch,
  whereNext,
  /** Round spots on a dark ground, as nuclei look. */
  spots(width: number, height: number, depth = 1) {
    const data = new Uint8Array(width * height * depth);
    for (let z = 0; z < depth; z++) {
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          const wave = Math.sin((x + 9 * z) / 11) * Math.sin((y - 5 * z) / 9) +
            0.25 * Math.sin(x / 3.1 + y / 4.3);
          data[(z * height + y) * width + x] = 60 + 130 * Math.max(0, wave) + 20 * Math.abs(wave);
        }
      }
    }
    return { width, height, depth, data };
  },
  /** Bright areas of an image as objects, numbered in raster order. */
  objects(image: { width: number; height: number; data: Uint8Array }, threshold: number) {
    const { width, height } = image;
    const data = new Uint32Array(width * height);
    let count = 0;
    for (let i = 0; i < data.length; i++) {
      if (image.data[i] < threshold || data[i] > 0) continue;
      const stack = [i];
      data[i] = ++count;
      for (let p = stack.pop(); p !== undefined; p = stack.pop()) {
        const x = p % width;
        const around = [x > 0 ? p - 1 : -1, x < width - 1 ? p + 1 : -1, p - width, p + width];
        for (const q of around) {
          if (q < 0 || q >= data.length || data[q] > 0 || image.data[q] < threshold) continue;
          data[q] = count;
          stack.push(q);
        }
      }
    }
    return { width, height, depth: 1, data, count };
  },
};

export type Harness = typeof harness;
Object.assign(globalThis, { harness });
