import { DaubError } from "../errors.ts";
import { compileKernels, type KernelSource, startKernels } from "./kernels.ts";
import { letOthersRun } from "./let_others_run.ts";
import { canShare, memory } from "./memory.ts";

/** More threads than this cost more memory than they save time. */
const MAX_THREADS = 16;

/** A process that forgets its pool ends so much later, in milliseconds, unless it says otherwise. */
const IDLE_TIME = 3000;

/** How long the calling thread may be kept from its other tasks, in milliseconds. */
const PIECE = 40;

/** The same while threads start, which tell that they are ready in a pause. */
const SHORT_PIECE = 5;

/** What a worker runs: it holds the kernels on the shared memory and calls them as told. */
const WORKER = `
let memory;
const kernels = new Map();
onmessage = ({ data }) => {
  if (data.memory) {
    memory = data.memory;
    postMessage("ready");
  } else if (data.module) {
    const env = {};
    for (const { name } of WebAssembly.Module.imports(data.module)) {
      env[name] = name === "memory" ? memory : Math[name.slice("Math.".length)];
    }
    kernels.set(data.stage, new WebAssembly.Instance(data.module, { env }).exports);
  } else {
    let message;
    try {
      kernels.get(data.stage)[data.name](...data.args);
    } catch (error) {
      message = String(error);
    }
    postMessage({ call: data.call, message });
  }
};
`;

/** A worker and what is known about it. */
interface Thread {
  readonly worker: Worker;
  readonly stages: Map<KernelSource, number>;
  isReady: boolean;
}

interface Call {
  readonly thread: Thread;
  resolve(): void;
  reject(error: Error): void;
}

/** How many threads there are to work with here, the calling one included. */
export function countThreads(): number {
  if (!canShare || typeof Worker !== "function") return 1;
  const cores = globalThis.navigator?.hardwareConcurrency ?? 1;
  return Math.max(1, Math.min(MAX_THREADS, cores));
}

/**
 * Threads that run kernels on the shared memory, the calling thread being the first of them. The
 * others start when there is work for them and end when there is none for a while, or when the pool
 * is disposed. Where there can be none, the calling thread does all.
 */
export class WorkerPool implements Disposable {
  /** How many threads at most take part in a run. */
  readonly numThreads: number;
  #threads: Thread[] = [];
  #calls = new Map<number, Call>();
  #nextCall = 0;
  #hasFailed = false;
  #idle: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param numThreads Default as many as there are processor cores.
   * @param idleAfter How many milliseconds the threads wait for work before they end. Default 3000.
   */
  constructor(numThreads: number = countThreads(), readonly idleAfter: number = IDLE_TIME) {
    this.numThreads = canShare ? numThreads : 1;
  }

  /** How many threads would take part in a run now. */
  get numReady(): number {
    return 1 + this.#threads.filter(({ isReady }) => isReady).length;
  }

  /** Starts the threads, so that a run a little later finds them ready; returns at once. */
  start(): void {
    if (this.numThreads === 1 || this.#hasFailed || this.#threads.length > 0) return;
    try {
      const url = URL.createObjectURL(new Blob([WORKER], { type: "text/javascript" }));
      for (let i = 1; i < this.numThreads; i++) this.#threads.push(this.#open(url));
    } catch {
      this.#fail("workers cannot be started here.");
    }
    this.#rest();
  }

  /**
   * Calls a kernel on every thread that is ready, with a list of arguments of its own. The kernel
   * must share the work out by itself, as by a counter in memory, so that what threads that are
   * not ready leave is done by the others.
   *
   * @param name The kernel, one of the source's functions.
   * @param argumentLists One list per thread; the first is for the calling thread.
   * @param meanwhile What the calling thread does before it takes part, when the others work.
   */
  async run(
    source: KernelSource,
    name: string,
    argumentLists: readonly (readonly number[])[],
    meanwhile?: () => void,
  ): Promise<void> {
    if (argumentLists.length > 1) this.start();
    const ready = this.#threads.filter(({ isReady }) => isReady);
    const calls = ready.slice(0, argumentLists.length - 1).map((thread, i) =>
      this.#call(thread, source, name, argumentLists[i + 1])
    );
    const own = async () => {
      await null;
      meanwhile?.();
      startKernels<Record<string, (...args: number[]) => void>>(source)[name](...argumentLists[0]);
    };
    // All end before any failure is told: memory that a thread works on must not be freed.
    const ends = await Promise.allSettled([own(), ...calls]);
    for (const end of ends) if (end.status === "rejected") throw end.reason;
  }

  /**
   * Calls a kernel on every thread until it returns 0 there. The calling thread does its part in
   * pieces with pauses, in which its other tasks run; threads that become ready meanwhile join in.
   *
   * @param argumentLists One list per thread, the first for the calling thread: it is called again
   * and again, the others once.
   * @param onPause Called between two pieces; when it throws, `abort` must make the kernel end.
   */
  async runInPieces(
    source: KernelSource,
    name: string,
    argumentLists: readonly (readonly number[])[],
    onPause: () => void,
    abort: () => void,
  ): Promise<void> {
    const kernel = startKernels<Record<string, (...args: number[]) => number>>(source)[name];
    const joined = new Map<Thread, Promise<void>>();
    const failures: unknown[] = [];
    const fail = (error: unknown) => {
      failures.push(error);
      abort();
    };
    if (argumentLists.length > 1) this.start();
    for (let isMore = true; isMore;) {
      for (const thread of this.#threads) {
        if (!thread.isReady || joined.has(thread)) continue;
        const list = argumentLists[joined.size + 1];
        if (list) joined.set(thread, this.#call(thread, source, name, list).catch(fail));
      }
      try {
        const isStarting = this.#threads.some(({ isReady }) => !isReady);
        const pause = performance.now() + (isStarting ? SHORT_PIECE : PIECE);
        do isMore = kernel(...argumentLists[0]) !== 0; while (isMore && performance.now() < pause);
        if (isMore) await letOthersRun();
        onPause();
      } catch (error) {
        fail(error);
        isMore = false;
      }
    }
    // All end before any failure is told: memory that a thread works on must not be freed.
    await Promise.all(joined.values());
    if (failures.length > 0) throw failures[0];
  }

  /** Ends the threads. */
  [Symbol.dispose](): void {
    clearTimeout(this.#idle);
    this.#end("the workers were ended.");
  }

  #open(url: string): Thread {
    const worker = new Worker(url, { type: "module" });
    const thread: Thread = { worker, stages: new Map(), isReady: false };
    worker.onmessage = ({ data }) => {
      if (data === "ready") {
        thread.isReady = true;
        if (this.#threads.every(({ isReady }) => isReady)) URL.revokeObjectURL(url);
        return;
      }
      const { call, message } = data as { call: number; message?: string };
      if (message) this.#calls.get(call)?.reject(stopped(message));
      else this.#calls.get(call)?.resolve();
      this.#calls.delete(call);
      this.#rest();
    };
    worker.onerror = (event) => {
      event.preventDefault();
      this.#fail(event.message);
    };
    worker.postMessage({ memory });
    return thread;
  }

  #call(
    thread: Thread,
    source: KernelSource,
    name: string,
    args: readonly number[],
  ): Promise<void> {
    let stage = thread.stages.get(source);
    if (stage === undefined) {
      stage = thread.stages.size;
      thread.stages.set(source, stage);
      thread.worker.postMessage({ stage, module: compileKernels(source) });
    }
    const call = this.#nextCall++;
    clearTimeout(this.#idle);
    return new Promise((resolve, reject) => {
      this.#calls.set(call, { thread, resolve, reject });
      thread.worker.postMessage({ call, stage, name, args });
    });
  }

  /** Lets the threads go unless there is work again soon. */
  #rest(): void {
    clearTimeout(this.#idle);
    if (this.#calls.size > 0 || this.#threads.length === 0) return;
    this.#idle = setTimeout(() => this.#end("the workers were idle."), this.idleAfter);
  }

  /** Goes on with the calling thread alone. */
  #fail(message: string): void {
    this.#hasFailed = true;
    this.#end(message);
  }

  #end(message: string): void {
    for (const { worker } of this.#threads) worker.terminate();
    this.#threads = [];
    const calls = [...this.#calls.values()];
    this.#calls.clear();
    for (const { reject } of calls) reject(stopped(message));
  }
}

/** The error of a run that a thread did not finish. */
function stopped(found: string): DaubError {
  return new DaubError(
    "backend",
    `Expected every thread to finish its part of the computation but one stopped: ${found} Run it ` +
      "again; if it happens again, close other programs, as memory may be short.",
    { expected: "threads that finish", found },
  );
}
