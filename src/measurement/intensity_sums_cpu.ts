import { canRunKernels, startKernels } from "../cpu/kernels.ts";
import * as source from "../cpu/measuring_wasm.ts";
import { Block } from "../cpu/memory.ts";
import type { Size } from "../image/image.ts";
import { forEachRow, type LabelRuns } from "./label_runs.ts";
import type { ChannelSums, NumberArray } from "./region_sums.ts";

/** Sums over objects' intensities but for the distances. */
export type IntensitySums = Omit<ChannelSums, "distances">;

/** Smaller images are done before a kernel has started. */
const MIN_KERNEL_PIXELS = 2 ** 14;

/** Pixels that are copied to the kernels at once. */
const PIECE = 2 ** 18;

/** What pixels are, in the order of the kernel's cases. */
const TYPES = [
  Uint8Array,
  Int8Array,
  Uint16Array,
  Int16Array,
  Uint32Array,
  Int32Array,
  Float32Array,
  Float64Array,
];

/** What the kernel keeps of an object, 64-bit floats in the order of its source. */
const KEPT = ["min", "max", "pivot", "differences", "squares", "sum", "x", "y", "z"] as const;

/**
 * Sums over the intensities of objects.
 *
 * @param runs Labelled from 1, each label at least once.
 * @param area The number of pixels of every object.
 * @param pixels The channel, of the size of the label image.
 */
export function sumIntensities(
  runs: LabelRuns,
  size: Size,
  area: Float64Array,
  pixels: NumberArray,
): IntensitySums {
  const type = TYPES.findIndex((Type) => pixels instanceof Type);
  const hasKernel = type >= 0 && pixels.length >= MIN_KERNEL_PIXELS;
  return hasKernel && canRunKernels(source)
    ? sumIntensitiesWasm(runs, size, area, pixels, type)
    : sumIntensitiesPlainly(runs, size, area, pixels);
}

/** {@linkcode sumIntensities} by the kernels, piece by piece. */
function sumIntensitiesWasm(
  { firstOfRow, start, end, label }: LabelRuns,
  { width, height, depth }: Size,
  area: Float64Array,
  pixels: NumberArray,
  type: number,
): IntensitySums {
  const rows = height * depth;
  const count = area.length;
  const pieceRows = Math.min(rows, Math.max(1, Math.floor(PIECE / width)));
  let mostRuns = 0;
  for (let row = 0; row < rows; row += pieceRows) {
    const next = Math.min(rows, row + pieceRows);
    mostRuns = Math.max(mostRuns, firstOfRow[next] - firstOfRow[row]);
  }
  const { addIntensities, clearSums } = startKernels<source.Kernels>(source);
  using piece = new Block(pieceRows * width * pixels.BYTES_PER_ELEMENT);
  using first = new Block(4 * (pieceRows + 1));
  using starts = new Block(4 * mostRuns);
  using ends = new Block(4 * mostRuns);
  using labels = new Block(4 * mostRuns);
  using sums = new Block(8 * KEPT.length * count);
  clearSums(sums.pointer, count);
  for (let row = 0; row < rows; row += pieceRows) {
    const next = Math.min(rows, row + pieceRows);
    const from = firstOfRow[row];
    const to = firstOfRow[next];
    if (from === to) continue;
    const part = pixels.subarray(row * width, next * width);
    piece.uint8().set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
    first.int32().set(firstOfRow.subarray(row, next + 1));
    starts.int32().set(start.subarray(from, to));
    ends.int32().set(end.subarray(from, to));
    labels.int32().set(label.subarray(from, to));
    addIntensities(
      piece.pointer,
      type,
      width,
      height,
      row,
      next,
      first.pointer,
      starts.pointer,
      ends.pointer,
      labels.pointer,
      sums.pointer,
    );
  }
  const kept = sums.float64();
  const column = (name: typeof KEPT[number]) => {
    const values = new Float64Array(count);
    const at = KEPT.indexOf(name);
    for (let o = 0; o < count; o++) values[o] = kept[o * KEPT.length + at];
    return values;
  };
  return {
    min: column("min"),
    max: column("max"),
    sum: column("sum"),
    weighted: [column("x"), column("y"), column("z")],
    squares: aroundMean(column("squares"), column("differences"), area),
  };
}

/** {@linkcode sumIntensities} where there are no kernels, and to check them with. */
export function sumIntensitiesPlainly(
  runs: LabelRuns,
  size: Size,
  area: Float64Array,
  pixels: NumberArray,
): IntensitySums {
  const count = area.length;
  const min = new Float64Array(count).fill(Infinity);
  const max = new Float64Array(count).fill(-Infinity);
  const sum = new Float64Array(count);
  const squares = new Float64Array(count);
  const [x, y, z] = [sum, sum, sum].map((zeros) => zeros.slice());
  // Differences to one of an object's own values lose nothing where they are squared.
  const pivots = new Float64Array(count);
  const differences = new Float64Array(count);
  forEachRow(runs, size, (first, last, row, plane) => {
    const begin = (plane * size.height + row) * size.width;
    for (let run = first; run < last; run++) {
      const o = runs.label[run] - 1;
      const from = begin + runs.start[run];
      const to = begin + runs.end[run];
      if (min[o] > max[o]) pivots[o] = pixels[from];
      const pivot = pivots[o];
      let low = min[o];
      let high = max[o];
      let total = 0;
      let moment = 0;
      let square = 0;
      for (let i = from; i < to; i++) {
        const value = pixels[i];
        if (value < low) low = value;
        if (value > high) high = value;
        const difference = value - pivot;
        total += difference;
        square += difference * difference;
        moment += (i - from) * value;
      }
      min[o] = low;
      max[o] = high;
      differences[o] += total;
      squares[o] += square;
      const whole = total + pivot * (to - from);
      sum[o] += whole;
      x[o] += moment + whole * runs.start[run];
      y[o] += whole * row;
      z[o] += whole * plane;
    }
  });
  return { min, max, sum, weighted: [x, y, z], squares: aroundMean(squares, differences, area) };
}

/** Squares of differences to the mean, from those to another value and their plain sums. */
function aroundMean(
  squares: Float64Array,
  differences: Float64Array,
  area: Float64Array,
): Float64Array {
  return squares.map((sum, o) => Math.max(0, sum - differences[o] * differences[o] / area[o]));
}
