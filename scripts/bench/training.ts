/**
 * Times training against scikit-learn's, on problems of many sizes, in turns and in one run; both
 * must grow the same forest.
 *
 *     deno run -A scripts/bench/training.ts --samples 1000,10000 --features 4,45 --depth 2,10
 *
 * @module
 */

import { parseArguments } from "../../src/cli/arguments.ts";
import { WorkerPool } from "../../src/cpu/pool.ts";
import type { OptionSpec } from "../../src/cli/option_table.ts";
import { usageError } from "../../src/cli/usage_error.ts";
import { DaubError } from "../../src/errors.ts";
import type { Forest } from "../../src/forest/forest.ts";
import { trainForestOn } from "../../src/forest/train.ts";
import { median } from "./median.ts";
import { withPeakMemory } from "./peak_memory.ts";
import { makeTrainingSet, type Values } from "./training_set.ts";
import { TrainingPeer, type TrainingProblem } from "./training_peer.ts";

const TABLE: readonly OptionSpec[] = [
  {
    name: "samples",
    value: "N,…",
    group: "Training",
    default: "1000,10000",
    help: "numbers of samples",
  },
  {
    name: "features",
    value: "N,…",
    group: "Training",
    default: "4,16,45",
    help: "numbers of features",
  },
  { name: "depth", value: "N,…", group: "Training", default: "2,10", help: "depths" },
  { name: "trees", value: "N", group: "Training", default: "100", help: "the number of trees" },
  {
    name: "values",
    value: "V",
    choices: ["continuous", "bytes"],
    group: "Training",
    default: "continuous",
    help: "values that hardly repeat, or whole numbers from 0 to 255",
  },
  { name: "classes", value: "N", group: "Training", default: "2", help: "the number of classes" },
  { name: "repeat", value: "N", group: "Other", default: "5", help: "how often each is timed" },
  { name: "jobs", value: "N", group: "Other", default: "2", help: "threads of each" },
  {
    name: "python",
    value: "F",
    group: "Other",
    default: "/usr/bin/python3",
    help: "a Python with scikit-learn",
  },
  { name: "json", group: "Other", help: "print one JSON object per row instead of a table" },
  { name: "help", group: "Other", help: "print this text" },
];

/** One line of the result, times in milliseconds. */
export interface TrainingRow {
  readonly samples: number;
  readonly features: number;
  readonly depth: number;
  readonly trees: number;
  readonly classes: number;
  readonly values: Values;
  readonly ms: number;
  readonly peerMs: number;
  /** The median of the ratios of runs next to each other. */
  readonly ratio: number;
  /** The most memory that this process held meanwhile, in MB, where the system tells. */
  readonly peakMB: number | undefined;
}

async function main(argv: readonly string[]): Promise<void> {
  const { values, flags, positionals } = parseArguments(argv, TABLE);
  if (positionals.length > 0) {
    throw usageError(`Expected options only but found "${positionals[0]}". Try --help.`, {
      found: positionals[0],
    });
  }
  if (flags.has("help")) {
    for (const { name, value = "", help } of TABLE) {
      console.log(`  ${`--${name} ${value}`.padEnd(20)}${help}`);
    }
    return;
  }
  const word = (name: string) =>
    values.get(name) ?? TABLE.find((option) => option.name === name)?.default ?? "";
  const numbers = (name: string) =>
    word(name).split(",").map((part) => {
      const number = Number(part);
      if (Number.isSafeInteger(number) && number > 0) return number;
      throw usageError(`Expected --${name} to be whole numbers from 1 but found "${part}".`, {
        found: part,
        where: `--${name}`,
      });
    });
  const [trees] = numbers("trees");
  const [repeat] = numbers("repeat");
  const [jobs] = numbers("jobs");
  const [numClasses] = numbers("classes");
  const [sizes, widths, depths] = [numbers("samples"), numbers("features"), numbers("depth")];
  await using peer = new TrainingPeer(word("python"));
  using threads = new WorkerPool(jobs);
  if (!flags.has("json")) {
    console.log("samples features depth trees |   ours ms   peer ms  ratio  peak, MB");
  }
  for (const numSamples of sizes) {
    for (const numFeatures of widths) {
      const set = makeTrainingSet(numSamples, numFeatures, numClasses, word("values") as Values);
      for (const depth of depths) {
        const problem = { ...set, depth, trees, jobs };
        const row = await compareTraining(peer, problem, repeat, threads);
        const all = { ...row, classes: numClasses, values: word("values") };
        if (flags.has("json")) console.log(JSON.stringify(all));
        else console.log(tableLine(row));
      }
    }
  }
}

/**
 * Both trainings of one problem, in turns.
 *
 * @param threads Kept from one training to the next, as an open backend keeps its own.
 */
export async function compareTraining(
  peer: TrainingPeer,
  problem: TrainingProblem,
  repeat: number,
  threads?: WorkerPool,
): Promise<Omit<TrainingRow, "classes" | "values">> {
  const { samples, classes, numFeatures, depth, trees, jobs } = problem;
  const ours: number[] = [];
  const theirs: number[] = [];
  const { peakMB } = await withPeakMemory(async () => {
    // The first round is not counted.
    for (let round = 0; round <= repeat; round++) {
      const start = performance.now();
      const forest = await trainForestOn(threads, samples, classes, {
        numFeatures,
        maxDepth: depth,
        numTrees: trees,
        numThreads: jobs,
      });
      const ms = performance.now() - start;
      const answer = await peer.train(problem);
      expectSame(forest, answer);
      if (round === 0) continue;
      ours.push(ms);
      theirs.push(answer.ms);
    }
  });
  return {
    samples: classes.length,
    features: numFeatures,
    depth,
    trees,
    ms: median(ours),
    peerMs: median(theirs),
    ratio: median(theirs.map((ms, i) => ms / ours[i])),
    peakMB,
  };
}

/** Refuses forests that differ in their number of nodes or the sum of their thresholds. */
function expectSame(forest: Forest, peer: { nodes: number; thresholds: number }): void {
  let nodes = 0;
  let thresholds = 0;
  for (const { threshold } of forest.trees) {
    nodes += threshold.length;
    for (const value of threshold) thresholds += Math.abs(value);
  }
  const isSame = nodes === peer.nodes &&
    Math.abs(thresholds - peer.thresholds) <= 1e-9 * Math.abs(peer.thresholds);
  if (isSame) return;
  throw new DaubError("classifier", "Expected the peer's forest but found another one.", {
    expected: peer,
    found: { nodes, thresholds },
  });
}

function tableLine(row: Omit<TrainingRow, "classes" | "values">): string {
  const cell = (value: number | string, width: number) => String(value).padStart(width);
  return cell(row.samples, 7) + cell(row.features, 9) + cell(row.depth, 6) + cell(row.trees, 6) +
    " | " + row.ms.toFixed(1).padStart(9) + row.peerMs.toFixed(1).padStart(10) +
    row.ratio.toFixed(1).padStart(7) + cell(row.peakMB ?? "", 10);
}

if (import.meta.main) {
  try {
    await main(Deno.args);
  } catch (error) {
    if (!(error instanceof DaubError)) throw error;
    console.error(error.message);
    Deno.exitCode = error.tag === "options" ? 2 : 1;
  }
}
