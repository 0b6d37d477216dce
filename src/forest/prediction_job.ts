import * as source from "../cpu/forest_wasm.ts";
import { startKernels } from "../cpu/kernels.ts";
import { Block, blockOf, pointerOf } from "../cpu/memory.ts";
import { type FlatForest, flattenForest } from "./flat_forest.ts";
import type { Forest, Prediction, PredictionRequest } from "./forest.ts";
import { exactFractions, firstLargest, orderFloats } from "./leaf_walk.ts";
import { packTrees } from "./pack_trees_cpu.ts";

/** Words of a job, as the kernels read them. */
const JOB_WORDS = 24;
/** Where a job counts the pixels that threads have taken, and how many there are. */
const NEXT_WORD = 22;

/**
 * A prediction that the kernels work on piece by piece: what they read and write lies in their
 * memory while the job lives.
 */
export class PredictionJob implements Disposable {
  /** The arguments of the kernel `predict` for each thread. */
  readonly argumentLists: readonly (readonly number[])[];
  readonly #flat: FlatForest;
  readonly #pieceLength: number;
  readonly #stack = new DisposableStack();
  readonly #job: Block;
  readonly #planes: Block;
  readonly #values: Block | undefined;
  readonly #classes: Block | undefined;
  readonly #undecided: Block | undefined;
  readonly #probabilities: Block | undefined;
  readonly #uncertainty: Block | undefined;

  /**
   * @param pieceLength The most pixels that are loaded at once.
   * @param isInside Whether feature planes are read where they lie in the kernels' memory.
   * @param numThreads How many threads may work on it at once.
   */
  constructor(
    forest: Forest,
    request: PredictionRequest,
    pieceLength: number,
    isInside: boolean,
    numThreads: number,
  ) {
    const flat = flattenForest(forest);
    const packed = packTrees(flat);
    const { votes, numClasses, numFeatures } = flat;
    const bytes = Math.ceil(pieceLength / 32) * 128;
    const make = (length: number) => this.#stack.use(new Block(length));
    const copy = (words: Int32Array) => this.#stack.use(blockOf(words));
    this.#flat = flat;
    this.#pieceLength = pieceLength;
    this.#planes = make(4 * numFeatures);
    this.#values = isInside ? undefined : make(bytes * numFeatures);
    if (request.classes) {
      this.#classes = make(bytes / 4);
      this.#undecided = make(bytes / 32);
    }
    if (request.probabilities) this.#probabilities = make(bytes * numClasses);
    if (request.uncertainty) this.#uncertainty = make(bytes);
    const tops = copy(packed.tops);
    const hasNodes = packed.nodes.length > 0;
    const nodes = copy(packed.nodes);
    const levels = copy(packed.levels);
    const leaves = copy(packed.leaves);
    const numbers = make(numClasses);
    const shares = make(4 * numClasses);
    const job = make(4 * JOB_WORDS);
    numbers.uint8().set(flat.classes);
    const children = nodes.int32();
    for (let at = 2; at < children.length; at += 4) children[at] += nodes.pointer;
    shares.int32().forEach((_, k, addresses) =>
      addresses[k] = (this.#probabilities?.pointer ?? 0) + k * bytes
    );
    job.int32().set([
      this.#planes.pointer,
      numFeatures,
      packed.block,
      flat.numTrees,
      tops.pointer,
      tops.length / flat.numTrees,
      packed.topDepth,
      hasNodes ? nodes.pointer : 0,
      levels.pointer,
      leaves.pointer,
      packed.numSums,
      numClasses,
      votes.kind === "count" ? 1 : 0,
      votes.kind === "fraction" ? flat.numTrees * votes.scale : 0,
      votes.kind === "fraction" ? votes.margin : 0,
      numbers.pointer,
      this.#classes?.pointer ?? 0,
      this.#undecided?.pointer ?? 0,
      this.#probabilities ? shares.pointer : 0,
      this.#uncertainty?.pointer ?? 0,
    ]);
    new DataView(job.int32().buffer, job.pointer).setFloat64(
      80,
      votes.kind === "fraction" ? flat.numTrees * votes.scale : 0,
      true,
    );
    this.#job = job;
    const { scratchBytes } = startKernels<source.Kernels>(source);
    this.argumentLists = Array.from(
      { length: numThreads },
      () => [job.pointer, make(scratchBytes(job.pointer)).pointer],
    );
  }

  /** Makes the pixels from `start` on the piece that the kernels see. */
  load(features: readonly Float32Array[], start: number, length: number): void {
    this.#job.int32().set([0, length], NEXT_WORD);
    const addresses = this.#planes.int32();
    const stride = this.#values ? this.#values.length / features.length : 0;
    features.forEach((plane, f) => {
      if (this.#values) {
        addresses[f] = this.#values.pointer + f * stride;
        this.#values.float32(f * stride, length).set(plane.subarray(start, start + length));
      } else {
        addresses[f] = pointerOf(plane)! + 4 * start;
      }
    });
  }

  /** Copies what the kernels found to `offset`, and decides where their sums cannot. */
  save(
    features: readonly Float32Array[],
    start: number,
    length: number,
    { classes, probabilities, uncertainty }: Prediction,
    offset: number,
  ): void {
    if (classes) {
      const found = this.#classes!.uint8(0, length);
      this.#settle(features, start, found);
      classes.set(found, offset);
    }
    const bytes = Math.ceil(this.#pieceLength / 32) * 128;
    probabilities?.forEach((plane, k) =>
      plane.set(this.#probabilities!.float32(k * bytes, length), offset)
    );
    uncertainty?.set(this.#uncertainty!.float32(0, length), offset);
  }

  #settle(features: readonly Float32Array[], start: number, classes: Uint8Array): void {
    const { votes, numClasses, classes: numbers } = this.#flat;
    if (votes.kind === "count") return;
    const words = this.#undecided!.int32(0, Math.ceil(classes.length / 32));
    const floats = new Int32Array(features.length);
    const values = new Float32Array(floats.buffer);
    const exact = new Float64Array(numClasses);
    for (let word = 0; word < words.length; word++) {
      for (let bits = words[word]; bits !== 0; bits &= bits - 1) {
        const pixel = word * 32 + 31 - Math.clz32(bits & -bits);
        features.forEach((plane, f) => values[f] = plane[start + pixel]);
        orderFloats(floats, 0, 1, floats, 0, floats.length);
        exactFractions(this.#flat, { bits: floats, stride: 1 }, 0, votes.exact, exact);
        classes[pixel] = numbers[firstLargest(exact)];
      }
    }
  }

  [Symbol.dispose](): void {
    this.#stack.dispose();
  }
}
