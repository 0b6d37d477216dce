import type { Gpu } from "../gpu/gpu.ts";
import type { Kernel } from "../gpu/kernel.ts";
import type { Size } from "../image/image.ts";
import type { LabelRuns } from "./label_runs.ts";
import code from "./region_sums.wgsl" with { type: "text" };

const THREADS = 256;

/** What a kernel adds up: so many words per object, from so much. */
export interface RegionJob {
  readonly entryPoint: "boxes" | "ranges" | "moments" | "intensities" | "distances";
  /** Words of 32 bits per object. */
  readonly words: number;
  /** The intensities, where they are read. */
  readonly pixels?: Float32Array;
  /** Eight words per object, where they are read. */
  readonly frames?: Uint32Array;
}

/** Rows whose runs and pixels fit the device at once. */
interface Strip {
  readonly firstRow: number;
  readonly lastRow: number;
}

/** The words that strips of an image have summed up, added or compared as they need it. */
export class RegionWords {
  readonly #parts: readonly Uint32Array[];
  readonly #words: number;
  readonly #count: number;

  constructor(parts: readonly Uint32Array[], words: number, count: number) {
    this.#parts = parts;
    this.#words = words;
    this.#count = count;
  }

  /** The sums whose lowest word is the given one, of `length` words. */
  sum(word: number, length = 2): Float64Array {
    const sums = new Float64Array(this.#count);
    for (const part of this.#parts) {
      for (let o = 0, at = word; o < sums.length; o++, at += this.#words) {
        let value = 0;
        for (let k = length - 1; k >= 0; k--) value = value * 2 ** 32 + part[at + k];
        sums[o] += value;
      }
    }
    return sums;
  }

  /** The largest that a word is. */
  max(word: number): Uint32Array {
    const largest = new Uint32Array(this.#count);
    for (const part of this.#parts) {
      for (let o = 0, at = word; o < largest.length; o++, at += this.#words) {
        if (part[at] > largest[o]) largest[o] = part[at];
      }
    }
    return largest;
  }
}

/** Whether the device holds the words of so many objects. */
export function fitsObjects(gpu: Gpu, count: number, size: Size, maxBytes: number): boolean {
  const limit = Math.min(maxBytes, gpu.maxBindingBytes);
  return count * 13 * 4 <= limit && size.width * 16 <= limit;
}

/**
 * Runs jobs over all runs, strip by strip, all jobs of a strip at once.
 *
 * @param maxBytes The largest buffer to use.
 */
export async function runRegionJobs(
  gpu: Gpu,
  runs: LabelRuns,
  count: number,
  size: Size,
  jobs: readonly RegionJob[],
  maxBytes: number,
): Promise<RegionWords[]> {
  const parts: Uint32Array[][] = jobs.map(() => []);
  for (const { firstRow, lastRow } of planStrips(runs, size, maxBytes)) {
    const packed = packRuns(runs, firstRow, lastRow);
    const numRuns = packed.length / 4;
    const batch = gpu.batch();
    const range = (buffer: GPUBuffer, bytes: number) => ({ buffer, size: Math.max(16, bytes) });
    const upload = (data: Uint32Array | Float32Array) =>
      range(batch.upload(data as Uint32Array<ArrayBuffer>), data.byteLength);
    const nothing = range(batch.temporary(64), 64);
    const input = upload(packed);
    const uploaded = new Map<Float32Array, ReturnType<typeof upload>>();
    const results = jobs.map(({ entryPoint, words, pixels, frames }) => {
      const sums = range(batch.temporary(count * words * 4), count * words * 4);
      batch.clear(sums);
      if (pixels && !uploaded.has(pixels)) {
        const from = firstRow * size.width;
        uploaded.set(pixels, upload(pixels.subarray(from, lastRow * size.width)));
      }
      const buffers = [
        input,
        pixels ? uploaded.get(pixels)! : nothing,
        frames ? upload(frames) : nothing,
        sums,
      ];
      const parameters = Uint32Array.of(numRuns, size.width, size.height, firstRow);
      batch.dispatch(kernel(entryPoint), parameters, buffers, Math.ceil(numRuns / THREADS));
      return batch.read(sums);
    });
    await batch.submit();
    for (const [job, result] of results.entries()) {
      parts[job].push(new Uint32Array(await result));
    }
  }
  return jobs.map(({ words }, job) => new RegionWords(parts[job], words, count));
}

function kernel(entryPoint: RegionJob["entryPoint"]): Kernel {
  return {
    name: "region_sums",
    code,
    entryPoint,
    buffers: ["read", "read", "read", "read_write"],
  };
}

/** As many rows at once as buffers hold; a row has at most a run per pixel. */
function planStrips({ firstOfRow }: LabelRuns, size: Size, maxBytes: number): Strip[] {
  const rows = size.height * size.depth;
  const maxRows = Math.floor(maxBytes / (4 * size.width));
  const maxRuns = Math.floor(maxBytes / 16);
  const strips: Strip[] = [];
  for (let firstRow = 0; firstRow < rows;) {
    let lastRow = firstRow + 1;
    while (
      lastRow < rows && lastRow - firstRow < maxRows &&
      firstOfRow[lastRow + 1] - firstOfRow[firstRow] <= maxRuns
    ) lastRow++;
    if (firstOfRow[lastRow] > firstOfRow[firstRow]) strips.push({ firstRow, lastRow });
    firstRow = lastRow;
  }
  return strips;
}

/** Object, first x, x behind the last, row. */
function packRuns(runs: LabelRuns, firstRow: number, lastRow: number): Uint32Array {
  const first = runs.firstOfRow[firstRow];
  const packed = new Uint32Array(4 * (runs.firstOfRow[lastRow] - first));
  for (let row = firstRow; row < lastRow; row++) {
    for (let run = runs.firstOfRow[row]; run < runs.firstOfRow[row + 1]; run++) {
      const at = 4 * (run - first);
      packed[at] = runs.label[run] - 1;
      packed[at + 1] = runs.start[run];
      packed[at + 2] = runs.end[run];
      packed[at + 3] = row;
    }
  }
  return packed;
}
