import { DaubError } from "../errors.ts";
import { describeAdapter, deviceLost, isSoftwareAdapter, requestAdapter } from "./adapter.ts";
import { Batch } from "./batch.ts";
import { BufferPool } from "./buffer_pool.ts";
import { SHADER_STAGE_COMPUTE } from "./flags.ts";
import { type Kernel, kernelKey } from "./kernel.ts";
import { KernelTimes } from "./kernel_times.ts";
import { ResidentData } from "./resident_data.ts";

/** A compiled kernel: what a dispatch needs. */
export interface Pipeline {
  readonly kernel: Kernel;
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
}

/** Twice WebGPU's default, which most adapters offer; with more, fewer workgroups run at a time. */
const WORKGROUP_BYTES = 32_768;

/**
 * A WebGPU device with its pipeline cache and buffer pool.
 *
 * Buffers and bindings are as large as the adapter allows (on software rasterizers a binding ends
 * at 128 MiB), and workgroups have up to 32 KiB of memory; every other limit is WebGPU's default, so
 * that what runs here runs on any device: 256 invocations per workgroup, 8 storage buffers per
 * kernel.
 */
export class Gpu implements Disposable {
  readonly device: GPUDevice;
  /** The adapter's description. */
  readonly name: string;
  /** Whether the "GPU" is a software rasterizer. */
  readonly isSoftware: boolean;
  readonly pool: BufferPool;
  /** What stays on the device between batches. */
  readonly residents: ResidentData;
  readonly #pipelines = new Map<string, Promise<Pipeline>>();
  readonly #waiting = new Set<(error: DaubError) => void>();
  #kernelTimes: KernelTimes | undefined;
  #lost: string | undefined;
  #disposed = false;

  private constructor(device: GPUDevice, info: GPUAdapterInfo) {
    this.device = device;
    this.name = describeAdapter(info);
    this.isSoftware = isSoftwareAdapter(info);
    this.pool = new BufferPool(device);
    this.residents = new ResidentData(this.pool);
    device.lost.then(({ message, reason }) => this.#lose(message || reason || "unknown reason"));
  }

  /**
   * Opens the preferred adapter with the largest buffers and bindings it offers.
   *
   * @throws {DaubError} `backend` when there is no adapter or it gives no device.
   */
  static async open(adapter?: GPUAdapter): Promise<Gpu> {
    adapter ??= await requestAdapter();
    const { limits, info } = adapter;
    try {
      const device = await adapter.requestDevice({
        label: "daub",
        requiredFeatures: adapter.features.has("timestamp-query") ? ["timestamp-query"] : [],
        requiredLimits: {
          maxBufferSize: limits.maxBufferSize,
          maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
          maxComputeWorkgroupStorageSize: Math.min(
            limits.maxComputeWorkgroupStorageSize,
            WORKGROUP_BYTES,
          ),
        },
      });
      return new Gpu(device, info);
    } catch (cause) {
      throw new DaubError(
        "backend",
        `Expected the GPU (${describeAdapter(info)}) to start but it refused. Use the cpu ` +
          `backend, or close other programs that use the GPU.`,
        { cause },
      );
    }
  }

  /** The largest range of a buffer that a kernel can be given, in bytes. */
  get maxBindingBytes(): number {
    return Math.min(
      this.device.limits.maxStorageBufferBindingSize,
      this.device.limits.maxBufferSize,
    );
  }

  /**
   * Begins to time every kernel that runs from now on, which costs a little itself.
   *
   * @throws {DaubError} `backend` when the device keeps no time.
   */
  timeKernels(): KernelTimes {
    if (!this.device.features.has("timestamp-query")) {
      throw new DaubError(
        "backend",
        `Expected a GPU that keeps time (timestamp-query) but ${this.name} does not. Measure the ` +
          `whole computation instead.`,
      );
    }
    return this.#kernelTimes ??= new KernelTimes();
  }

  /** Where the times of kernels go, when they are taken. */
  get kernelTimes(): KernelTimes | undefined {
    return this.#kernelTimes;
  }

  /** Starts an empty list of dispatches and readbacks. */
  batch(): Batch {
    this.assertAlive();
    return new Batch(this);
  }

  /** How many kernels have been compiled, or are. */
  get numPipelines(): number {
    return this.#pipelines.size;
  }

  /** The compiled kernel; equal kernels are compiled once, also when asked for at the same time. */
  pipeline(kernel: Kernel): Promise<Pipeline> {
    const key = kernelKey(kernel);
    let pipeline = this.#pipelines.get(key);
    if (!pipeline) {
      pipeline = this.#compile(kernel);
      this.#pipelines.set(key, pipeline);
    }
    return pipeline;
  }

  /**
   * The same promise, but rejected as soon as the device is lost: not every runtime settles the
   * promises of a lost device.
   */
  async untilLost<T>(promise: Promise<T>): Promise<T> {
    promise.catch(() => {});
    this.assertAlive();
    let reject: (error: DaubError) => void;
    const lost = new Promise<never>((_, r) => reject = r);
    this.#waiting.add(reject!);
    try {
      return await Promise.race([promise, lost]);
    } finally {
      this.#waiting.delete(reject!);
    }
  }

  /** Throws when the device was lost or disposed of. */
  assertAlive(): void {
    if (this.#disposed) {
      throw new DaubError("backend", "Expected an open GPU backend but it was disposed of.");
    }
    if (this.#lost) throw deviceLost(this.name, this.#lost);
  }

  /** Frees every buffer and the device. */
  [Symbol.dispose](): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.pool.destroy();
    this.#pipelines.clear();
    this.device.destroy();
    this.#lose("it was disposed of");
  }

  #lose(reason: string): void {
    this.#lost = reason;
    const error = deviceLost(this.name, reason);
    for (const reject of this.#waiting) reject(error);
    this.#waiting.clear();
  }

  async #compile(kernel: Kernel): Promise<Pipeline> {
    const { device } = this;
    const label = kernelKey(kernel);
    // Scopes are a stack of the device, so this one is closed before anything is awaited: another
    // compilation or batch may open its own meanwhile.
    device.pushErrorScope("validation");
    const module = device.createShaderModule({ label, code: kernel.code });
    const layout = device.createBindGroupLayout({
      label,
      entries: [
        { binding: 0, visibility: SHADER_STAGE_COMPUTE, buffer: { type: "uniform" } },
        ...kernel.buffers.map((access, i) => ({
          binding: i + 1,
          visibility: SHADER_STAGE_COMPUTE,
          buffer: { type: access === "read" ? "read-only-storage" as const : "storage" as const },
        })),
      ],
    });
    const compilation = device.createComputePipelineAsync({
      label,
      layout: device.createPipelineLayout({ label, bindGroupLayouts: [layout] }),
      compute: {
        module,
        entryPoint: kernel.entryPoint ?? "main",
        constants: { ...kernel.constants },
      },
    });
    const scope = device.popErrorScope();
    const [compiled, checked] = await this.untilLost(Promise.allSettled([compilation, scope]));
    const error = checked.status === "fulfilled" ? checked.value : checked.reason;
    if (compiled.status === "fulfilled" && !error) {
      return { kernel, pipeline: compiled.value, layout };
    }
    this.#pipelines.delete(label);
    this.assertAlive();
    const failure = compiled.status === "rejected" ? compiled.reason : undefined;
    const { messages } = await module.getCompilationInfo();
    // Runtimes repeat the messages of the module as the error of the scope.
    const found = messages.length > 0
      ? messages.map((m) => `${m.lineNum}:${m.linePos} ${m.message.trim()}`)
      : [String(error?.message ?? failure?.message)];
    throw new DaubError(
      "backend",
      `Expected the GPU (${this.name}) to compile the kernel ${label} but it found: ` +
        `${found.join("; ")}. Use the cpu backend.`,
      { where: label, cause: failure ?? error },
    );
  }
}
