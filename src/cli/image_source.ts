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
  readonly #chosen?: readonly number[];
  #last?: { frame: number; channels: Image[] };

  private constructor(name: string, bytes: number, file: ImageFile, chosen?: readonly number[]) {
    this.name = name;
    this.bytes = bytes;
    this.#file = file;
    this.#chosen = chosen;
  }

  /**
   * Opens a path or address.
   *
   * @param channels Those to read, from 0. Default: all.
   * @throws {DaubError} `image` when the file has no such channel; what opening finds.
   */
  static async open(
    name: string,
    signal?: AbortSignal,
    channels?: readonly number[],
  ): Promise<ImageSource> {
    const bytes = await readSource(name, signal);
    const file = await openImage(bytes, { name, signal });
    for (const channel of channels ?? []) {
      if (channel < file.info.channels) continue;
      const { channels: found } = file.info;
      throw new DaubError(
        "image",
        `Expected ${name} to have channel ${channel + 1} but found ${found} ` +
          `${found === 1 ? "channel" : "channels"}. Choose others with --channels.`,
        { expected: channel + 1, found, where: name },
      );
    }
    return new ImageSource(name, bytes.length, file, channels);
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
      const all = await this.#file.read({ frame, signal });
      this.#last = { frame, channels: this.#chosen?.map((channel) => all[channel]) ?? all };
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
