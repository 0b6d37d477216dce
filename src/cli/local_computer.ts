import type { Backend } from "../backend.ts";
import type { Tool } from "./classifier.ts";
import { computeImage } from "./compute_image.ts";
import type { Input } from "./inputs.ts";
import type { Computer, Task, TaskListener } from "./task.ts";

/** Works on images in this thread. */
export class LocalComputer implements Computer {
  readonly #task: Task;
  readonly #tool: Tool | undefined;
  readonly #backend: Backend;
  readonly #signal: AbortSignal | undefined;

  /** @param backend Stays open. */
  constructor(task: Task, tool: Tool | undefined, backend: Backend, signal?: AbortSignal) {
    this.#task = task;
    this.#tool = tool;
    this.#backend = backend;
    this.#signal = signal;
  }

  async compute(input: Input, listener: TaskListener): Promise<void> {
    await computeImage(input, this.#task, this.#tool, this.#backend, listener, this.#signal);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}
