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
  #idleBytes = 0;

  constructor(device: GPUDevice, maxIdleBytes = 1 << 29) {
    this.#device = device;
    this.#maxIdleBytes = maxIdleBytes;
  }

  /** A storage buffer of at least `bytes`; its contents are whatever the last user left. */
  acquire(bytes: number): GPUBuffer {
    const size = Math.min(sizeClass(bytes), this.#device.limits.maxBufferSize);
    const waiting = this.#idle.get(size)?.pop();
    if (waiting) this.#idleBytes -= size;
    const buffer = waiting ?? this.#device.createBuffer({
      size: Math.max(size, bytes + (-bytes & 3)),
      usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
    });
    this.#used.add(buffer);
    return buffer;
  }

  /** Gives a buffer back; work already submitted with it is not disturbed. */
  release(buffer: GPUBuffer): void {
    if (!this.#used.delete(buffer)) return;
    if (this.#idleBytes + buffer.size > this.#maxIdleBytes) {
      buffer.destroy();
      return;
    }
    const waiting = this.#idle.get(buffer.size);
    if (waiting) waiting.push(buffer);
    else this.#idle.set(buffer.size, [buffer]);
    this.#idleBytes += buffer.size;
  }

  /** Frees everything, buffers in use included. */
  destroy(): void {
    for (const buffer of this.#used) buffer.destroy();
    for (const buffers of this.#idle.values()) for (const buffer of buffers) buffer.destroy();
    this.#used.clear();
    this.#idle.clear();
    this.#idleBytes = 0;
  }
}

/** Rounds up to an eighth of a power of two, so that near sizes share buffers at little waste. */
function sizeClass(bytes: number): number {
  const least = Math.max(bytes, 1024);
  const step = 2 ** Math.max(8, Math.floor(Math.log2(least)) - 3);
  return Math.ceil(least / step) * step;
}
