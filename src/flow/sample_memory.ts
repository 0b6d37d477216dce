import type { Backend } from "../backend.ts";
import type { FeaturePlan } from "../features/plan_types.ts";
import type { Image, PixelArray } from "../image/image.ts";
import { collectSamples, type Samples } from "./samples.ts";
import { findMaxima, type FlowOptions, openSource, type Source } from "./source.ts";

/** Painted pixels of an image, ascending, and their features. */
interface KnownPixels {
  readonly pixels: Uint32Array;
  /** pixels × features. */
  readonly values: Float32Array;
  readonly maxima: Map<number, number>;
}

interface KnownImage {
  readonly channels: readonly PixelArray[];
  readonly source: Source;
  readonly byFeatures: Map<string, KnownPixels>;
}

/**
 * Remembers the features of the pixels that a classifier was trained on, so that training again on
 * the same images computes only those of pixels that were painted since.
 *
 * An image is the same as long as its pixels are the same array, which must not be changed then;
 * what was remembered of it goes with it.
 *
 * @example The second training computes the features of one pixel
 * ```ts
 * import { PixelClassifier, SampleMemory } from "../../mod.ts";
 *
 * const size = { width: 4, height: 1, depth: 1 };
 * const image = { data: Uint8Array.of(1, 2, 8, 9), ...size };
 * const memory = new SampleMemory();
 * const train = (...strokes: number[]) =>
 *   PixelClassifier.train({
 *     image,
 *     annotation: { data: Uint8Array.from(strokes), ...size },
 *     features: "original",
 *     backend: "cpu",
 *     memory,
 *   });
 * await train(1, 0, 2, 0);
 * await train(1, 0, 2, 2);
 * ```
 */
export class SampleMemory {
  readonly #images = new WeakMap<PixelArray, KnownImage>();

  /**
   * The samples of the painted pixels, those known before and new ones.
   *
   * @throws {DaubError} `image` when channels differ in size or a pixel is not finite.
   * @ignore
   */
  async collect(
    backend: Backend,
    image: readonly Image[],
    annotation: Uint8Array,
    plan: FeaturePlan,
    options: FlowOptions = {},
  ): Promise<Samples> {
    const { source, byFeatures } = this.#open(image);
    const numFeatures = plan.features.length;
    // Backends round differently, so a forest has the samples of one only.
    const key = `${backend.kind} ${plan.features.map(({ name }) => name).join(" ")}`;
    const known = byFeatures.get(key) ?? {
      pixels: new Uint32Array(0),
      values: new Float32Array(0),
      maxima: await findMaxima(backend, source, plan, options),
    };
    const fresh = annotation.slice();
    for (const pixel of known.pixels) fresh[pixel] = 0;
    const added = fresh.some((value) => value > 0)
      ? await collectSamples(backend, source, fresh, plan, options, known.maxima)
      : { values: new Float32Array(0) };
    const pixels = paintedPixels(annotation);
    const values = new Float32Array(pixels.length * numFeatures);
    let old = 0, next = 0;
    pixels.forEach((pixel, row) => {
      while (known.pixels[old] < pixel) old++;
      const from = known.pixels[old] === pixel ? known.values : added.values;
      const at = (from === known.values ? old : next++) * numFeatures;
      values.set(from.subarray(at, at + numFeatures), row * numFeatures);
    });
    byFeatures.set(key, { pixels, values, maxima: known.maxima });
    return { values: values.slice(), classes: annotation.filter((value) => value > 0) };
  }

  #open(image: readonly Image[]): KnownImage {
    const channels = image.map(({ data }) => data);
    const known = this.#images.get(channels[0]);
    const isSame = known?.channels.length === channels.length &&
      known.channels.every((data, i) => data === channels[i]) &&
      known.source.width === image[0].width && known.source.height === image[0].height;
    if (isSame) return known;
    const opened = { channels, source: openSource(image), byFeatures: new Map() };
    this.#images.set(channels[0], opened);
    return opened;
  }
}

function paintedPixels(annotation: Uint8Array): Uint32Array {
  let count = 0;
  for (let i = 0; i < annotation.length; i++) if (annotation[i] > 0) count++;
  const pixels = new Uint32Array(count);
  for (let i = 0, k = 0; k < count; i++) if (annotation[i] > 0) pixels[k++] = i;
  return pixels;
}
