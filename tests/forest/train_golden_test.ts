import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { trainForest } from "../../src/forest/train.ts";
import { goldenJson, goldenPath, goldenTest, hasGolden } from "../support/golden.ts";
import { equalForests, type ReferenceForest } from "./compare_forests.ts";
import { randomCases } from "./random_cases.ts";

const PYTHON = "/usr/bin/python3";

for (const name of ["plain", "ties", "constant", "deep", "tiny", "one_feature"]) {
  goldenTest(`scikit-learn's forest "${name}" is reproduced node for node`, async () => {
    const expected = goldenJson<ReferenceForest & { X: number[][]; y: number[] }>(
      `golden/forests/${name}.json`,
    );
    const samples = Float32Array.from(expected.X.flat());
    const forest = await trainForest(samples, expected.y, {
      numFeatures: expected.X[0].length,
      maxDepth: expected.max_depth,
      numTrees: expected.num_trees,
      randomState: expected.random_state,
    });
    equalForests(forest, expected, samples, name);
  });
}

async function runPython(args: string[], input: string): Promise<string | undefined> {
  try {
    const options = { args, stdin: "piped", stdout: "piped", stderr: "null" } as const;
    const process = new Deno.Command(PYTHON, options).spawn();
    const [{ success, stdout }] = await Promise.all([
      process.output(),
      new Blob([input]).stream().pipeTo(process.stdin),
    ]);
    return success ? new TextDecoder().decode(stdout) : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

const hasSklearn = hasGolden && await runPython(["-c", "import sklearn"], "") !== undefined;
const missing = hasGolden ? `${PYTHON} has no scikit-learn` : "DAUB_GOLDEN is not set";

Deno.test({
  name: "200 random forests equal those that scikit-learn grows here" +
    (hasSklearn ? "" : ` (skipped: ${missing})`),
  ignore: !hasSklearn,
  fn: async () => {
    const cases = randomCases(200, 20240607);
    const questions = cases.map(({ samples, ...rest }) => ({
      ...rest,
      bits: [...new Uint32Array(samples.buffer)],
    }));
    const script = fileURLToPath(new URL("./sklearn_forests.py", import.meta.url));
    const answer = await runPython(
      [script, goldenPath("peers/sklearn_forest.py")],
      JSON.stringify(questions),
    );
    assert.ok(answer, "the reference forests could not be grown");
    const expected: ReferenceForest[] = JSON.parse(answer.replaceAll("NaN", "null"));
    assert.equal(expected.length, cases.length);
    for (const [i, { name, samples, classes, ...options }] of cases.entries()) {
      const forest = await trainForest(samples, classes, options);
      equalForests(forest, expected[i], samples, name);
    }
  },
});
