/// <reference lib="dom" />
import { readImage } from "../../image/read.ts";
import { Annotation } from "../annotation.ts";
import type { Engine } from "../engine.ts";
import { openLocalEngine } from "../local_engine.ts";
import { openRemoteEngine } from "../remote_engine.ts";
import { socketOf } from "../remote_images.ts";
import type { ChosenImage } from "./choose_image.ts";

/** An engine and the strokes that it answers. */
export interface PageEngine extends Engine {
  readonly annotation: Annotation;
}

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
    : await openPageEngine(image);
  invalidation?.then(() => engine[Symbol.asyncDispose]());
  return engine;
}

async function openPageEngine({ name, source }: ChosenImage): Promise<PageEngine> {
  const engine = await openLocalEngine(await readImage(source!, { name }), {
    backend: "cpu",
    name,
  });
  return Object.assign(engine, { annotation: new Annotation(engine.image.size) });
}
