import { DaubError, throwIfCancelled } from "../../errors.ts";
import type { AppliedImage, ApplyingOptions, ClassifierFacts } from "../applied_image.ts";
import type { EngineProgress } from "../engine.ts";
import { readError } from "../protocol_parts.ts";
import { allowOnly } from "./worker_permissions.ts";
import type {
  FromWorker,
  OpenedImage,
  ToWorker,
  WorkerAnswer,
  WorkerRequest,
} from "./worker_messages.ts";

/** Starts the thread that computes; tests put another one in its place. */
export type StartWorker = () => Worker;

interface Waiting {
  readonly resolve: (answer: WorkerAnswer) => void;
  readonly reject: (error: unknown) => void;
  readonly onProgress?: (progress: EngineProgress) => void;
}

/**
 * The thread that computes for one image, as the server's thread sees it. When it crashes or does
 * not stop, everything that waits for it fails and it is of no more use.
 */
export class Computer {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #ended: DaubError | undefined;

  constructor(start: StartWorker, readonly cancelAfter: number) {
    this.#worker = start();
    this.#worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.#receive(data);
    this.#worker.onerror = (event) => {
      // An error that nobody catches would end the server.
      event.preventDefault();
      this.#end(`it crashed (${event.message})`);
    };
  }

  /** Whether it can still compute. */
  get alive(): boolean {
    return this.#ended === undefined;
  }

  /** Reads an image and stays with it. */
  async open(request: Extract<WorkerRequest, { kind: "open" }>): Promise<OpenedImage> {
    return await this.#ask(request, { transfer: [request.bytes.buffer] }) as OpenedImage;
  }

  /** Applies commands to its copy of the annotation. */
  async paint(commands: readonly Uint8Array[]): Promise<void> {
    await this.#ask({ kind: "paint", commands });
  }

  /** Bytes that it computes: a result, features, or the annotation as a file. */
  async compute(
    request: Extract<WorkerRequest, { kind: "compute" | "features" | "frame" | "save" }>,
    options: { signal?: AbortSignal; onProgress?: (progress: EngineProgress) => void } = {},
  ): Promise<Uint8Array> {
    return await this.#ask(request, options) as Uint8Array;
  }

  /** Takes a classifier. */
  async load(
    request: Extract<WorkerRequest, { kind: "classifier" }>,
  ): Promise<ClassifierFacts> {
    return await this.#ask(request) as ClassifierFacts;
  }

  /** Applies the classifier to an image file. */
  async apply(
    request: Extract<WorkerRequest, { kind: "apply" }>,
    options: ApplyingOptions,
  ): Promise<AppliedImage> {
    const transfer = [request.bytes.buffer];
    return await this.#ask(request, { ...options, transfer }) as AppliedImage;
  }

  /** Ends the thread; what waits for it fails. */
  [Symbol.dispose](): void {
    this.#end("the image was closed");
  }

  async #ask(
    request: WorkerRequest,
    { signal, onProgress, transfer = [] }: {
      signal?: AbortSignal;
      onProgress?: (progress: EngineProgress) => void;
      transfer?: Transferable[];
    } = {},
  ): Promise<WorkerAnswer> {
    throwIfCancelled(signal);
    if (this.#ended) throw this.#ended;
    const id = ++this.#lastId;
    let deadline: ReturnType<typeof setTimeout> | undefined;
    const cancel = () => {
      this.#post({ cancel: id });
      deadline = setTimeout(() => this.#end("it did not stop when asked to"), this.cancelAfter);
    };
    signal?.addEventListener("abort", cancel, { once: true });
    try {
      return await new Promise((resolve, reject) => {
        this.#waiting.set(id, { resolve, reject, onProgress });
        this.#post({ id, request }, transfer);
      });
    } finally {
      this.#waiting.delete(id);
      signal?.removeEventListener("abort", cancel);
      clearTimeout(deadline);
    }
  }

  #post(message: ToWorker, transfer: Transferable[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  #receive(message: FromWorker): void {
    const waiting = this.#waiting.get(message.id);
    if ("progress" in message) waiting?.onProgress?.(message.progress);
    else if ("error" in message) waiting?.reject(readError(message.error));
    else waiting?.resolve(message.answer);
  }

  #end(why: string): void {
    if (this.#ended) return;
    this.#ended = new DaubError(
      "server",
      `Expected a result but the thread that computes was ended: ${why}. Try again, with fewer ` +
        `features or a smaller image if it happens again.`,
      { found: why },
    );
    this.#worker.terminate();
    for (const { reject } of this.#waiting.values()) reject(this.#ended);
    this.#waiting.clear();
  }
}

/**
 * Starts the thread that computes with the local engine. It gets its bytes by message, so it is
 * allowed nothing: whatever the decoding of a hostile image made it do, it reads and writes no file
 * and reaches no network.
 *
 * @param script Tests put another one in its place.
 */
export function startComputeWorker(
  script: URL = new URL("./compute_worker.ts", import.meta.url),
): Worker {
  return new Worker(script, allowOnly("none"));
}
