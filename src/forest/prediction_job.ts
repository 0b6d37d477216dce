import * as source from "../cpu/pixels_wasm.ts";
import { startKernels } from "../cpu/kernels.ts";
import { Block, blockOf, pointerOf } from "../cpu/memory.ts";
import { flattenForest } from "./flat_forest.ts";
import type { Forest, Prediction, PredictionRequest } from "./forest.ts";
import { packTrees } from "./pack_trees_cpu.ts";

/** Words of a job, as the kernels read them. */
const JOB_WORDS = 27;
/** Where a job counts the pixels that threads have taken, and how many there are. */
const NEXT_WORD = 22;

/**
 * A prediction that the kernels work on piece by piece: what they read and write lies in their
 * memory while the job lives.
 */
export class PredictionJob implements Disposable {
  /** The arguments of the kernel `predict` for each thread. */
  readonly argumentLists: readonly (readonly number[])[];
  /** The address of the job. */
  readonly job: number;
  /** How much memory a thread needs for it. */
  readonly scratchBytes: number;
  readonly #pieceLength: number;
  readonly #stack = new DisposableStack();
  readonly #job: Block;
  readonly #planes: Block;
  readonly #values: Block | undefined;
  readonly #classes: Block | undefined;
  readonly #probabilities: Block | undefined;
  readonly #uncertainty: Block | undefined;

  /**
   * @param pieceLength The most pixels that are loaded at once.
   * @param isInside Whether feature planes are read where they lie in the kernels' memory.
   * @param numThreads How many threads may work on it at once; 0 where they bring their memory.
   * @param numPixels How many pixels there are in all. Default one piece.
   */
  constructor(
    forest: Forest,
    request: PredictionRequest,
    pieceLength: number,
    isInside: boolean,
    numThreads: number,
    numPixels: number = pieceLength,
  ) {
    const flat = flattenForest(forest);
    const packed = packTrees(flat, numPixels);
    const { votes, numClasses, numFeatures } = flat;
    const bytes = Math.ceil(pieceLength / 32) * 128;
    const make = (length: number) => this.#stack.use(new Block(length));
    const copy = (words: Int32Array | Float64Array) => this.#stack.use(blockOf(words));
    this.#pieceLength = pieceLength;
    this.#planes = make(4 * numFeatures);
    this.#values = isInside ? undefined : make(bytes * numFeatures);
    if (request.classes) this.#classes = make(bytes / 4);
    if (request.probabilities) this.#probabilities = make(bytes * numClasses);
    if (request.uncertainty) this.#uncertainty = make(bytes);
    const tops = copy(packed.tops);
    const hasNodes = packed.nodes.length > 0;
    const nodes = copy(packed.nodes);
    const levels = copy(packed.levels);
    const leaves = copy(packed.leaves);
    const roots = copy(packed.roots);
    const exactNodes = copy(packed.exactNodes);
    const exactVotes = copy(packed.exactVotes);
    const tables = packed.tables && copy(packed.tables);
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
      tables?.pointer ?? 0,
      this.#probabilities ? shares.pointer : 0,
      this.#uncertainty?.pointer ?? 0,
    ]);
    job.int32().set([roots.pointer, exactNodes.pointer, exactVotes.pointer], 24);
    new DataView(job.int32().buffer, job.pointer).setFloat64(
      80,
      votes.kind === "fraction" ? flat.numTrees * votes.scale : 0,
      true,
    );
    this.#job = job;
    this.job = job.pointer;
    this.scratchBytes = startKernels<source.Kernels>(source).scratchBytes(job.pointer);
    this.argumentLists = Array.from(
      { length: numThreads },
      () => [job.pointer, make(this.scratchBytes).pointer],
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

  /** Copies what the kernels found to `offset`. */
  save(length: number, { classes, probabilities, uncertainty }: Prediction, offset: number): void {
    classes?.set(this.#classes!.uint8(0, length), offset);
    const bytes = Math.ceil(this.#pieceLength / 32) * 128;
    probabilities?.forEach((plane, k) =>
      plane.set(this.#probabilities!.float32(k * bytes, length), offset)
    );
    uncertainty?.set(this.#uncertainty!.float32(0, length), offset);
  }

  [Symbol.dispose](): void {
    this.#stack.dispose();
  }
}
