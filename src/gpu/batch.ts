import { DaubError } from "../errors.ts";
import { deviceLost } from "./adapter.ts";
import { BufferUsage, MAP_MODE_READ } from "./flags.ts";
import type { Gpu, Pipeline } from "./gpu.ts";
import type { Kernel } from "./kernel.ts";
import { DispatchTimer } from "./kernel_times.ts";

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

/** Outermost first: lack of memory also shows as validation errors of what needed the memory. */
const ERROR_SCOPES = ["out-of-memory", "internal", "validation"] as const;

/** Workgroups in one dimension of a dispatch; more run as a second dimension. */
const MAX_WORKGROUPS = 65_535;

/**
 * A list of dispatches that is submitted at once, with readbacks that are mapped together: waiting
 * for the device costs about 10 ms however much is waited for.
 *
 * Errors of the whole batch surface where it is submitted, instead of turning into zeros. A batch
 * that may be given up before that is declared with `using`, so that its buffers go back anyway.
 */
export class Batch implements Disposable {
  readonly #gpu: Gpu;
  readonly #commands: Command[] = [];
  readonly #readbacks: Readback[] = [];
  readonly #temporary: GPUBuffer[] = [];
  readonly #uploads: Promise<ScopeResults>[] = [];
  readonly #endings: ((succeeded: boolean) => void)[] = [];

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
    this.write({ buffer }, data);
    return buffer;
  }

  /** Writes `data`, whose byte length may be any, into a range before the first dispatch. */
  write({ buffer, offset = 0 }: BufferRange, data: ArrayBufferView<ArrayBuffer>): void {
    const whole = data.byteLength - data.byteLength % 4;
    const { device } = this.#gpu;
    for (const filter of ERROR_SCOPES) device.pushErrorScope(filter);
    device.queue.writeBuffer(buffer, offset, data.buffer, data.byteOffset, whole);
    if (whole < data.byteLength) {
      const rest = new Uint8Array(4);
      rest.set(new Uint8Array(data.buffer, data.byteOffset + whole, data.byteLength - whole));
      device.queue.writeBuffer(buffer, offset + whole, rest);
    }
    this.#uploads.push(popErrorScopes(device));
  }

  /** Takes a temporary buffer out of the batch: who asks for it gives it back to the pool. */
  keep(buffer: GPUBuffer): void {
    const at = this.#temporary.indexOf(buffer);
    if (at >= 0) this.#temporary.splice(at, 1);
  }

  /** Calls a function when the batch has run, has failed or was given up. */
  onEnd(ending: (succeeded: boolean) => void): void {
    this.#endings.push(ending);
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
    const gpu = this.#gpu;
    try {
      gpu.assertAlive();
      const kernels = this.#commands.flatMap((c) =>
        c.kind === "dispatch" ? [c.dispatch.kernel] : []
      );
      const pipelines = await Promise.all(kernels.map((kernel) => gpu.pipeline(kernel)));
      const failure = await gpu.untilLost(gpu.pool.failure(this.#temporary));
      if (failure) throw outOfMemory(gpu.name, failure);
      for (const scopes of await gpu.untilLost(Promise.all(this.#uploads))) {
        checkErrorScopes(gpu.name, scopes);
      }
      await this.#run(pipelines);
      this.#end(true);
    } catch (error) {
      gpu.pool.trim();
      for (const { reject } of this.#readbacks) reject(error);
      throw error;
    } finally {
      this[Symbol.dispose]();
    }
  }

  /** Gives the temporary buffers back and forgets what was not submitted. */
  [Symbol.dispose](): void {
    this.#end(false);
    for (const buffer of this.#temporary.splice(0)) this.#gpu.pool.release(buffer);
    for (const { reject } of this.#readbacks.splice(0)) {
      reject(new DaubError("cancelled", "The batch was given up before it was submitted."));
    }
    this.#commands.length = 0;
    this.#uploads.length = 0;
  }

  #end(succeeded: boolean): void {
    for (const ending of this.#endings.splice(0)) ending(succeeded);
  }

  async #run(pipelines: readonly Pipeline[]): Promise<void> {
    const gpu = this.#gpu;
    const { device } = gpu;
    gpu.assertAlive();
    const own: GPUBuffer[] = [];
    const dispatches = this.#commands.flatMap((c) => c.kind === "dispatch" ? [c.dispatch] : []);
    using timer = gpu.kernelTimes && dispatches.length > 0
      ? new DispatchTimer(
        device,
        gpu.kernelTimes,
        dispatches.map(({ kernel, buffers }) => ({
          kernel,
          bytes: buffers.reduce((sum, range) => sum + byteSize(range), 0),
        })),
      )
      : undefined;
    try {
      // Nothing is awaited while the scopes are open: they are a stack shared by the whole device.
      for (const filter of ERROR_SCOPES) device.pushErrorScope(filter);
      let scopes: Promise<ScopeResults>;
      let staging: GPUBuffer[];
      let done: Promise<undefined | void>[];
      try {
        const uniforms = this.#uniforms(own);
        const encoder = device.createCommandEncoder();
        try {
          this.#encode(encoder, pipelines, uniforms, timer);
          timer?.resolve(encoder);
          staging = this.#readbacks.map(({ from }) => this.#stage(encoder, from, own));
        } finally {
          device.queue.submit([encoder.finish()]);
        }
        const mapped = staging.map((buffer) => buffer.mapAsync(MAP_MODE_READ));
        done = timer ? [...mapped, timer.read()] : mapped;
        if (done.length === 0) done.push(device.queue.onSubmittedWorkDone());
      } finally {
        scopes = popErrorScopes(device);
      }
      const work = await gpu.untilLost(Promise.allSettled(done));
      const errors = await gpu.untilLost(scopes);
      gpu.assertAlive();
      checkErrorScopes(gpu.name, errors);
      const failed = work.find((result) => result.status === "rejected");
      if (failed) throw deviceLost(gpu.name, String(failed.reason?.message ?? failed.reason));
      const contents = staging.map((buffer) => takeContents(gpu, buffer));
      this.#readbacks.splice(0).forEach(({ resolve }, i) => resolve(contents[i]));
    } finally {
      for (const buffer of own) buffer.destroy();
    }
  }

  #encode(
    encoder: GPUCommandEncoder,
    pipelines: readonly Pipeline[],
    uniforms: readonly GPUBufferBinding[],
    timer: DispatchTimer | undefined,
  ): void {
    let next = 0;
    let pass: GPUComputePassEncoder | undefined;
    const endPass = () => {
      pass?.end();
      pass = undefined;
    };
    for (const command of this.#commands) {
      if (command.kind === "dispatch") {
        pass ??= encoder.beginComputePass(timer?.describePass(next));
        const { buffers, workgroups } = command.dispatch;
        const { pipeline, layout } = pipelines[next];
        const resources = [uniforms[next], ...buffers];
        const entries = resources.map((resource, binding) => ({ binding, resource }));
        pass.setPipeline(pipeline);
        pass.setBindGroup(0, this.#gpu.device.createBindGroup({ layout, entries }));
        const rows = Math.ceil(workgroups / MAX_WORKGROUPS);
        pass.dispatchWorkgroups(Math.ceil(workgroups / rows), rows);
        next++;
        if (timer) endPass();
        continue;
      }
      endPass();
      if (command.kind === "clear") {
        encoder.clearBuffer(
          command.range.buffer,
          command.range.offset ?? 0,
          byteSize(command.range),
        );
      } else {
        const { from, to } = command;
        const { buffer, offset = 0 } = from;
        encoder.copyBufferToBuffer(buffer, offset, to.buffer, to.offset ?? 0, byteSize(from));
      }
    }
    endPass();
  }

  /** A buffer that can be mapped, with a copy of a range. */
  #stage(encoder: GPUCommandEncoder, from: BufferRange, own: GPUBuffer[]): GPUBuffer {
    const size = byteSize(from);
    const buffer = this.#gpu.device.createBuffer({
      size,
      usage: BufferUsage.MAP_READ | BufferUsage.COPY_DST,
    });
    own.push(buffer);
    if (size > 0) encoder.copyBufferToBuffer(from.buffer, from.offset ?? 0, buffer, 0, size);
    return buffer;
  }

  /** The parameter block of every dispatch, all in one uniform buffer. */
  #uniforms(own: GPUBuffer[]): GPUBufferBinding[] {
    const blocks = this.#commands.flatMap((c) =>
      c.kind === "dispatch" ? [c.dispatch.parameters] : []
    );
    if (blocks.length === 0) return [];
    const ranges: { offset: number; size: number }[] = [];
    let bytes = 0;
    for (const { byteLength } of blocks) {
      const size = Math.max(16, byteLength + (-byteLength & 15));
      ranges.push({ offset: bytes, size });
      bytes += Math.ceil(size / UNIFORM_ALIGNMENT) * UNIFORM_ALIGNMENT;
    }
    const data = new Uint8Array(bytes);
    blocks.forEach((block, i) =>
      data.set(new Uint8Array(block.buffer, block.byteOffset, block.byteLength), ranges[i].offset)
    );
    const buffer = this.#gpu.device.createBuffer({
      size: bytes,
      usage: BufferUsage.UNIFORM | BufferUsage.COPY_DST,
    });
    own.push(buffer);
    this.#gpu.device.queue.writeBuffer(buffer, 0, data);
    return ranges.map((range) => ({ buffer, ...range }));
  }
}

type ScopeResults = PromiseSettledResult<GPUError | null>[];

/** Closes the scopes; results are in the order of {@linkcode ERROR_SCOPES}. */
function popErrorScopes(device: GPUDevice): Promise<ScopeResults> {
  const scopes: Promise<GPUError | null>[] = [];
  for (const _ of ERROR_SCOPES) scopes.unshift(device.popErrorScope());
  return Promise.allSettled(scopes);
}

/** Turns what the scopes caught into one error. */
function checkErrorScopes(name: string, scopes: ScopeResults): void {
  for (const [i, scope] of scopes.entries()) {
    if (scope.status === "rejected" || !scope.value) continue;
    if (ERROR_SCOPES[i] === "out-of-memory") throw outOfMemory(name, scope.value);
    throw new DaubError(
      "backend",
      `Expected the GPU (${name}) to run but it found: ${scope.value.message}. ` +
        `Use the cpu backend.`,
      { cause: scope.value },
    );
  }
}

/** The contents of a mapped buffer; its mapping may have been lost since with the device. */
function takeContents(gpu: Gpu, buffer: GPUBuffer): ArrayBuffer {
  try {
    return takeOver(buffer.getMappedRange());
  } catch (cause) {
    throw deviceLost(gpu.name, String((cause as Error)?.message ?? cause));
  }
}

/**
 * Deno's range already is a copy, which transferring takes over without another one; a browser's
 * is the mapping itself, which cannot be transferred.
 */
function takeOver(range: ArrayBuffer): ArrayBuffer {
  try {
    return range.transfer();
  } catch (error) {
    if (error instanceof TypeError && range.byteLength > 0) return range.slice(0);
    throw error;
  }
}

function byteSize({ buffer, offset = 0, size = buffer.size - offset }: BufferRange): number {
  return size;
}

function outOfMemory(name: string, error: GPUError): DaubError {
  return new DaubError(
    "backend",
    `Expected the GPU (${name}) to have enough memory but it ran out (${error.message}). Use a ` +
      `smaller image or the cpu backend.`,
    { cause: error },
  );
}
