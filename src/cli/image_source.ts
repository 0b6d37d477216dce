import { DaubError } from "../errors.ts";
import type { Image } from "../image/image.ts";
import type { ImageFile } from "../image/image_file.ts";
import { openImage } from "../image/read.ts";
import type { Format } from "./options.ts";

/** An image file, read frame by frame. */
export class ImageSource {
  /** The path or address. */
  readonly name: string;
  readonly #file: ImageFile;
  #last?: { frame: number; channels: Image[] };

  private constructor(name: string, file: ImageFile) {
    this.name = name;
    this.#file = file;
  }

  /** Opens a path or address. */
  static async open(name: string, signal?: AbortSignal): Promise<ImageSource> {
    return new ImageSource(name, await openImage(name, { signal }));
  }

  /** The number of time frames. */
  get frames(): number {
    return this.#file.info.frames;
  }

  /**
   * Refuses a volume where results are to be pictures, before anything is computed.
   *
   * @throws {DaubError} `image` when it has several planes and the format holds one.
   */
  expectFormat(format: Format): void {
    const { depth } = this.#file.info;
    if (format === "tif" || depth === 1) return;
    throw new DaubError(
      "image",
      `Expected a 2D image for --format ${format} but found one of ${depth} planes. Use ` +
        `--format tif.`,
      { expected: 1, found: depth, where: this.name },
    );
  }

  /** The channels of a frame; the frame read last is kept. */
  async read(frame: number, signal?: AbortSignal): Promise<Image[]> {
    if (this.#last?.frame !== frame) {
      this.#last = { frame, channels: await this.#file.read({ frame, signal }) };
    }
    return this.#last.channels;
  }

  /** The only channel of a frame of an annotation. */
  async readStrokes(frame: number, signal?: AbortSignal): Promise<Image> {
    const channels = await this.read(frame, signal);
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
