/// <reference lib="dom" />
import { StorageOutbox } from "../outbox.ts";
import { openRemoteEngine, type RemoteEngine } from "../remote_engine.ts";
import { socketOf } from "../remote_images.ts";
import type { ChosenImage } from "./choose_image.ts";
import { showConnection } from "./connection_notice.ts";
import { listenToOptions, openPageEngine, type PageEngine } from "./page_engine.ts";
import { PageJournal } from "./page_journal.ts";

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

/**
 * Further strokes on an image that is open, such as classes painted over its objects. Where a
 * server computes, it keeps them beside the others.
 *
 * @param layer Its name, in small letters.
 * @param invalidation When it settles, the strokes are closed.
 */
export async function openLayer(
  engine: PageEngine,
  image: ChosenImage,
  layer: string,
  invalidation?: Promise<unknown>,
): Promise<PageEngine> {
  if (image.remote) {
    const strokes = await openServerEngine(image.remote, invalidation, layer);
    invalidation?.then(() => strokes[Symbol.asyncDispose]());
    return strokes;
  }
  const { contentKey, size } = engine.image;
  const journal = await PageJournal.open(`${contentKey}-${layer}`, size);
  invalidation?.then(() => journal.close());
  const { annotation, notes: { options, view } } = journal;
  return {
    device: engine.device,
    image: engine.image,
    annotation,
    options,
    view,
    choose: (options) => journal.note({ options }),
    look: (view) => journal.note({ view }),
    listen: (listener, signal) => listenToOptions(journal, listener, signal),
    compute: (request) => engine.compute(request),
    features: (options, signal) => engine.features(options, signal),
    frame: (time, signal) => engine.frame(time, signal),
    [Symbol.asyncDispose]: () => Promise.resolve(journal.close()),
  };
}

async function openServerEngine(
  image: NonNullable<ChosenImage["remote"]>,
  invalidation?: Promise<unknown>,
  layer = "",
): Promise<RemoteEngine> {
  const outbox = new StorageOutbox(localStorage, layer);
  const engine = await openRemoteEngine(socketOf(location.origin, image, layer), { outbox });
  const controller = new AbortController();
  invalidation?.then(() => controller.abort());
  showConnection(engine, controller.signal);
  return engine;
}
