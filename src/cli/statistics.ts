import { crossValidate } from "../evaluation/cross_validation.ts";
import type { ConfusionMatrix } from "../evaluation/confusion.ts";
import { outOfBag } from "../evaluation/out_of_bag.ts";
import { suggestFeatures } from "../evaluation/suggest_features.ts";
import { DaubError } from "../errors.ts";
import { planFeatures } from "../features/plan.ts";
import type { Tool } from "./classifier.ts";
import type { Training } from "./train.ts";

/** What can be told of a classifier, as text and as plain data. */
export interface Statistics {
  readonly lines: readonly string[];
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * How much each feature matters, and of a trained classifier how well it does on strokes that it was
 * not trained on, and which features would do as well.
 *
 * @param groups Which stroke each sample is of; none for objects.
 * @param unpainted Features of some pixels without strokes.
 */
export async function tellStatistics(
  tool: Tool,
  { groups, unpainted }: Partial<Pick<Training, "groups" | "unpainted">>,
  signal: AbortSignal | undefined,
): Promise<Statistics> {
  const importances = tool.featureImportances();
  const depths = tool.statistics();
  const lines = [
    "Importance of each feature, and its share of the decisions at each depth:",
    ...depths.map(({ name, shares }) =>
      `  ${percent(importances[name] ?? NaN).padStart(7)}  ${name}  (` +
      `${shares.map((share) => percent(share)).join(", ")})`
    ),
  ];
  const data: Record<string, unknown> = { importances, depths };
  const { samples, forest } = tool;
  if (!samples) return { lines, data };
  const seen = outOfBag(forest, samples);
  lines.push(
    `Out of bag: ${percent(seen.accuracy)} of ${seen.confusion.total} samples are classified ` +
      `right by the trees that have not seen them`,
    ...describeConfusion(seen.confusion),
  );
  data.outOfBag = { accuracy: seen.accuracy, confusion: plain(seen.confusion) };
  const { maxDepth, trees, randomState, votes } = forest;
  const growth = { maxDepth, numTrees: trees.length, randomState, votes, signal };
  const grouped = groups ? { ...samples, groups } : samples;
  try {
    const { accuracy, confusion, statement } = await crossValidate(grouped, growth);
    lines.push(`Cross-validation${groups ? " by stroke" : ""}: ${statement}`);
    lines.push(...describeConfusion(confusion));
    data.crossValidation = { accuracy, statement, confusion: plain(confusion) };
  } catch (error) {
    // Too few strokes to leave some out: that is told, and everything else goes on.
    if (!(error instanceof DaubError) || error.tag === "cancelled") throw error;
    lines.push(`Cross-validation: not possible. ${error.message}`);
  }
  if ("numChannels" in tool) {
    const { featureSpecification, numChannels, dimensions } = tool;
    const plan = planFeatures(featureSpecification, { numChannels, dimensions });
    if (plan.features.length > 1) {
      const others = unpainted?.length ? { unpainted } : {};
      const suggestion = await suggestFeatures(grouped, plan, { ...growth, ...others });
      const { features, accuracy, agreement, speedup, statement } = suggestion;
      lines.push(`Suggestion: ${statement}`);
      data.suggestion = { features, accuracy, agreement, speedup, statement };
    }
  }
  return { lines, data };
}

function plain({ classes, counts }: ConfusionMatrix) {
  const rows = classes.map((_, row) => [
    ...counts.subarray(row * classes.length, (row + 1) * classes.length),
  ]);
  return { classes, rows };
}

/** A line per true class. */
function describeConfusion(confusion: ConfusionMatrix): string[] {
  const { classes, rows } = plain(confusion);
  return rows.map((row, i) =>
    `  class ${classes[i]} taken for ` +
    row.map((count, j) => `${classes[j]}: ${count}`).join(", ")
  );
}

function percent(share: number): string {
  return Number.isNaN(share) ? "unknown" : `${(100 * share).toFixed(1)} %`;
}
