import type { Batch, BufferRange } from "./batch.ts";
import type { BufferPool } from "./buffer_pool.ts";

interface Resident {
  readonly ranges: readonly BufferRange[];
  /** Batches under way that read it. */
  users: number;
  /** Whether the buffers outlive the batch that filled them. */
  isKept: boolean;
  isForgotten: boolean;
}

/** So many owners keep their data on the device; the one not used for longest goes first. */
const MAX_OWNERS = 4;

/**
 * Data that stay on the device from batch to batch, such as a forest that classifies one image
 * after the other: they are uploaded once for each owner, an object that never changes.
 */
export class ResidentData {
  readonly #pool: BufferPool;
  readonly #residents = new Map<object, Resident>();

  constructor(pool: BufferPool) {
    this.#pool = pool;
  }

  /** How many owners have data on the device. */
  get size(): number {
    return this.#residents.size;
  }

  /** The owner's data for a batch to read; `pieces` says what to upload when they are not there. */
  bind(
    batch: Batch,
    owner: object,
    pieces: () => readonly ArrayBufferView<ArrayBuffer>[],
  ): readonly BufferRange[] {
    const resident = this.#residents.get(owner) ?? upload(batch, pieces());
    // Deleted first, so that the owner becomes the last one used.
    this.#residents.delete(owner);
    this.#residents.set(owner, resident);
    for (const [oldest, forgotten] of this.#residents) {
      if (this.#residents.size <= MAX_OWNERS) break;
      this.#residents.delete(oldest);
      forgotten.isForgotten = true;
      this.#releaseUnused(forgotten);
    }
    resident.users++;
    batch.onEnd((succeeded) => {
      resident.users--;
      // Kept also after a failure when another batch is about to read it.
      if (!resident.isKept && (succeeded || resident.users > 0)) {
        for (const { buffer } of resident.ranges) batch.keep(buffer);
        resident.isKept = true;
      }
      if (!succeeded && this.#residents.get(owner) === resident) {
        this.#residents.delete(owner);
        resident.isForgotten = true;
      }
      this.#releaseUnused(resident);
    });
    return resident.ranges;
  }

  #releaseUnused({ ranges, users, isKept, isForgotten }: Resident): void {
    if (!isForgotten || !isKept || users > 0) return;
    for (const { buffer } of ranges) this.#pool.release(buffer);
  }
}

function upload(batch: Batch, pieces: readonly ArrayBufferView<ArrayBuffer>[]): Resident {
  const ranges = pieces.map((piece) => ({ buffer: batch.upload(piece), size: piece.byteLength }));
  return { ranges, users: 0, isKept: false, isForgotten: false };
}
