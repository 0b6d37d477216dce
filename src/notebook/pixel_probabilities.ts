import type { Backend } from "../backend.ts";
import { openBackend } from "../backends/open_backend.ts";
import { planFeatures } from "../features/plan.ts";
import { resolveFeatures } from "../features/presets.ts";
import { computeStack } from "../flow/features.ts";
import { openSource } from "../flow/source.ts";
import { parseClassifierFile } from "../forest/classifier_file/mod.ts";
import type { Forest } from "../forest/forest.ts";
import { predictProbabilities } from "../forest/probabilities.ts";
import { dimensions, type Image } from "../image/image.ts";
import { cropImage } from "./crop_image.ts";
import type { EngineOptions } from "./engine.ts";

/** The class of one pixel and how probable it is. */
export interface PixelPrediction {
  readonly class: number;
  /** From 0 to 1. */
  readonly probability: number;
}

/** Where a pixel lies, each from 0. */
export interface PixelPlace {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

/** The largest neighbourhood that is computed for a single pixel, in pixels of all features. */
const MOST = 4_000_000;

/**
 * What a classifier says of single pixels, from their neighbourhoods: for somebody who points at
 * them, without the probabilities of a whole image.
 */
export class PixelProbabilities implements AsyncDisposable {
  #backend: Promise<Backend> | undefined;
  #text = "";
  #forest: Forest | undefined;

  /**
   * The most probable class of a pixel; undefined where the features reach so far that it would
   * take too long.
   *
   * @param channels All channels of the image.
   * @param text The classifier's file.
   */
  async at(
    channels: readonly Image[],
    { x, y, z }: PixelPlace,
    text: string,
    options: Pick<EngineOptions, "features" | "channels">,
  ): Promise<PixelPrediction | undefined> {
    const chosen = options.channels.map((number) => channels[number]);
    const plan = planFeatures(resolveFeatures(options.features), {
      numChannels: chosen.length,
      dimensions: dimensions(chosen[0]),
    });
    const { width, height, depth } = chosen[0];
    const [x0, y0, z0] = [x, y, z].map((at, axis) => Math.max(0, at - plan.halo[axis]));
    const [x1, y1, z1] = [[x, width], [y, height], [z, depth]]
      .map(([at, end], axis) => Math.min(end, at + plan.halo[axis] + 1));
    const box = { x: x0, y: y0, z: z0, width: x1 - x0, height: y1 - y0, depth: z1 - z0 };
    if (box.width * box.height * box.depth * plan.features.length > MOST) return undefined;

    const forest = this.#read(text);
    const source = openSource(chosen.map((channel) => cropImage(channel, box)));
    const backend = await (this.#backend ??= openBackend("cpu"));
    const { planes } = await computeStack(backend, source, plan, {});
    const at = ((z - z0) * box.height + y - y0) * box.width + x - x0;
    const shares = predictProbabilities(forest, Float32Array.from(planes, (plane) => plane[at]));
    const best = shares.indexOf(Math.max(...shares));
    return { class: forest.classes[best], probability: shares[best] };
  }

  /** Ends the threads. */
  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#backend)?.[Symbol.asyncDispose]();
    this.#backend = undefined;
  }

  #read(text: string): Forest {
    if (text !== this.#text || !this.#forest) {
      this.#forest = parseClassifierFile(text).forest;
      this.#text = text;
    }
    return this.#forest;
  }
}
