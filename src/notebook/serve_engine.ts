import type { Backend } from "../backend.ts";
import { DaubError } from "../errors.ts";
import { warmUp } from "../flow/warm_up.ts";
import type { Image } from "../image/image.ts";
import { openImage, readImage } from "../image/read.ts";
import type { Engine, EngineProgress, EngineResult } from "./engine.ts";
import type {
  EngineAnswers,
  EnginePort,
  EngineRequest,
  FromEngine,
  ImageSource,
  ToEngine,
} from "./engine_messages.ts";
import { defaultEngineOptions } from "./engine_options.ts";
import { LocalApplier } from "./local_applier.ts";
import { openLocalEngine } from "./local_engine.ts";
import { LookingAt } from "./looking_at.ts";
import { type ClassifiedObjects, ObjectWorkbench } from "./object_workbench.ts";
import { openAllowedBackend } from "./open_allowed_backend.ts";
import { errorMessage } from "./protocol_parts.ts";
import { sliceBackend } from "./slice_backend.ts";
import { THREADS_IDLE_AFTER } from "./threads_idle_after.ts";
import { seriesOf, type TimeSeries } from "./time_series.ts";
import { qualityWorkbench } from "./training_quality.ts";

type Answer = EngineAnswers[keyof EngineAnswers];

/** How {@linkcode serveEngine} computes. */
export interface ServeOptions {
  /** Whether the thread has other things to do, so that it must not be held for long. */
  readonly inSlices?: boolean;
}

/** Computes for whoever is at the other end of a line: the program of a page's worker. */
export function serveEngine(port: EnginePort, { inSlices = false }: ServeOptions = {}): void {
  const running = new Map<number, AbortController>();
  const workbench = new ObjectWorkbench();
  const applier = new LocalApplier(async () => {
    const opened = await openAllowedBackend();
    return inSlices ? sliceBackend(opened) : opened;
  });
  const looking = new LookingAt();
  let engine: Engine | undefined;
  let backend: Backend | undefined;
  let warming: Promise<void> | undefined;

  const post = (message: FromEngine, transfer: ArrayBuffer[] = []) =>
    port.postMessage(message, { transfer });
  const expectEngine = (): Engine => {
    if (engine) return engine;
    throw new DaubError("image", "Expected an open image but found none. Open one first.");
  };
  const close = async () => {
    await engine?.[Symbol.asyncDispose]();
    await warming;
    await backend?.[Symbol.asyncDispose]();
    engine = backend = undefined;
  };
  const open = async (
    { source, name, backend: choice }: Extract<EngineRequest, { kind: "open" }>,
  ): Promise<EngineAnswers["open"]> => {
    const { channels, series } = await openSeries(source, name);
    await close();
    const opened = await openAllowedBackend(choice);
    // What fails here fails again, and is told, when something is computed.
    warming = warmUp(opened).catch(() => {});
    backend = inSlices ? sliceBackend(opened) : opened;
    engine = await openLocalEngine(channels, {
      backend,
      name,
      series,
      idleAfter: THREADS_IDLE_AFTER,
    });
    const { image, device } = engine;
    return { image, device, options: defaultEngineOptions(image.size) };
  };
  const run = async (
    id: number,
    request: EngineRequest,
    signal: AbortSignal,
  ): Promise<Answer> => {
    const onProgress = (progress: EngineProgress) => post({ id, progress });
    switch (request.kind) {
      case "read":
        return await read(request);
      case "look":
        return await looking.open(request, signal);
      case "look at":
        return await looking.read(request, signal);
      case "open":
        return await open(request);
      case "compute":
        return await expectEngine().compute({
          ...request,
          signal,
          onProgress,
        });
      case "features":
        return await expectEngine().features(request.options, signal);
      case "frame":
        return await expectEngine().frame(request.time, signal);
      case "measure":
        return await workbench.measure(request.labels, request.image, signal);
      case "classify objects":
        return await workbench.classify(request.annotation, request.options, signal);
      case "merge objects":
        return await workbench.merge(request.annotation, request.options, signal);
      case "judge":
        return await qualityWorkbench.judge(request.set, { signal });
      case "cross-validate":
        return await qualityWorkbench.crossValidate(request.set, { signal, onProgress });
      case "suggest":
        return await qualityWorkbench.suggest(request.set, { signal, onProgress });
      case "classifier":
        return await applier.load(request.text, request.name);
      case "apply":
        return await applier.apply(request, {
          channels: request.channels,
          signal,
          onProgress,
        });
      case "close":
        return await close() as undefined;
    }
  };
  const answer = async (id: number, request: EngineRequest) => {
    const controller = new AbortController();
    running.set(id, controller);
    try {
      const answer = toHandOver(request, await run(id, request, controller.signal));
      post({ id, answer }, largeBuffers(answer));
    } catch (error) {
      post({ id, error: errorMessage(error) });
    } finally {
      running.delete(id);
    }
  };

  port.onmessage = ({ data }: MessageEvent<ToEngine>) => {
    if ("cancel" in data) running.get(data.cancel)?.abort();
    else void answer(data.id, data.request);
  };
  post("ready");
}

/**
 * An answer whose pixels nobody here holds on to. A page that is handed pixels does not have to copy
 * them, which for a large image would be felt while somebody paints.
 */
function toHandOver(request: EngineRequest, answer: Answer): Answer {
  if (request.kind !== "compute") return answer;
  const copy = <Made extends Image>(image: Made): Made => ({ ...image, data: image.data.slice() });
  const { labels, classes, probabilities, uncertainty, ...rest } = answer as EngineResult;
  return {
    ...rest,
    labels: copy(labels),
    ...(classes && { classes: copy(classes) }),
    ...(probabilities && { probabilities: probabilities.map(copy) }),
    ...(uncertainty && { uncertainty: copy(uncertainty) }),
  };
}

/** The buffers of an answer that are handed over: those of results that are made for each answer. */
function largeBuffers(answer: Answer): ArrayBuffer[] {
  const results = answer as Partial<EngineResult & ClassifiedObjects>;
  const { labels, kept, classes, probabilities = [], uncertainty } = results;
  const images = [labels, kept, classes, ...probabilities, uncertainty];
  return images.flatMap((image) =>
    image && "data" in image && image.data.buffer instanceof ArrayBuffer ? [image.data.buffer] : []
  );
}

async function read(
  { source, name }: Extract<EngineRequest, { kind: "read" }>,
): Promise<readonly Image[]> {
  return Array.isArray(source) ? source : await readImage(source as string | Blob, { name });
}

/** The first time point of an image, and how to read the others. */
async function openSeries(
  source: ImageSource,
  name?: string,
): Promise<{ channels: readonly Image[]; series?: TimeSeries }> {
  if (Array.isArray(source)) return { channels: source };
  const file = await openImage(source as string | Blob, { name });
  return { channels: await file.read(), series: seriesOf(file) };
}
