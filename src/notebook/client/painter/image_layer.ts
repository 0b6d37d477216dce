/// <reference lib="dom" />
import type { Image, PixelArray } from "../../../image/image.ts";
import { colormap } from "./colormap.ts";
import type { Contrast } from "./contrast.ts";
import { type ColorRequest, TileLayer } from "./tile_layer.ts";

/** How the image is shown. */
export interface ImageLook extends Contrast {
  readonly colormap: string;
  /** The channel shown. */
  readonly channel: number;
}

/** The image under the annotation, through a colour map and contrast limits. */
export class ImageLayer {
  readonly tiles: TileLayer;
  readonly #pixels: readonly (readonly Exclude<PixelArray, BigInt64Array | BigUint64Array>[])[];
  #look: ImageLook;
  #colors: Uint32Array;

  /** @param frames The channels of every time point; all of one size. */
  constructor(readonly frames: readonly (readonly Image[])[], look: ImageLook) {
    const { width, height } = frames[0][0];
    this.#pixels = frames.map((channels) =>
      channels.map(({ data }) =>
        data instanceof BigInt64Array || data instanceof BigUint64Array
          ? Float64Array.from(data, Number)
          : data
      )
    );
    this.#look = look;
    this.#colors = colormap(look.colormap);
    this.tiles = new TileLayer(width, height, (request) => this.#color(request));
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

  /** The value of a pixel of the channel shown. */
  valueAt(x: number, y: number, slice: number): number {
    const { width, height, depth } = this.frames[0][0];
    const data = (this.#pixels[Math.floor(slice / depth)] ?? this.#pixels[0])[this.#look.channel];
    return data[((slice % depth) * height + y) * width + x];
  }

  #color({ step, x, y, width, height, slice, out }: ColorRequest): void {
    const image = this.frames[0][0];
    const pixels = this.#pixels[Math.floor(slice / image.depth)] ?? this.#pixels[0];
    const data = pixels[this.#look.channel];
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
