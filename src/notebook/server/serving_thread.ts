import type { Served } from "./serve.ts";
import {
  errorOf,
  type FromServing,
  type ServingRequest,
  type ToServing,
} from "./serving_messages.ts";
import { allowOnly } from "./worker_permissions.ts";

/** The thread that serves the notebook, as the one that starts it sees it. */
export class ServingThread implements Served {
  readonly #worker: Worker;
  readonly #address = Promise.withResolvers<string>();
  readonly #closed = Promise.withResolvers<void>();
  readonly #failed = Promise.withResolvers<never>();
  /** The address to open, once it serves. */
  address = "";

  /**
   * Starts the thread with these permissions; it loads its code.
   *
   * @param script Tests put another one in its place.
   */
  constructor(
    permissions: Deno.PermissionOptionsObject,
    script: URL = new URL("./serving_worker.ts", import.meta.url),
  ) {
    this.#worker = new Worker(script, allowOnly(permissions));
    this.#worker.onmessage = ({ data }: MessageEvent<FromServing>) => {
      if (data === "closed") this.#closed.resolve();
      else if ("address" in data) this.#address.resolve(data.address);
      else this.#address.reject(errorOf(data.failure));
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#failed.reject(new Error(event.message));
    };
    this.#failed.promise.catch(() => {});
  }

  /** Rejects when the thread has crashed. */
  get failed(): Promise<never> {
    return this.#failed.promise;
  }

  /** Serves; whatever is refused is thrown as where it arose. */
  async serve(request: ServingRequest): Promise<void> {
    this.#tell(request);
    this.address = await Promise.race([this.#address.promise, this.failed]);
  }

  /** Writes what is not written, frees the address and ends the thread. */
  async close(): Promise<void> {
    this.#tell("close");
    await Promise.race([this.#closed.promise, this.failed]);
    this.end();
  }

  /** Ends the thread at once. */
  end(): void {
    this.#worker.terminate();
  }

  #tell(message: ToServing): void {
    this.#worker.postMessage(message);
  }
}
