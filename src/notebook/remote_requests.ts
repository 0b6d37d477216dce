import { DaubError, throwIfCancelled } from "../errors.ts";
import type { EngineProgress } from "./engine.ts";
import type { PageMessage } from "./protocol.ts";

/** A message that is answered. */
export type RemoteRequest = Extract<PageMessage, { kind: "compute" | "features" | "frame" }>;

interface Waiting<Request, Answer> {
  readonly request: Request;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
  readonly onProgress?: (progress: EngineProgress) => void;
}

/** Gives a request up. */
interface Cancellation {
  readonly kind: "cancel";
  readonly id: number;
}

/** The requests of a page that a server has not answered, which outlive a lost connection. */
export class RemoteRequests<Request = RemoteRequest, Answer = Uint8Array> {
  readonly #waiting = new Map<number, Waiting<Request, Answer>>();
  #lastId = 0;

  /** @param send Sends a message, when somebody listens. */
  constructor(readonly send: (message: Request | Cancellation) => void) {}

  /**
   * Asks and waits for the answer.
   *
   * @throws {DaubError} `cancelled`, or what the server found.
   */
  async ask(
    make: (id: number) => Request,
    signal?: AbortSignal,
    onProgress?: (progress: EngineProgress) => void,
  ): Promise<Answer> {
    throwIfCancelled(signal);
    const id = ++this.#lastId;
    const request = make(id);
    let cancel = () => {};
    try {
      return await new Promise((resolve, reject) => {
        this.#waiting.set(id, { request, resolve, reject, onProgress });
        cancel = () => {
          this.send({ kind: "cancel", id });
          reject(new DaubError("cancelled", "The computation was cancelled."));
        };
        signal?.addEventListener("abort", cancel, { once: true });
        this.send(request);
      });
    } finally {
      this.#waiting.delete(id);
      signal?.removeEventListener("abort", cancel);
    }
  }

  /** Asks everything that waits again, of a server that does not know of it. */
  askAgain(): void {
    for (const { request } of this.#waiting.values()) this.send(request);
  }

  /** Tells how far a request has come. */
  progressed(id: number, progress: EngineProgress): void {
    this.#waiting.get(id)?.onProgress?.(progress);
  }

  /** Gives a request its answer. */
  answered(id: number, answer: Answer): void {
    this.#waiting.get(id)?.resolve(answer);
  }

  /** Lets a request fail. */
  failed(id: number, error: unknown): void {
    this.#waiting.get(id)?.reject(error);
  }

  /** Lets all requests fail. */
  failAll(error: unknown): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
