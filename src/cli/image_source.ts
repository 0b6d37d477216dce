import { DaubError } from "../errors.ts";
import { readSource } from "../image/file.ts";
import type { Image } from "../image/image.ts";
import { readImage, readImageInfo } from "../image/read.ts";
import { isPath } from "./inputs.ts";

/** An image file, read frame by frame; an address is fetched once. */
export class ImageSource {
  /** The path or address. */
  readonly name: string;
  /** The number of time frames. */
  readonly frames: number;
  readonly #content: string | Uint8Array;
  #last?: { frame: number; channels: Image[] };

  private constructor(name: string, content: string | Uint8Array, frames: number) {
    this.name = name;
    this.frames = frames;
    this.#content = content;
  }

  /** Opens a path or address. */
  static async open(name: string): Promise<ImageSource> {
    const content = isPath(name) ? name : await readSource(name);
    const { frames } = await readImageInfo(content);
    return new ImageSource(name, content, frames);
  }

  /** The channels of a frame; the frame read last is kept. */
  async read(frame: number): Promise<Image[]> {
    if (this.#last?.frame !== frame) {
      this.#last = { frame, channels: await readImage(this.#content, { frame }) };
    }
    return this.#last.channels;
  }

  /** The only channel of a frame of an annotation. */
  async readAnnotation(frame: number): Promise<Image> {
    const channels = await this.read(frame);
    if (channels.length === 1) return channels[0];
    throw new DaubError(
      "annotation",
      `Expected an annotation with one channel, holding class numbers, but found ` +
        `${channels.length} in ${this.name}. Save the strokes as a label image, not as a colour ` +
        `picture.`,
      { expected: 1, found: channels.length, where: this.name },
    );
  }
}
