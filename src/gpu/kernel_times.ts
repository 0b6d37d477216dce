import { BufferUsage, MAP_MODE_READ } from "./flags.ts";
import type { Kernel } from "./kernel.ts";

/** How long a kernel ran on the device, all its dispatches together. */
export interface KernelTime {
  readonly dispatches: number;
  readonly milliseconds: number;
  /** How much memory it was given, each buffer once a dispatch. */
  readonly bytes: number;
}

/** What is timed: a kernel, and the bytes that it is given. */
export interface TimedDispatch {
  readonly kernel: Kernel;
  readonly bytes: number;
}

/** Sums up how long kernels ran on the device, without what the program around them took. */
export class KernelTimes {
  readonly #times = new Map<string, KernelTime>();

  /** One dispatch of a kernel. */
  add(kernel: string, milliseconds: number, bytes: number): void {
    const time = this.#times.get(kernel) ?? { dispatches: 0, milliseconds: 0, bytes: 0 };
    this.#times.set(kernel, {
      dispatches: time.dispatches + 1,
      milliseconds: time.milliseconds + milliseconds,
      bytes: time.bytes + bytes,
    });
  }

  /** By name and entry point of the kernel, in the order in which they first ran. */
  get kernels(): ReadonlyMap<string, KernelTime> {
    return this.#times;
  }

  /** Of all kernels. */
  get milliseconds(): number {
    return this.#times.values().reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  }

  /** Forgets everything. */
  clear(): void {
    this.#times.clear();
  }
}

/** WebGPU's largest query set holds so many dispatches; later ones of a batch are not timed. */
const MAX_DISPATCHES = 2048;

/** Timestamps before and after the dispatches of one batch. */
export class DispatchTimer implements Disposable {
  readonly #times: KernelTimes;
  readonly #dispatches: readonly TimedDispatch[];
  readonly #queries: GPUQuerySet;
  readonly #resolved: GPUBuffer;
  readonly #staging: GPUBuffer;

  constructor(device: GPUDevice, times: KernelTimes, dispatches: readonly TimedDispatch[]) {
    this.#times = times;
    this.#dispatches = dispatches.slice(0, MAX_DISPATCHES);
    const count = 2 * this.#dispatches.length;
    const size = count * 8;
    this.#queries = device.createQuerySet({ type: "timestamp", count });
    const { QUERY_RESOLVE, COPY_SRC, COPY_DST, MAP_READ } = BufferUsage;
    this.#resolved = device.createBuffer({ size, usage: QUERY_RESOLVE | COPY_SRC });
    this.#staging = device.createBuffer({ size, usage: MAP_READ | COPY_DST });
  }

  /** What the pass of a dispatch, which has it to itself, is begun with. */
  describePass(dispatch: number): GPUComputePassDescriptor {
    if (dispatch >= this.#dispatches.length) return {};
    return {
      timestampWrites: {
        querySet: this.#queries,
        beginningOfPassWriteIndex: 2 * dispatch,
        endOfPassWriteIndex: 2 * dispatch + 1,
      },
    };
  }

  /** Appends what is needed after the last dispatch. */
  resolve(encoder: GPUCommandEncoder): void {
    const { size } = this.#staging;
    encoder.resolveQuerySet(this.#queries, 0, 2 * this.#dispatches.length, this.#resolved, 0);
    encoder.copyBufferToBuffer(this.#resolved, 0, this.#staging, 0, size);
  }

  /** Waits for the device; to be called after the commands were submitted. */
  async read(): Promise<undefined> {
    await this.#staging.mapAsync(MAP_MODE_READ);
    const stamps = new BigUint64Array(this.#staging.getMappedRange());
    this.#dispatches.forEach(({ kernel: { name, entryPoint }, bytes }, i) => {
      const nanoseconds = Number(stamps[2 * i + 1] - stamps[2 * i]);
      this.#times.add(entryPoint ? `${name}:${entryPoint}` : name, nanoseconds / 1e6, bytes);
    });
  }

  /** Frees what it holds on the device. */
  [Symbol.dispose](): void {
    this.#queries.destroy();
    this.#resolved.destroy();
    this.#staging.destroy();
  }
}
