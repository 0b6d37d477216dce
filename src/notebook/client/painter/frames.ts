import { asChannels, type Image } from "../../../image/image.ts";
import type { PaintedImage } from "./painted_image.ts";

/** Fetches the channels of a time point. */
export type FrameLoader = (time: number, signal: AbortSignal) => Promise<readonly Image[]>;

/** The most time points kept beside the first. */
const KEPT = 16;

/** The channels of the time points of an image, which may come as they are looked at. */
export class Frames {
  /** How many time points there are. */
  readonly count: number;
  /** The channels of the first time point, whose size all others have. */
  readonly first: readonly Image[];
  readonly #here = new Map<number, readonly Image[]>();
  readonly #coming = new Map<number, AbortController>();
  readonly #listeners = new Set<(time: number) => void>();
  readonly #load: FrameLoader | undefined;

  /**
   * @param image All time points, or the first of `count`.
   * @param load Fetches those that are missing.
   * @throws {DaubError} `image` when there is no channel or they differ in size.
   */
  constructor(image: PaintedImage, count?: number, load?: FrameLoader) {
    const given = Array.isArray(image) && Array.isArray(image[0])
      ? image as readonly (readonly Image[])[]
      : [asChannels(image as Image | readonly Image[])];
    asChannels(given.flat());
    given.forEach((channels, time) => this.#here.set(time, channels));
    this.first = given[0];
    this.count = Math.max(count ?? 0, given.length);
    this.#load = load;
  }

  /** The channels of a time point; undefined while they are on their way. */
  at(time: number): readonly Image[] | undefined {
    const found = this.#here.get(time);
    if (found === undefined && this.#load && !this.#coming.has(time)) void this.#fetch(time);
    return found;
  }

  /** Calls `listener` when a time point has come, until the signal aborts. */
  listen(listener: (time: number) => void, signal: AbortSignal): void {
    this.#listeners.add(listener);
    signal.addEventListener("abort", () => this.#listeners.delete(listener), { once: true });
  }

  async #fetch(time: number): Promise<void> {
    // Who moves on to another time point does not wait for those passed by.
    for (const other of this.#coming.values()) other.abort();
    this.#coming.clear();
    const controller = new AbortController();
    this.#coming.set(time, controller);
    try {
      const channels = await this.#load!(time, controller.signal);
      if (this.#here.size > KEPT) this.#here.delete([...this.#here.keys()].find((key) => key > 0)!);
      this.#here.set(time, channels);
      for (const listener of [...this.#listeners]) listener(time);
    } catch {
      // Asked for again when it is looked at again; whoever computes says what is wrong.
    } finally {
      if (this.#coming.get(time) === controller) this.#coming.delete(time);
    }
  }
}
