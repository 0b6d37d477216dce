/**
 * The thread that computes for one image, so that the one that serves pages never waits.
 *
 * @module
 */
import { openBackend } from "../../backends/open_backend.ts";
import { DaubError } from "../../errors.ts";
import { warmUp } from "../../flow/warm_up.ts";
import { pixelCount } from "../../image/image.ts";
import { openImage } from "../../image/read.ts";
import { sampleBytes } from "../../image/sample_type.ts";
import { Annotation } from "../annotation.ts";
import { decodeCommand } from "../annotation_codec.ts";
import { encodeAnnotation } from "../annotation_tiff.ts";
import { encodeChannels } from "../channel_codec.ts";
import type { Engine } from "../engine.ts";
import { LocalApplier } from "../local_applier.ts";
import { openLocalEngine } from "../local_engine.ts";
import { typeName } from "../packing.ts";
import { errorMessage } from "../protocol_parts.ts";
import { encodeFeatures, encodeResult } from "../result_codec.ts";
import { THREADS_IDLE_AFTER as idleAfter } from "../threads_idle_after.ts";
import { seriesOf } from "../time_series.ts";
import type {
  FromWorker,
  OpenedImage,
  ToWorker,
  WorkerAnswer,
  WorkerRequest,
} from "./worker_messages.ts";

/** What of a worker's global scope is used. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
  postMessage(message: FromWorker, transfer?: Transferable[]): void;
}

const scope = globalThis as unknown as WorkerScope;
const running = new Map<number, AbortController>();
let engine: Engine | undefined;
let annotation: Annotation | undefined;
let applier: LocalApplier | undefined;

scope.onmessage = ({ data }) => {
  if ("cancel" in data) running.get(data.cancel)?.abort("cancelled");
  else void answer(data.id, data.request);
};

async function answer(id: number, request: WorkerRequest): Promise<void> {
  const controller = new AbortController();
  running.set(id, controller);
  try {
    const answer = await run(id, request, controller.signal);
    scope.postMessage({ id, answer }, buffersOf(answer) as Transferable[]);
  } catch (error) {
    scope.postMessage({ id, error: errorMessage(error) });
  } finally {
    running.delete(id);
  }
}

async function run(
  id: number,
  request: WorkerRequest,
  signal: AbortSignal,
): Promise<WorkerAnswer> {
  switch (request.kind) {
    case "open":
      return await open(request);
    case "paint":
      for (const command of request.commands) annotation!.apply(decodeCommand(command), "log");
      return undefined;
    case "compute": {
      const { frame, options, want, isFar } = request;
      const { revision } = annotation!;
      const result = await engine!.compute({
        revision,
        annotation: annotation!.snapshot().painted(),
        frame,
        options,
        want,
        signal,
        onProgress: (progress) => scope.postMessage({ id, progress }),
      });
      return await encodeResult(result, isFar);
    }
    case "features":
      return await encodeFeatures(await engine!.features(request.options, signal));
    case "frame":
      return encodeChannels(await engine!.frame(request.frame, signal));
    case "save":
      return await encodeAnnotation(annotation!.snapshot());
    case "classifier": {
      const { text, name, backend, maxPixels } = request;
      applier ??= new LocalApplier(() => openBackend(backend), maxPixels);
      return await applier.load(text, name);
    }
    case "apply":
      return await applier!.apply({ source: request.bytes, name: request.name }, {
        channels: request.channels,
        signal,
        onProgress: (progress) => scope.postMessage({ id, progress }),
      });
  }
}

/** What of an answer is handed over rather than copied. */
function buffersOf(answer: WorkerAnswer): ArrayBufferLike[] {
  if (answer === undefined) return [];
  if (answer instanceof Uint8Array) return [answer.buffer];
  if ("channels" in answer) return answer.channels.map(({ bytes }) => bytes.buffer);
  return "frames" in answer ? answer.frames.map(({ labels }) => labels.buffer) : [];
}

async function open(request: Extract<WorkerRequest, { kind: "open" }>): Promise<OpenedImage> {
  const { bytes, name, backend, isComputed, maxPixels, maxBytes } = request;
  const file = await openImage(bytes, { name });
  const pixels = pixelCount(file.info) * file.info.channels;
  if (pixels > maxPixels) {
    throw new DaubError(
      "image",
      `Expected an image of at most ${maxPixels} pixels, all channels together, but found ` +
        `${pixels} in ${name}. Crop it, or choose fewer channels.`,
      { expected: maxPixels, found: pixels, where: name },
    );
  }
  const memory = pixels * sampleBytes(file.info.sampleType);
  if (memory > maxBytes) {
    throw new DaubError(
      "image",
      `Expected an image that takes at most ${maxBytes} bytes of memory but found one of ` +
        `${memory} in ${name}. Crop it, or save it with fewer bits a pixel.`,
      { expected: maxBytes, found: memory, where: name },
    );
  }
  const channels = await file.read();
  const opened = await openBackend(backend, { idleAfter });
  // What fails here fails again, and is told, when something is computed.
  if (isComputed) warmUp(opened).catch(() => {});
  const series = seriesOf(file);
  engine = await openLocalEngine(channels, { name, backend: opened, series, idleAfter });
  const { size } = engine.image;
  annotation = new Annotation(size);
  return {
    name,
    contentKey: engine.image.contentKey,
    size,
    device: engine.device,
    // Copies, because the pixels themselves stay with the engine.
    channels: channels.map(({ data, name, voxelSize }) => ({
      type: typeName(data),
      ...(name !== undefined && { name: name.slice(0, 1000) }),
      ...(voxelSize && { voxelSize }),
      bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice(),
    })),
  };
}
