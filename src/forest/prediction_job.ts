import * as source from "../cpu/pixels_wasm.ts";
import { startKernels } from "../cpu/kernels.ts";
import { Block, blockOf, pointerOf } from "../cpu/memory.ts";
import { flattenForest } from "./flat_forest.ts";
import type { Forest, Prediction, PredictionRequest } from "./forest.ts";
import { packTrees } from "./pack_trees_cpu.ts";

/** Words of a job, as the kernels read them. */
const JOB_WORDS = 28;
/** Where a job counts the pixels that threads have taken, and how many there are. */
const NEXT_WORD = 22;

/**
 * A prediction that the kernels work on piece by piece: what they read and write lies in their
 * memory while the job lives.
 */
export class PredictionJob implements Disposable {
  /** How much memory a thread needs for it. */
  readonly scratchBytes: number;
  readonly #stack = new DisposableStack();
  readonly #pieces: readonly Piece[];
  readonly #scratch: readonly number[];

  /**
   * @param pieceLength The most pixels that are loaded at once.
   * @param isInside Whether feature planes are read where they lie in the kernels' memory.
   * @param numThreads How many threads may work on it at once; 0 where they bring their memory.
   * @param numPixels How many pixels there are in all. Default one piece.
   * @param numPieces How many pieces may be loaded at the same time. Default 1.
   */
  constructor(
    forest: Forest,
    request: PredictionRequest,
    pieceLength: number,
    isInside: boolean,
    numThreads: number,
    numPixels: number = pieceLength,
    numPieces: number = 1,
  ) {
    const flat = flattenForest(forest);
    const packed = packTrees(flat, numPixels);
    const { votes, numClasses, numFeatures } = flat;
    const make = (length: number) => this.#stack.use(new Block(length));
    const copy = (words: Int32Array | Float64Array) => this.#stack.use(blockOf(words));
    const complete = copy(packed.complete.words);
    const hasNodes = packed.nodes.length > 0;
    const nodes = copy(packed.nodes);
    const below = copy(packed.below);
    const leaves = copy(packed.leaves);
    const roots = copy(packed.roots);
    const exactNodes = copy(packed.exactNodes);
    const exactVotes = copy(packed.exactVotes);
    const tables = packed.tables && copy(packed.tables);
    const numbers = make(numClasses);
    numbers.uint8().set(flat.classes);
    const children = nodes.int32();
    for (let at = 2; at < children.length; at += 4) children[at] += nodes.pointer;
    const isClassesOnly = !request.probabilities && !request.uncertainty;
    const whole = votes.kind === "fraction" ? flat.numTrees * votes.scale : 0;
    this.#pieces = Array.from({ length: numPieces }, () => {
      const piece = new Piece(make, numFeatures, numClasses, request, pieceLength, isInside);
      const { job, planes, classes, shares, probabilities, uncertainty } = piece;
      job.int32().set([
        planes.pointer,
        numFeatures,
        packed.block,
        flat.numTrees,
        complete.pointer,
        packed.complete.treeBytes,
        packed.complete.levels,
        hasNodes ? nodes.pointer : 0,
        below.pointer,
        leaves.pointer,
        packed.numSums,
        numClasses,
        votes.kind === "count" ? 1 : 0,
        whole,
        votes.kind === "fraction" ? votes.margin : 0,
        numbers.pointer,
        classes?.pointer ?? 0,
        tables?.pointer ?? 0,
        probabilities ? shares.pointer : 0,
        uncertainty?.pointer ?? 0,
      ]);
      const most = isClassesOnly ? packed.mostVotes : 0;
      job.int32().set([roots.pointer, exactNodes.pointer, exactVotes.pointer, most], 24);
      new DataView(job.int32().buffer, job.pointer).setFloat64(80, whole, true);
      return piece;
    });
    const { scratchBytes } = startKernels<source.Kernels>(source);
    this.scratchBytes = scratchBytes(this.job());
    this.#scratch = Array.from({ length: numThreads }, () => make(this.scratchBytes).pointer);
  }

  /** The address of the job for one of the pieces. */
  job(piece: number = 0): number {
    return this.#pieces[piece].job.pointer;
  }

  /** The arguments of the kernel `predict` for each thread. */
  argumentLists(piece: number = 0): number[][] {
    return this.#scratch.map((scratch) => [this.job(piece), scratch]);
  }

  /** Makes the pixels from `start` on one of the pieces that the kernels see. */
  load(features: readonly Float32Array[], start: number, length: number, piece: number = 0): void {
    this.#pieces[piece].load(features, start, length);
  }

  /** Copies what the kernels found in a piece to `offset`. */
  save(length: number, prediction: Prediction, offset: number, piece: number = 0): void {
    this.#pieces[piece].save(length, prediction, offset);
  }

  [Symbol.dispose](): void {
    this.#stack.dispose();
  }
}

/** The features of some pixels and what is found of them. */
class Piece {
  readonly job: Block;
  readonly planes: Block;
  readonly shares: Block;
  readonly classes: Block | undefined;
  readonly probabilities: Block | undefined;
  readonly uncertainty: Block | undefined;
  readonly #values: Block | undefined;
  /** From a plane to the next. */
  readonly #bytes: number;

  constructor(
    make: (length: number) => Block,
    numFeatures: number,
    numClasses: number,
    request: PredictionRequest,
    length: number,
    isInside: boolean,
  ) {
    this.#bytes = Math.ceil(length / 32) * 128 + 320;
    this.job = make(4 * JOB_WORDS);
    this.planes = make(4 * numFeatures);
    this.shares = make(4 * numClasses);
    this.#values = isInside ? undefined : make(this.#bytes * numFeatures);
    if (request.classes) this.classes = make(this.#bytes / 4);
    if (request.probabilities) this.probabilities = make(this.#bytes * numClasses);
    if (request.uncertainty) this.uncertainty = make(this.#bytes);
    this.shares.int32().forEach((_, k, addresses) =>
      addresses[k] = (this.probabilities?.pointer ?? 0) + k * this.#bytes
    );
  }

  load(features: readonly Float32Array[], start: number, length: number): void {
    this.job.int32().set([0, length], NEXT_WORD);
    const addresses = this.planes.int32();
    features.forEach((plane, f) => {
      if (this.#values) {
        addresses[f] = this.#values.pointer + f * this.#bytes;
        this.#values.float32(f * this.#bytes, length).set(plane.subarray(start, start + length));
      } else {
        addresses[f] = pointerOf(plane)! + 4 * start;
      }
    });
  }

  save(length: number, { classes, probabilities, uncertainty }: Prediction, offset: number): void {
    classes?.set(this.classes!.uint8(0, length), offset);
    probabilities?.forEach((plane, k) =>
      plane.set(this.probabilities!.float32(k * this.#bytes, length), offset)
    );
    uncertainty?.set(this.uncertainty!.float32(0, length), offset);
  }
}
