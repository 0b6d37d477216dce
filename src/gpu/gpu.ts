import { DaubError } from "../errors.ts";
import { describeAdapter, deviceLost, isSoftwareAdapter, requestAdapter } from "./adapter.ts";
import { Batch } from "./batch.ts";
import { BufferPool } from "./buffer_pool.ts";
import { type Kernel, kernelKey } from "./kernel.ts";

/** A compiled kernel: what a dispatch needs. */
export interface Pipeline {
  readonly kernel: Kernel;
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
}

/** A WebGPU device with its pipeline cache and buffer pool. */
export class Gpu implements Disposable {
  readonly device: GPUDevice;
  /** The adapter's description. */
  readonly name: string;
  /** Whether the "GPU" is a software rasterizer. */
  readonly isSoftware: boolean;
  readonly pool: BufferPool;
  readonly #pipelines = new Map<string, Promise<Pipeline>>();
  #lost: string | undefined;
  #disposed = false;

  private constructor(device: GPUDevice, info: GPUAdapterInfo) {
    this.device = device;
    this.name = describeAdapter(info);
    this.isSoftware = isSoftwareAdapter(info);
    this.pool = new BufferPool(device);
    device.lost.then((info) => this.#lost = info.message || info.reason);
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

  /** The largest range of a buffer that a shader can see, in bytes. */
  get maxBindingBytes(): number {
    return Math.min(
      this.device.limits.maxStorageBufferBindingSize,
      this.device.limits.maxBufferSize,
    );
  }

  /** Starts an empty list of dispatches and readbacks. */
  batch(): Batch {
    this.assertAlive();
    return new Batch(this);
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
  }

  async #compile(kernel: Kernel): Promise<Pipeline> {
    const { device } = this;
    const label = kernelKey(kernel);
    device.pushErrorScope("validation");
    const module = device.createShaderModule({ label, code: kernel.code });
    const layout = device.createBindGroupLayout({
      label,
      entries: [
        { binding: 0, visibility: GPUShaderStage.COMPUTE, buffer: { type: "uniform" } },
        ...kernel.buffers.map((access, i) => ({
          binding: i + 1,
          visibility: GPUShaderStage.COMPUTE,
          buffer: { type: access === "read" ? "read-only-storage" as const : "storage" as const },
        })),
      ],
    });
    let failure: unknown;
    let pipeline: GPUComputePipeline | undefined;
    try {
      pipeline = await device.createComputePipelineAsync({
        label,
        layout: device.createPipelineLayout({ label, bindGroupLayouts: [layout] }),
        compute: {
          module,
          entryPoint: kernel.entryPoint ?? "main",
          constants: { ...kernel.constants },
        },
      });
    } catch (error) {
      failure = error;
    }
    const scope = await device.popErrorScope();
    if (pipeline && !scope && !failure) return { kernel, pipeline, layout };
    this.#pipelines.delete(label);
    if (this.#lost) throw deviceLost(this.name, this.#lost);
    const { messages } = await module.getCompilationInfo();
    const lines = messages.map((m) => `${m.lineNum}:${m.linePos} ${m.message}`);
    throw new DaubError(
      "backend",
      `Expected the GPU (${this.name}) to compile the kernel ${label} but it found: ` +
        `${[scope?.message, ...lines].filter(Boolean).join("; ")}. Use the cpu backend.`,
      { where: label, cause: failure ?? scope },
    );
  }
}
