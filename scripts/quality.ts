/**
 * How good segmentations are: strokes that are simulated on the true objects of the samples train
 * each predefined feature set, and scikit-image's trainable segmentation on the same strokes; the
 * whole image is compared with the truth. Prints a table for BENCHMARKS.md.
 *
 *     deno run -A scripts/quality.ts [--seeds 3]
 *
 * @module
 */
import { parseArgs } from "node:util";
import { predefinedFeatureSets } from "../mod.ts";
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

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { seeds: { type: "string", default: "3" } } });
  const seeds = Array.from({ length: Number(values.seeds) }, (_, i) => i + 1);
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

if (import.meta.main) await main();
