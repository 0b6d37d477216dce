import { Block } from "../cpu/memory.ts";
import { startKernels } from "../cpu/kernels.ts";
import * as source from "../cpu/training_wasm.ts";
import { DaubError } from "../errors.ts";
import type { TrainingSet } from "./training_set.ts";
import type { Tree } from "./forest.ts";

/** Where the words of a job are that the kernels change, in units of 32 bits. */
const NUM_TREES = 9;
const NEXT_TREE = 14;
const NUM_DONE = 15;
const IS_CANCELLED = 16;
const HAS_WRONG = 17;
const JOB_WORDS = 18;

/** Where the counts of a node begin, in bytes; the feature, right child and threshold precede. */
const COUNTS = 16;

/** What a thread remembers, at the beginning of its scratch memory, in bytes. */
const STATE_BYTES = 64;

/** Room for the nodes of the trees that are grown in one go, in bytes, unless one needs more. */
const MOST_NODE_BYTES = 2 ** 28;

/** Samples that are copied at once. */
const COPY_LENGTH = 2 ** 22;

/**
 * What the training kernels are told, in their memory: the samples, room for their ranks, the trees
 * and each thread's scratch. `src/cpu/assembly/_training_job.as.ts` describes the layout.
 */
export class TrainingJob implements Disposable {
  /** What each thread calls a kernel with, but for the budget. */
  readonly threads: readonly (readonly [job: number, scratch: number])[];
  /** How many trees can be grown in one go. */
  readonly numTogether: number;
  readonly #set: TrainingSet;
  readonly #job: Block;
  readonly #trees: Block;
  readonly #nodes: Block;
  readonly #samples: Block;
  readonly #blocks: Block[] = [];
  readonly #nodeBytes: number;
  readonly #treeBytes: number;

  /**
   * Allocates; the samples follow with `load`.
   *
   * @throws {DaubError} `annotation` when the memory does not suffice.
   */
  constructor(set: TrainingSet, numTrees: number, numThreads: number) {
    const { samples, numFeatures, classIndices, numClasses, maxDepth } = set;
    const numSamples = classIndices.length;
    this.#set = set;
    this.#nodeBytes = Math.ceil((COUNTS + 4 * numClasses) / 8) * 8;
    const mostNodes = Math.min(2 ** (Math.min(maxDepth, 30) + 1) - 1, 2 * numSamples - 1);
    this.#treeBytes = mostNodes * this.#nodeBytes;
    const fitting = Math.floor(MOST_NODE_BYTES / this.#treeBytes);
    this.numTogether = Math.min(numTrees, Math.max(numThreads, fitting));
    try {
      this.#job = this.#take(4 * JOB_WORDS);
      this.#samples = this.#take(samples.byteLength);
      const ranks = this.#take(samples.byteLength);
      const features = this.#take(8 * numFeatures);
      const classes = this.#take(numSamples);
      this.#trees = this.#take(4 * this.numTogether);
      this.#nodes = this.#take(this.numTogether * this.#treeBytes);
      const words = this.#job.int32().fill(0);
      words.set([this.#samples.pointer, ranks.pointer, features.pointer, classes.pointer]);
      words.set([numSamples, numFeatures, numClasses, maxDepth], 4);
      this.#job.float32()[8] = set.featureThreshold;
      words.set([this.#trees.pointer, this.#nodes.pointer, this.#treeBytes], 10);
      const { scratchBytes } = startKernels<source.Kernels>(source);
      const bytes = scratchBytes(this.#job.pointer) >>> 0;
      const scratch = Array.from({ length: numThreads }, () => this.#take(bytes));
      classes.uint8().set(classIndices);
      for (const block of scratch) block.uint8(0, STATE_BYTES).fill(0);
      this.threads = scratch.map(({ pointer }) => [this.#job.pointer, pointer]);
    } catch (error) {
      this[Symbol.dispose]();
      throw error instanceof RangeError ? tooLarge(set, error) : error;
    }
  }

  /** Copies the samples, piece by piece, with pauses in which other tasks run. */
  async load(pause: () => Promise<void>): Promise<void> {
    const { samples } = this.#set;
    for (let start = 0; start < samples.length; start += COPY_LENGTH) {
      if (start > 0) await pause();
      const piece = samples.subarray(start, start + COPY_LENGTH);
      this.#samples.float32(4 * start, piece.length).set(piece);
    }
  }

  /** Names the trees to grow next, at most `numTogether`, by their seeds. */
  begin(seeds: readonly number[]): void {
    this.#trees.int32().set(seeds);
    const words = this.#job.int32();
    words[NUM_TREES] = seeds.length;
    words[NEXT_TREE] = 0;
    words[NUM_DONE] = 0;
  }

  /** How many of them are done. */
  get numDone(): number {
    return Atomics.load(this.#job.int32(), NUM_DONE);
  }

  /** Whether a feature that was ranked holds NaN or infinity. */
  get hasWrong(): boolean {
    return Atomics.load(this.#job.int32(), HAS_WRONG) !== 0;
  }

  /** Makes all threads end soon. */
  cancel(): void {
    Atomics.store(this.#job.int32(), IS_CANCELLED, 1);
  }

  /** The trees that were named last; all must be done. */
  read(): Tree[] {
    const numNodes = this.#trees.int32();
    const { numClasses } = this.#set;
    const length = this.#job.int32()[NUM_TREES];
    const words = this.#nodes.int32();
    const thresholds = new Float64Array(
      words.buffer,
      words.byteOffset,
      (this.#treeBytes * this.numTogether) / 8,
    );
    return Array.from({ length }, (_, tree): Tree => {
      const size = numNodes[tree];
      const feature = new Int32Array(size);
      const threshold = new Float64Array(size);
      const left = new Int32Array(size).fill(-1);
      const right = new Int32Array(size).fill(-1);
      const counts = new Float64Array(size * numClasses);
      for (let node = 0, i = 0; node < size; node++) {
        const at = (tree * this.#treeBytes + node * this.#nodeBytes) / 4;
        feature[node] = words[at];
        if (words[at] >= 0) {
          threshold[node] = thresholds[at / 2 + 1];
          left[node] = node + 1;
          right[node] = words[at + 1];
        }
        for (let k = 0; k < numClasses; k++) counts[i++] = words[at + COUNTS / 4 + k];
      }
      return { feature, threshold, left, right, counts };
    });
  }

  [Symbol.dispose](): void {
    for (const block of this.#blocks) block[Symbol.dispose]();
  }

  #take(bytes: number): Block {
    const block = new Block(bytes);
    this.#blocks.push(block);
    return block;
  }
}

function tooLarge({ classIndices, numFeatures }: TrainingSet, cause: RangeError): DaubError {
  const found = `${classIndices.length} samples of ${numFeatures} features`;
  return new DaubError(
    "annotation",
    `Expected samples that fit into the 4 GB that training can use but found ${found}. Paint ` +
      `fewer pixels, choose fewer features, or limit the depth of the trees.`,
    { expected: "samples that fit into memory", found, cause },
  );
}
