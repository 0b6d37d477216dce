import { DaubError } from "../errors.ts";
import { deviceLost } from "./adapter.ts";
import type { Gpu } from "./gpu.ts";
import type { Kernel } from "./kernel.ts";

/** A buffer, or a range of one; offsets are multiples of 256 bytes. */
export interface BufferRange {
  readonly buffer: GPUBuffer;
  readonly offset?: number;
  readonly size?: number;
}

interface Dispatch {
  readonly kernel: Kernel;
  readonly parameters: ArrayBufferView<ArrayBuffer>;
  readonly buffers: readonly BufferRange[];
  readonly workgroups: number;
}

type Command =
  | { readonly kind: "dispatch"; readonly dispatch: Dispatch }
  | { readonly kind: "clear"; readonly range: BufferRange }
  | { readonly kind: "copy"; readonly from: BufferRange; readonly to: BufferRange };

interface Readback {
  readonly from: BufferRange;
  readonly resolve: (bytes: ArrayBuffer) => void;
  readonly reject: (error: unknown) => void;
}

/** The least alignment of a uniform range that every device accepts. */
const UNIFORM_ALIGNMENT = 256;

/** Workgroups in one dimension of a dispatch; more run as a second dimension. */
const MAX_WORKGROUPS = 65_535;

/**
 * A list of dispatches that is submitted at once, with readbacks that are mapped together: waiting
 * for the device costs about 10 ms however much is waited for.
 *
 * Errors of the whole batch surface where it is submitted, instead of turning into zeros.
 */
export class Batch {
  readonly #gpu: Gpu;
  readonly #commands: Command[] = [];
  readonly #readbacks: Readback[] = [];
  readonly #temporary: GPUBuffer[] = [];

  constructor(gpu: Gpu) {
    this.#gpu = gpu;
  }

  /** Runs `workgroups` workgroups of a kernel with a block of parameters and storage buffers. */
  dispatch(
    kernel: Kernel,
    parameters: ArrayBufferView<ArrayBuffer>,
    buffers: readonly BufferRange[],
    workgroups: number,
  ): this {
    if (buffers.length !== kernel.buffers.length) {
      throw new RangeError(
        `Expected ${kernel.buffers.length} buffers for ${kernel.name} but found ${buffers.length}`,
      );
    }
    if (workgroups > 0) {
      const dispatch = { kernel, parameters, buffers, workgroups };
      this.#commands.push({ kind: "dispatch", dispatch });
    }
    return this;
  }

  /** Fills a range with zeros. */
  clear(range: BufferRange): this {
    this.#commands.push({ kind: "clear", range });
    return this;
  }

  /** Copies a range; the two must not be of one buffer. */
  copy(from: BufferRange, to: BufferRange): this {
    this.#commands.push({ kind: "copy", from, to });
    return this;
  }

  /** A pooled buffer that goes back to the pool when the batch is done. */
  temporary(bytes: number): GPUBuffer {
    const buffer = this.#gpu.pool.acquire(bytes);
    this.#temporary.push(buffer);
    return buffer;
  }

  /** A temporary buffer filled with `data`, whose byte length may be any. */
  upload(data: ArrayBufferView<ArrayBuffer>): GPUBuffer {
    const buffer = this.temporary(data.byteLength);
    const whole = data.byteLength & ~3;
    const { queue } = this.#gpu.device;
    queue.writeBuffer(buffer, 0, data.buffer, data.byteOffset, whole);
    if (whole < data.byteLength) {
      const rest = new Uint8Array(4);
      rest.set(new Uint8Array(data.buffer, data.byteOffset + whole, data.byteLength - whole));
      queue.writeBuffer(buffer, whole, rest);
    }
    return buffer;
  }

  /** The bytes of a range as they are when the batch is done; its size a multiple of 4. */
  read(from: BufferRange): Promise<ArrayBuffer> {
    const promise = new Promise<ArrayBuffer>((resolve, reject) => {
      this.#readbacks.push({ from, resolve, reject });
    });
    // The failure is thrown by submit; without this an unread promise would be reported too.
    promise.catch(() => {});
    return promise;
  }

  /**
   * Submits everything and waits until the readbacks have arrived.
   *
   * @throws {DaubError} `backend` on a validation error, lack of memory, or loss of the device.
   */
  async submit(): Promise<void> {
    try {
      await this.#run();
    } catch (error) {
      for (const { reject } of this.#readbacks) reject(error);
      throw error;
    } finally {
      for (const buffer of this.#temporary.splice(0)) this.#gpu.pool.release(buffer);
      this.#commands.length = 0;
      this.#readbacks.length = 0;
    }
  }

  async #run(): Promise<void> {
    const gpu = this.#gpu;
    const { device } = gpu;
    gpu.assertAlive();
    const kernels = this.#commands.flatMap((c) => c.kind === "dispatch" ? [c.dispatch.kernel] : []);
    const pipelines = await Promise.all(kernels.map((kernel) => gpu.pipeline(kernel)));
    gpu.assertAlive();
    device.pushErrorScope("out-of-memory");
    device.pushErrorScope("internal");
    device.pushErrorScope("validation");
    const uniforms = this.#uniforms();
    const encoder = device.createCommandEncoder();
    let next = 0;
    let pass: GPUComputePassEncoder | undefined;
    for (const command of this.#commands) {
      if (command.kind === "dispatch") {
        pass ??= encoder.beginComputePass();
        const { buffers, workgroups, parameters } = command.dispatch;
        const { pipeline, layout } = pipelines[next];
        const uniform = { buffer: uniforms.buffer!, offset: uniforms.offsets[next] };
        const size = Math.max(16, parameters.byteLength + (-parameters.byteLength & 15));
        pass.setPipeline(pipeline);
        pass.setBindGroup(
          0,
          device.createBindGroup({
            layout,
            entries: [
              { binding: 0, resource: { ...uniform, size } },
              ...buffers.map((resource, i) => ({ binding: i + 1, resource })),
            ],
          }),
        );
        const rows = Math.ceil(workgroups / MAX_WORKGROUPS);
        pass.dispatchWorkgroups(Math.ceil(workgroups / rows), rows);
        next++;
        continue;
      }
      pass?.end();
      pass = undefined;
      if (command.kind === "clear") {
        const { buffer, offset = 0, size = buffer.size - offset } = command.range;
        encoder.clearBuffer(buffer, offset, size);
      } else {
        const { from, to } = command;
        const size = from.size ?? from.buffer.size - (from.offset ?? 0);
        encoder.copyBufferToBuffer(from.buffer, from.offset ?? 0, to.buffer, to.offset ?? 0, size);
      }
    }
    pass?.end();
    const staging = this.#readbacks.map(({ from }) => {
      const size = from.size ?? from.buffer.size - (from.offset ?? 0);
      const buffer = device.createBuffer({
        size: Math.max(4, size),
        usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
      });
      if (size > 0) encoder.copyBufferToBuffer(from.buffer, from.offset ?? 0, buffer, 0, size);
      return buffer;
    });
    device.queue.submit([encoder.finish()]);
    const mapped = staging.map((buffer) => buffer.mapAsync(GPUMapMode.READ));
    const scopes = [device.popErrorScope(), device.popErrorScope(), device.popErrorScope()];
    const done = mapped.length > 0 ? mapped : [device.queue.onSubmittedWorkDone()];
    const results = await Promise.allSettled([...scopes, ...done]);
    try {
      this.#check(results);
      this.#readbacks.forEach(({ resolve }, i) => {
        resolve(staging[i].getMappedRange().transfer());
      });
    } finally {
      for (const buffer of staging) buffer.destroy();
      uniforms.buffer?.destroy();
    }
  }

  /** All parameter blocks of the batch in one uniform buffer. */
  #uniforms(): { buffer: GPUBuffer | undefined; offsets: number[] } {
    const offsets: number[] = [];
    let bytes = 0;
    const blocks = this.#commands.flatMap((c) =>
      c.kind === "dispatch" ? [c.dispatch.parameters] : []
    );
    for (const block of blocks) {
      offsets.push(bytes);
      bytes += Math.ceil(Math.max(16, block.byteLength) / UNIFORM_ALIGNMENT) * UNIFORM_ALIGNMENT;
    }
    if (bytes === 0) return { buffer: undefined, offsets };
    const data = new Uint8Array(bytes);
    blocks.forEach((block, i) =>
      data.set(new Uint8Array(block.buffer, block.byteOffset, block.byteLength), offsets[i])
    );
    const buffer = this.#gpu.device.createBuffer({
      size: bytes,
      usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
    });
    this.#gpu.device.queue.writeBuffer(buffer, 0, data);
    return { buffer, offsets };
  }

  /** Turns error scopes, failed maps and a lost device into one error. */
  #check(results: readonly PromiseSettledResult<GPUError | null | void | undefined>[]): void {
    this.#gpu.assertAlive();
    const [validation, internal, memory] = results;
    const { name } = this.#gpu;
    for (const [scope, what] of [[memory, "memory"], [validation, ""], [internal, ""]] as const) {
      if (scope.status === "fulfilled" && scope.value) {
        throw new DaubError(
          "backend",
          what === "memory"
            ? `Expected the GPU (${name}) to have enough memory but it ran out ` +
              `(${scope.value.message}). Use a smaller image or the cpu backend.`
            : `Expected the GPU (${name}) to run but it found: ${scope.value.message}. ` +
              `Use the cpu backend.`,
          { cause: scope.value },
        );
      }
    }
    const failed = results.find((result) => result.status === "rejected");
    if (failed) {
      throw deviceLost(name, String(failed.reason?.message ?? failed.reason));
    }
  }
}
