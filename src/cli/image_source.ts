import { DaubError } from "../errors.ts";
import { readSource } from "../image/file.ts";
import type { Image } from "../image/image.ts";
import type { ImageFile, ImageInfo } from "../image/image_file.ts";
import { openImage } from "../image/read.ts";
import type { Format } from "./options.ts";

/** An image file, read frame by frame. */
export class ImageSource {
  /** The path or address. */
  readonly name: string;
  /** The size of the file, which is in memory. */
  readonly bytes: number;
  readonly #file: ImageFile;
  #last?: { frame: number; channels: Image[] };

  private constructor(name: string, bytes: number, file: ImageFile) {
    this.name = name;
    this.bytes = bytes;
    this.#file = file;
  }

  /** Opens a path or address. */
  static async open(name: string, signal?: AbortSignal): Promise<ImageSource> {
    const bytes = await readSource(name, signal);
    return new ImageSource(name, bytes.length, await openImage(bytes, { name, signal }));
  }

  /** What is known before the pixels are decoded. */
  get info(): ImageInfo {
    return this.#file.info;
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

  /**
   * The only channel of a frame of an annotation, or of labels; of the first, where the file has
   * one.
   */
  async readOnly(
    what: "annotation" | "labels" | "truth",
    frame: number,
    signal?: AbortSignal,
  ): Promise<Image> {
    const channels = await this.read(this.frames === 1 ? 0 : frame, signal);
    if (channels.length === 1) return channels[0];
    const [expected, tag] = what === "annotation"
      ? ["an annotation with one channel, holding class numbers", "annotation"] as const
      : [
        `a ${what === "truth" ? "truth" : "label image"} with one channel, holding numbers`,
        "image",
      ] as const;
    throw new DaubError(
      tag,
      `Expected ${expected}, but found ${channels.length} in ${this.name}. Save ` +
        `${what === "annotation" ? "the strokes" : "them"} as a label image, not as a colour ` +
        `picture.`,
      { expected: 1, found: channels.length, where: this.name },
    );
  }
}
