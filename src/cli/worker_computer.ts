import { DaubError } from "../errors.ts";
import type { FromComputer, ToComputer } from "./computer_messages.ts";
import type { Input } from "./inputs.ts";
import { type Computer, fromPlainError, type Task, type TaskListener } from "./task.ts";

/** Works on images in a thread of its own, which ends when this is disposed or cancelled. */
export class WorkerComputer implements Computer {
  readonly #worker: Worker;
  readonly #signal: AbortSignal | undefined;
  #hear: ((message: FromComputer) => void) | undefined;
  #fail: ((error: Error) => void) | undefined;
  readonly #stop = () => {
    this.#worker.terminate();
    const reason = this.#signal?.reason;
    this.#fail?.(new DaubError("cancelled", "The computation was cancelled.", { cause: reason }));
  };

  private constructor(signal: AbortSignal | undefined) {
    this.#signal = signal;
    this.#worker = new Worker(new URL("./computer_worker.ts", import.meta.url), { type: "module" });
    this.#worker.onmessage = ({ data }) => this.#hear?.(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#fail?.(new Error(event.message));
    };
    signal?.addEventListener("abort", this.#stop);
  }

  /**
   * Starts a thread.
   *
   * @param threads How many threads its backend may use itself.
   * @throws {DaubError} `backend` when the thread gets none.
   */
  static async start(task: Task, threads: number, signal?: AbortSignal): Promise<WorkerComputer> {
    const computer = new WorkerComputer(signal);
    try {
      await computer.#converse((message, end) => {
        if (message.type === "ready") end();
      }, { type: "start", task, threads });
      return computer;
    } catch (error) {
      await computer[Symbol.asyncDispose]();
      throw error;
    }
  }

  async compute(input: Input, listener: TaskListener): Promise<void> {
    let refusal: unknown;
    const answer = async (dealing: Promise<void>) => {
      try {
        await dealing;
        this.#tell({ type: "go" });
      } catch (error) {
        refusal = error;
        this.#tell({ type: "leave" });
      }
    };
    try {
      await this.#converse((message, end) => {
        if (message.type === "opened") answer(listener.opened(message.info, message.bytes));
        if (message.type === "done") answer(listener.done(message.result));
        if (message.type === "finished") end();
      }, { type: "compute", input });
    } catch (error) {
      throw refusal ?? error;
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#signal?.removeEventListener("abort", this.#stop);
    this.#worker.terminate();
    return Promise.resolve();
  }

  /** Tells something and hears what comes back until it ends or fails. */
  #converse(
    hear: (message: FromComputer, end: () => void) => void,
    first: ToComputer,
  ): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      if (this.#signal?.aborted) return reject(new DaubError("cancelled", "It was cancelled."));
      this.#fail = reject;
      this.#hear = (message) => {
        if (message.type === "failed") reject(fromPlainError(message.error));
        else hear(message, resolve);
      };
      this.#tell(first);
    });
  }

  #tell(message: ToComputer): void {
    this.#worker.postMessage(message);
  }
}
