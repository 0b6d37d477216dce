/// <reference lib="dom" />
import type { Image, PixelArray, Size } from "../../../image/image.ts";
import { colormap } from "./colormap.ts";
import type { Contrast } from "./contrast.ts";
import type { Frames } from "./frames.ts";
import { type ColorRequest, TileLayer } from "./tile_layer.ts";

/** How the image is shown. */
export interface ImageLook extends Contrast {
  readonly colormap: string;
  /** The channel shown. */
  readonly channel: number;
}

type Pixels = Exclude<PixelArray, BigInt64Array | BigUint64Array>;

/** The image under the annotation, through a colour map and contrast limits. */
export class ImageLayer {
  readonly tiles: TileLayer;
  readonly #size: Size;
  readonly #numbers = new WeakMap<PixelArray, Pixels>();
  #look: ImageLook;
  #colors: Uint32Array;
  /** What is shown until a time point has come: the one before. */
  #last: readonly Image[];

  constructor(readonly frames: Frames, look: ImageLook, signal: AbortSignal) {
    this.#size = frames.first[0];
    this.#last = frames.first;
    this.#look = look;
    this.#colors = colormap(look.colormap);
    const { width, height } = this.#size;
    this.tiles = new TileLayer(width, height, (request) => this.#color(request));
    frames.listen(() => this.tiles.changeAll(), signal);
  }

  /** Shows the image in another way; returns whether that makes a difference. */
  setLook(look: ImageLook): boolean {
    const { channel, low, high, colormap: name } = this.#look;
    if (
      channel === look.channel && low === look.low && high === look.high && name === look.colormap
    ) return false;
    this.#look = look;
    this.#colors = colormap(look.colormap);
    this.tiles.changeAll();
    return true;
  }

  /** The value of a pixel of the channel shown; undefined while its time point is on its way. */
  valueAt(x: number, y: number, slice: number): number | undefined {
    const { width, height, depth } = this.#size;
    const channels = this.frames.at(Math.floor(slice / depth));
    return channels && this.#pixels(channels)[((slice % depth) * height + y) * width + x];
  }

  /** The pixels of the channel shown, as numbers. */
  #pixels(channels: readonly Image[]): Pixels {
    const { data } = channels[this.#look.channel] ?? channels[0];
    if (!(data instanceof BigInt64Array || data instanceof BigUint64Array)) return data;
    let numbers = this.#numbers.get(data);
    if (!numbers) this.#numbers.set(data, numbers = Float64Array.from(data, Number));
    return numbers;
  }

  #color({ step, x, y, width, height, slice, out }: ColorRequest): void {
    const image = this.#size;
    this.#last = this.frames.at(Math.floor(slice / image.depth)) ?? this.#last;
    const data = this.#pixels(this.#last);
    const { low, high } = this.#look;
    const scale = 255.999 / Math.max(high - low, Number.MIN_VALUE);
    const colors = this.#colors;
    const plane = (slice % image.depth) * image.width * image.height;
    // Seen from afar, a pixel is the mean of four inside the block it stands for.
    const half = step >> 1;
    for (let j = 0; j < height; j++) {
      const y0 = (y + j) * step;
      const row = plane + y0 * image.width;
      const next = plane + Math.min(y0 + half, image.height - 1) * image.width;
      for (let i = 0; i < width; i++) {
        const x0 = (x + i) * step;
        let value = data[row + x0];
        if (half > 0) {
          const x1 = Math.min(x0 + half, image.width - 1);
          value = (value + data[row + x1] + data[next + x0] + data[next + x1]) / 4;
        }
        const level = (value - low) * scale;
        out[j * width + i] = colors[level < 0 ? 0 : level > 255 ? 255 : level | 0];
      }
    }
  }
}
