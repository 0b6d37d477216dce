import { DaubError } from "../errors.ts";
import { BufferUsage } from "./flags.ts";

/**
 * Storage buffers that are used again instead of being created for every dispatch.
 *
 * Freed buffers of a size class wait for the next taker; what waits beyond `maxIdleBytes` is
 * destroyed at once, because a buffer left to the garbage collector keeps its memory for long.
 */
export class BufferPool {
  readonly #device: GPUDevice;
  readonly #maxIdleBytes: number;
  readonly #idle = new Map<number, GPUBuffer[]>();
  readonly #used = new Set<GPUBuffer>();
  /** Buffers not known to have memory behind them: just created, or failed. */
  readonly #unproven = new Map<GPUBuffer, Promise<GPUError | undefined>>();
  #idleBytes = 0;

  constructor(device: GPUDevice, maxIdleBytes = 1 << 29) {
    this.#device = device;
    this.#maxIdleBytes = maxIdleBytes;
  }

  /** How many buffers are taken and not given back. */
  get numUsed(): number {
    return this.#used.size;
  }

  /** Bytes that wait for the next taker. */
  get idleBytes(): number {
    return this.#idleBytes;
  }

  /**
   * A storage buffer of at least `bytes`; its contents are whatever the last user left.
   *
   * Whether its memory could be had is known later; {@linkcode failure} tells.
   *
   * @throws {DaubError} `backend` when the device allows no buffer of that size.
   */
  acquire(bytes: number): GPUBuffer {
    const { maxBufferSize } = this.#device.limits;
    const limit = maxBufferSize - maxBufferSize % 4;
    if (bytes > limit) {
      throw new DaubError(
        "backend",
        `Expected at most ${limit} bytes in one GPU buffer but ${bytes} are needed. Use a ` +
          `smaller image or the cpu backend.`,
        { expected: limit, found: bytes },
      );
    }
    const size = Math.min(sizeClass(bytes), limit);
    const waiting = this.#idle.get(size)?.pop();
    if (waiting) this.#idleBytes -= size;
    const buffer = waiting ?? this.#create(size);
    this.#used.add(buffer);
    return buffer;
  }

  /** Gives a buffer back; work already submitted with it is not disturbed. */
  release(buffer: GPUBuffer): void {
    if (!this.#used.delete(buffer)) return;
    if (this.#unproven.has(buffer) || this.#idleBytes + buffer.size > this.#maxIdleBytes) {
      this.#unproven.delete(buffer);
      buffer.destroy();
      return;
    }
    const waiting = this.#idle.get(buffer.size);
    if (waiting) waiting.push(buffer);
    else this.#idle.set(buffer.size, [buffer]);
    this.#idleBytes += buffer.size;
  }

  /** The error with which the first of these buffers could not be created, or `undefined`. */
  async failure(buffers: Iterable<GPUBuffer>): Promise<GPUError | undefined> {
    for (const buffer of buffers) {
      const error = await this.#unproven.get(buffer);
      if (error) return error;
    }
    return undefined;
  }

  /** Frees what is idle, for example after the device ran out of memory. */
  trim(): void {
    for (const buffers of this.#idle.values()) for (const buffer of buffers) buffer.destroy();
    this.#idle.clear();
    this.#idleBytes = 0;
  }

  /** Frees everything, buffers in use included. */
  destroy(): void {
    for (const buffer of this.#used) buffer.destroy();
    this.#used.clear();
    this.#unproven.clear();
    this.trim();
  }

  #create(size: number): GPUBuffer {
    this.#device.pushErrorScope("out-of-memory");
    this.#device.pushErrorScope("validation");
    const buffer = this.#device.createBuffer({
      size,
      usage: BufferUsage.STORAGE | BufferUsage.COPY_SRC | BufferUsage.COPY_DST,
    });
    const scopes = [this.#device.popErrorScope(), this.#device.popErrorScope()];
    const check = Promise.allSettled(scopes).then((results) => {
      const failed = results.find((result) => result.status === "fulfilled" && result.value);
      if (failed?.status === "fulfilled") return failed.value ?? undefined;
      this.#unproven.delete(buffer);
      return undefined;
    });
    this.#unproven.set(buffer, check);
    return buffer;
  }
}

/** Rounds up to an eighth of a power of two, so that near sizes share buffers at little waste. */
function sizeClass(bytes: number): number {
  const least = Math.max(bytes, 1024);
  const step = 2 ** Math.max(8, Math.floor(Math.log2(least)) - 3);
  return Math.ceil(least / step) * step;
}
