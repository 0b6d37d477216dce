/// <reference lib="dom" />
import { StorageOutbox } from "../outbox.ts";
import { openRemoteEngine, type RemoteEngine } from "../remote_engine.ts";
import { socketOf } from "../remote_images.ts";
import type { ChosenImage } from "./choose_image.ts";
import { showConnection } from "./connection_notice.ts";
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
    ? await openServerEngine(image.remote, invalidation)
    : await openPageEngine(image.source!, image.name);
  invalidation?.then(() => engine[Symbol.asyncDispose]());
  return engine;
}

async function openServerEngine(
  image: NonNullable<ChosenImage["remote"]>,
  invalidation?: Promise<unknown>,
): Promise<RemoteEngine> {
  const outbox = new StorageOutbox(localStorage);
  const engine = await openRemoteEngine(socketOf(location.origin, image), { outbox });
  const controller = new AbortController();
  invalidation?.then(() => controller.abort());
  showConnection(engine, controller.signal);
  return engine;
}
