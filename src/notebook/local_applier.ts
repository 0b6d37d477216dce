import type { Backend } from "../backend.ts";
import { ObjectSegmenter } from "../classifiers/object_segmenter.ts";
import { DaubError } from "../errors.ts";
import { measure } from "../flow/measure.ts";
import type { Source } from "../image/file.ts";
import { type Image, pixelCount } from "../image/image.ts";
import { openImage } from "../image/read.ts";
import { encodeTiff } from "../image/tiff_writer.ts";
import type { LabelImage } from "../labeling/labels.ts";
import { formatCsv } from "../measurement/csv.ts";
import { appliedChannels } from "./applied_channels.ts";
import type {
  AppliedFrame,
  AppliedImage,
  ApplyingOptions,
  ClassifierFacts,
  ImageApplier,
} from "./applied_image.ts";

/** An image file, and what messages call it. */
export interface NamedSource {
  readonly source: Source;
  readonly name: string;
}

/** The largest label that 16 bits hold, which more programs read. */
const LARGEST_16_BIT = 65_535;
/** How much of the work is done when the objects are found. */
const FOUND = 0.9;

/** Applies a saved classifier in this very thread. */
export class LocalApplier implements ImageApplier<NamedSource>, AsyncDisposable {
  readonly #open: () => Promise<Backend>;
  readonly #maxPixels: number;
  #backend: Promise<Backend> | undefined;
  #segmenter: ObjectSegmenter | undefined;

  /**
   * @param open Opens the backend, when it is needed first.
   * @param maxPixels The most pixels of an image, all channels and planes together.
   */
  constructor(open: () => Promise<Backend>, maxPixels = Infinity) {
    this.#open = open;
    this.#maxPixels = maxPixels;
  }

  load(text: string, name: string): Promise<ClassifierFacts> {
    this.#segmenter = undefined;
    // What is thrown while parsing must reject.
    return Promise.resolve().then(() => {
      const segmenter = ObjectSegmenter.parse(text, name);
      const { classes, positiveClass, dimensions, numChannels, featureNames } = segmenter;
      this.#segmenter = segmenter;
      return {
        classes,
        positiveClass,
        numFeatures: featureNames.length,
        dimensions,
        numChannels,
      };
    });
  }

  async apply(
    { source, name }: NamedSource,
    { channels, signal, onProgress }: ApplyingOptions = {},
  ): Promise<AppliedImage> {
    const segmenter = this.#segmenter;
    if (!segmenter) {
      throw new DaubError("classifier", "Expected a classifier but found none. Choose one first.");
    }
    const start = performance.now();
    const file = await openImage(source, { name, signal });
    const { info } = file;
    this.#expectRoom(pixelCount(info) * info.channels, name);
    const backend = await (this.#backend ??= this.#open());
    const frames: AppliedFrame[] = [];
    for (let frame = 0; frame < info.frames; frame++) {
      const tell = (done: number) =>
        onProgress?.({ stage: "segment", fraction: (frame + done) / info.frames });
      const read = await file.read({ frame, signal });
      const image = appliedChannels(read, channels, segmenter.numChannels, name);
      const labels = await segmenter.predict(image, {
        backend,
        signal,
        onProgress: (done) => tell(FOUND * done),
      });
      const table = await measure(labels, image, { backend, signal });
      const bytes = await encodeTiff(narrow(labels), { signal });
      frames.push({ count: labels.count, labels: bytes, table: formatCsv(table) });
      tell(1);
    }
    const { width, height, depth } = info;
    return { width, height, depth, frames, milliseconds: performance.now() - start };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const backend = await this.#backend?.catch(() => undefined);
    await backend?.[Symbol.asyncDispose]();
  }

  #expectRoom(found: number, where: string): void {
    const expected = this.#maxPixels;
    if (found <= expected) return;
    throw new DaubError(
      "image",
      `Expected an image of at most ${expected} pixels, all channels together, but found ` +
        `${found} in ${where}. Crop it, or use the command line, which has no such limit.`,
      { expected, found, where },
    );
  }
}

function narrow({ count, ...labels }: LabelImage): Image {
  return count > LARGEST_16_BIT ? labels : { ...labels, data: new Uint16Array(labels.data) };
}
