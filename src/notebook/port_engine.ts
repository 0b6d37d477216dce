import type { BackendChoice } from "../backend.ts";
import { DaubError, throwIfCancelled } from "../errors.ts";
import type { ImageApplier } from "./applied_image.ts";
import type { Image } from "../image/image.ts";
import type { Engine, EngineImage, EngineOptions, EngineProgress, EngineResult } from "./engine.ts";
import type {
  EngineAnswers,
  EnginePort,
  EngineRequest,
  FromEngine,
  ImageSource,
} from "./engine_messages.ts";
import type { ObjectComputer } from "./object_workbench.ts";
import { readError } from "./protocol_parts.ts";
import type { TimeSeries } from "./time_series.ts";
import type { QualityComputer } from "./training_quality.ts";

interface Waiting {
  readonly resolve: (answer: EngineAnswers[keyof EngineAnswers]) => void;
  readonly reject: (error: unknown) => void;
  readonly onProgress?: (progress: EngineProgress) => void;
}

interface AskOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: EngineProgress) => void;
}

/** An image file that is looked at. */
export interface LookedAt {
  /** Those of the first time point. */
  readonly channels: readonly Image[];
  readonly series: TimeSeries;
}

/** Asks a thread that computes, at the other end of a line. */
export class EngineLine {
  readonly #port: EnginePort;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #lastLook = 0;
  #ended: DaubError | undefined;

  /** Takes over a port whose other end is ready. */
  constructor(port: EnginePort) {
    this.#port = port;
    port.onmessage = ({ data }: MessageEvent<FromEngine>) => this.#receive(data);
  }

  /**
   * The channels of an image that is stored somewhere.
   *
   * @param name What messages call it. Default its address or the file's name.
   */
  async read(
    source: ImageSource,
    { name, signal }: { name?: string; signal?: AbortSignal } = {},
  ): Promise<readonly Image[]> {
    return await this.#ask({ kind: "read", source, name }, { signal });
  }

  /**
   * Looks at an image file, in place of the one before.
   *
   * @param name What messages call it. Default its address or the file's name.
   * @returns The channels of its first time point, and how the others are read, until another one
   * is looked at.
   */
  async look(source: string | Blob, name?: string): Promise<LookedAt> {
    const look = ++this.#lastLook;
    const { channels, frames } = await this.#ask({ kind: "look", look, source, name });
    const read = (time: number, signal?: AbortSignal) =>
      this.#ask({ kind: "look at", look, time }, { signal });
    return { channels, series: { frames, read } };
  }

  /**
   * Opens an engine on an image; there is one at a time.
   *
   * @returns The engine, and the options to begin with.
   * @throws {DaubError} as reading the image and opening a backend do.
   */
  async open(
    source: ImageSource,
    options: { name?: string; backend?: BackendChoice; signal?: AbortSignal } = {},
  ): Promise<{ engine: Engine; options: EngineOptions }> {
    const { signal, ...rest } = options;
    const opened = await this.#ask({ kind: "open", source, ...rest }, { signal });
    const ask: Ask = (request, options) => this.#ask(request, options);
    return { engine: new PortEngine(opened.image, opened.device, ask), options: opened.options };
  }

  /** What measures and classifies objects there; needs no open image. */
  get objects(): ObjectComputer {
    return {
      measure: (labels, image, signal) => this.#ask({ kind: "measure", labels, image }, { signal }),
      classify: (annotation, options, signal) =>
        this.#ask({ kind: "classify objects", annotation, options }, { signal }),
      merge: (annotation, options, signal) =>
        this.#ask({ kind: "merge objects", annotation, options }, { signal }),
    };
  }

  /** What judges classifiers there; needs no open image. */
  get quality(): QualityComputer {
    return {
      judge: (set, context) => this.#ask({ kind: "judge", set }, context),
      crossValidate: (set, context) => this.#ask({ kind: "cross-validate", set }, context),
      suggest: (set, context) => this.#ask({ kind: "suggest", set }, context),
    };
  }

  /** What applies a saved classifier there; needs no open image. */
  get applier(): ImageApplier<{ readonly source: Blob; readonly name: string }> {
    return {
      load: (text, name) => this.#ask({ kind: "classifier", text, name }),
      apply: ({ source, name }, options) =>
        this.#ask({ kind: "apply", source, name, channels: options?.channels }, options),
    };
  }

  /** Whether it is of no more use. */
  get isEnded(): boolean {
    return this.#ended !== undefined;
  }

  /** Ends it: whatever waits fails, and so does what is asked later. */
  end(why: string): void {
    this.#ended ??= new DaubError(
      "backend",
      `Expected a result but the thread that computes was ended: ${why}. Open the image again, ` +
        `with fewer features or a smaller image if it happens again.`,
      { found: why },
    );
    for (const { reject } of this.#waiting.values()) reject(this.#ended);
    this.#waiting.clear();
  }

  async #ask<Kind extends keyof EngineAnswers>(
    request: Extract<EngineRequest, { kind: Kind }>,
    { signal, onProgress }: AskOptions = {},
  ): Promise<EngineAnswers[Kind]> {
    throwIfCancelled(signal);
    if (this.#ended) throw this.#ended;
    const id = ++this.#lastId;
    const cancel = () => this.#port.postMessage({ cancel: id });
    signal?.addEventListener("abort", cancel, { once: true });
    try {
      return await new Promise((resolve, reject) => {
        this.#waiting.set(id, { resolve: resolve as Waiting["resolve"], reject, onProgress });
        this.#port.postMessage({ id, request });
      });
    } finally {
      this.#waiting.delete(id);
      signal?.removeEventListener("abort", cancel);
    }
  }

  #receive(message: FromEngine): void {
    if (message === "ready") return;
    const waiting = this.#waiting.get(message.id);
    if ("progress" in message) waiting?.onProgress?.(message.progress);
    else if ("error" in message) waiting?.reject(readError(message.error));
    else waiting?.resolve(message.answer);
  }
}

type Ask = <Kind extends keyof EngineAnswers>(
  request: Extract<EngineRequest, { kind: Kind }>,
  options?: AskOptions,
) => Promise<EngineAnswers[Kind]>;

/** An engine at the other end of a line. */
class PortEngine implements Engine {
  readonly #ask: Ask;

  constructor(readonly image: EngineImage, readonly device: string, ask: Ask) {
    this.#ask = ask;
  }

  async compute(
    { signal, onProgress, ...request }: Parameters<Engine["compute"]>[0],
  ): Promise<EngineResult> {
    return await this.#ask({ kind: "compute", ...request }, { signal, onProgress });
  }

  async features(options: EngineOptions, signal?: AbortSignal): ReturnType<Engine["features"]> {
    return await this.#ask({ kind: "features", options }, { signal });
  }

  async frame(time: number, signal?: AbortSignal): Promise<readonly Image[]> {
    if (time === 0) return this.image.channels;
    return await this.#ask({ kind: "frame", time }, { signal });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#ask({ kind: "close" });
  }
}
