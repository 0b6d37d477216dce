import assert from "node:assert/strict";
import { join } from "node:path";
import type { Row } from "../../scripts/bench/row.ts";
import { predefinedFeatureSets } from "../../src/features/presets.ts";
import { hasAdapter } from "../support/gpu.ts";
import { PYTHON } from "../support/python.ts";
import { assertPeak, runBench, SAMPLE_FILES } from "./bench_process.ts";

/** Milliseconds that tell the stages, and each sum of them, from one another. */
const PEER_MS = { features: 7, train: 11, predict: 130, label_scipy: 1700, label_opencv: 19_000 };

/** A peer that prints `answer`, whatever it is asked, and keeps its command line. */
async function withPeer(
  answer: string,
  use: (peer: string, readArguments: () => Promise<string[]>) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const [peer, kept] = [join(folder, "peer.py"), join(folder, "arguments.json")];
  try {
    const code = [
      "import json, sys",
      `json.dump(sys.argv[1:], open(${JSON.stringify(kept)}, "w"))`,
      `print(${JSON.stringify(answer)})`,
    ];
    await Deno.writeTextFile(peer, code.join("\n"));
    await use(peer, async () => JSON.parse(await Deno.readTextFile(kept)));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const ANSWER = JSON.stringify({ objects: 77, ms: PEER_MS });
const LITTLE = ["--backend", "cpu", "--repeat", "1", "--trees", "5", "--python", PYTHON];

/** Rows of JSON, with the ratio that the table shows. */
type PrintedRow = Row & { readonly ratio?: number };

Deno.test("every stage stands beside the peer's, with how many times as long the peer takes", async () => {
  await withPeer(ANSWER, async (peer, readArguments) => {
    const args = [...SAMPLE_FILES, ...LITTLE, "--tile", "2", "--depth", "3", "--compare", peer];
    const { stdout, stderr } = await runBench(...args, "--json");
    const rows: PrintedRow[] = JSON.parse(stdout || stderr);
    const stages = rows.map(({ work, peer, peerMs }) => [work.split(",")[0], peer, peerMs]);
    assert.deepEqual(stages, [
      ["features", "OpenCV", 7],
      ["train", "scikit-learn", 11],
      ["predict", "scikit-learn", 130],
      ["label", "SciPy", 1700],
      ["label", "OpenCV", 19_000],
      ["segment", "OpenCV, scikit-learn, SciPy", 7 + 130 + 1700],
    ]);
    for (const { work, ms, peerMs, ratio, peakMB } of rows) {
      assert.ok(ms > 0 && ms < 60_000, `${work}: ${ms} ms`);
      assert.equal(ratio, peerMs! / ms, work);
      assertPeak(peakMB, work);
    }
    const [features, , , label, again, segment] = rows;
    assert.equal(features.work, "features, 508 × 512, cpu");
    assert.equal(label.ms, again.ms);
    assert.match(segment.each!, /^\d\d+ objects here, 77 there$/);

    // The peer is given the same work.
    const found = await readArguments();
    const option = (name: string) => found[found.indexOf(`--${name}`) + 1];
    assert.deepEqual(["image", "annotation"].map(option), [SAMPLE_FILES[1], SAMPLE_FILES[3]]);
    assert.equal(option("features"), predefinedFeatureSets.v070);
    assert.deepEqual(["tile", "depth", "trees", "positive", "repeat"].map(option), [
      ...["2", "3", "5", "2", "1"],
    ]);
  });
});

Deno.test("beside the peer, the table's ratio is that of its two times", async () => {
  await withPeer(ANSWER, async (peer) => {
    const { stdout } = await runBench(...SAMPLE_FILES, ...LITTLE, "--compare", peer);
    const rows = stdout.trim().split("\n").slice(2).map((line) =>
      line.split("|").slice(1, -1).map((cell) => cell.trim())
    );
    assert.deepEqual(rows.map((row) => row[0].split(",")[0]), [
      ...["features", "train", "predict", "label", "label", "segment"],
    ]);
    for (const [work, ...cells] of rows) {
      const [ms, peerMs, ratio] = [cells[0], cells[3], cells[4]].map((cell) =>
        Number(cell.replaceAll(",", ""))
      );
      // Three digits are shown of each.
      assert.ok(Math.abs(ratio * ms / peerMs - 1) < 0.1, `${work}: ${cells.join(" ")}`);
    }
  });
});

Deno.test("a peer that leaves a stage out, or prints no JSON, is told so", async () => {
  const { train: _, ...others } = PEER_MS;
  const answers = [
    [JSON.stringify({ objects: 1, ms: others }), /every stage but found none of train\./],
    ["null", /none of features, train, predict, label_scipy, label_opencv/],
    ["all went well", /one JSON object but it printed something else/],
  ] as const;
  for (const [answer, message] of answers) {
    await withPeer(answer, async (peer) => {
      const { code, stderr } = await runBench(...SAMPLE_FILES, ...LITTLE, "--compare", peer);
      assert.match(stderr, message);
      assert.doesNotMatch(stderr, /\.ts:/);
      assert.equal(code, 2);
    });
  }
});

Deno.test("a subcommand is not compared with the peer of the whole pipeline", async () => {
  const { code, stderr } = await runBench("label", "--compare", "pipeline.py");
  assert.equal(code, 2);
  assert.match(stderr, /leave the subcommand out to compare all stages/);
});

const name = "on a GPU, what its kernels took by its clock stands beside the times by the wall";

Deno.test(hasAdapter ? name : `${name} (skipped: no WebGPU adapter)`, {
  ignore: !hasAdapter,
}, async () => {
  const args = [...SAMPLE_FILES, ...LITTLE.slice(2), "--backend", "gpu"];
  const { stdout, stderr } = await runBench(...args);
  const { backend, ms, kernels } = JSON.parse(stdout || stderr);
  assert.equal(backend, "gpu");
  const { all, ...each } = kernels;
  // On hardware features and votes are one kernel.
  const walking = ["predict", "predict_tile"].filter((kernel) => kernel in each);
  assert.equal(walking.length, 1, Object.keys(each).join());
  for (const part of ["dispatches", "ms", "MB"]) {
    const sum = Object.values<Record<string, number>>(each).reduce((sum, k) => sum + k[part], 0);
    assert.ok(Math.abs(all[part] - sum) < 0.02, `${part}: ${all[part]} beside ${sum}`);
  }
  assert.ok(all.ms > 0 && ms.segment > 0);
  await withPeer(ANSWER, async (peer) => {
    const compared = await runBench(...args, "--compare", peer, "--json");
    const rows: PrintedRow[] = JSON.parse(compared.stdout || compared.stderr);
    const ofKernels = rows.filter(({ work }) => work.startsWith("kernel "));
    assert.deepEqual(
      ofKernels.map(({ work }) => work),
      Object.keys(kernels).map((kernel) => `kernel ${kernel}`),
    );
    for (const { work, each, peakMB, peerMs } of ofKernels) {
      assert.match(each!, /^\d+ ×, [\d.]+ MB$/);
      assertPeak(peakMB, work);
      assert.equal(peerMs, undefined);
    }
  });
});
