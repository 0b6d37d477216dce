/**
 * How good segmentations are: strokes that are simulated on the true objects of the samples train
 * each predefined feature set, and scikit-image's trainable segmentation on the same strokes; the
 * whole image is compared with the truth. Prints a table for BENCHMARKS.md.
 *
 *     deno run -A scripts/quality.ts [--seeds 3]
 *
 * @module
 */
import { parseArguments } from "../src/cli/arguments.ts";
import type { OptionSpec } from "../src/cli/option_table.ts";
import { usageError } from "../src/cli/usage_error.ts";
import { DaubError, predefinedFeatureSets } from "../mod.ts";
import { makeCases, type QualityCase, type QualityScores, scoreFeatures } from "./quality/case.ts";
import { scorePeer } from "./quality/peer.ts";

const SAMPLES = ["blobs", "cells", "volume"];
const COVERAGES = [0.0025, 0.01, 0.025];
const DEPTHS = [2, 10];

/** A row of the table: the means over samples and seeds at each coverage. */
function row(
  name: string,
  cases: readonly QualityCase[],
  scores: readonly QualityScores[],
): string {
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const cells = COVERAGES.map((coverage) => {
    const own = scores.filter((_, i) => cases[i].coverage === coverage);
    const iou = mean(own.map(({ meanIou }) => meanIou));
    const f1 = mean(own.map(({ f1 }) => f1));
    return `${iou.toFixed(3)} / ${f1.toFixed(3)}`;
  });
  const seconds = mean(scores.map(({ seconds }) => seconds));
  return `| ${[name, ...cells, (1000 * seconds).toFixed(0)].join(" | ")} |`;
}

const OPTIONS: readonly OptionSpec[] = [
  {
    name: "seeds",
    value: "N",
    range: [1, 1000],
    group: "Other",
    help: "how many times strokes are simulated (default: 3)",
  },
  { name: "help", group: "Other", help: "print this text" },
];

async function main(argv: readonly string[]): Promise<void> {
  const { values, flags, positionals } = parseArguments(argv, OPTIONS);
  if (flags.has("help")) {
    for (const { name, value = "", help } of OPTIONS) {
      console.log(`  ${`--${name} ${value}`.padEnd(20)}${help}`);
    }
    return;
  }
  if (positionals.length > 0) {
    throw usageError(`Expected options only but found "${positionals[0]}". Try --help.`, {
      found: positionals[0],
    });
  }
  const seeds = Array.from({ length: Number(values.get("seeds") ?? 3) }, (_, i) => i + 1);
  const cases = (await Promise.all(SAMPLES.map((name) => makeCases(name, COVERAGES, seeds))))
    .flat();
  const headings = COVERAGES.map((coverage) => `${100 * coverage} %`);
  console.log(`| features, depth | ${headings.join(" | ")} | ms |`);
  console.log(`| --- |${" ---: |".repeat(COVERAGES.length + 1)}`);
  for (const features of Object.keys(predefinedFeatureSets).filter((name) => name !== "custom")) {
    for (const depth of DEPTHS) {
      const scores: QualityScores[] = [];
      for (const case_ of cases) scores.push(await scoreFeatures(case_, features, depth));
      console.log(row(`\`${features}\`, ${depth}`, cases, scores));
    }
  }
  const peer = await scorePeer(cases);
  if (peer) console.log(row("scikit-image's trainable segmentation", cases, peer));
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
