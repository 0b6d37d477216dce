/// <reference lib="dom" />
import { openRemoteEngine } from "../remote_engine.ts";
import { socketOf } from "../remote_images.ts";
import type { ChosenImage } from "./choose_image.ts";
import { openPageEngine, type PageEngine } from "./page_engine.ts";

/**
 * Opens whoever computes for an image: the server where it has the image, else the page.
 *
 * @param invalidation When it settles, the engine is closed.
 * @throws {DaubError} as reading the image and connecting do.
 */
export async function openEngine(
  image: ChosenImage,
  invalidation?: Promise<unknown>,
): Promise<PageEngine> {
  const engine = image.remote
    ? await openRemoteEngine(socketOf(location.origin, image.remote))
    : await openPageEngine(image.source!, image.name);
  invalidation?.then(() => engine[Symbol.asyncDispose]());
  return engine;
}
