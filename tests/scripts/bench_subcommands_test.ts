import assert from "node:assert/strict";
import { join } from "node:path";
import { COMMANDS } from "../../scripts/bench/commands.ts";
import type { Row } from "../../scripts/bench/row.ts";
import { encodeTiff } from "../../src/image/tiff_writer.ts";
import { hasAdapter } from "../support/gpu.ts";
import { hasScikitLearn, PYTHON } from "../support/python.ts";
import { assertPeak, runBench } from "./bench_process.ts";

/**
 * Stands in for the Python that runs the peers: answers at once with times that are known, and
 * trains in earnest, because both must grow the same forest.
 */
const STUB = `#!/bin/sh
case "$(basename "$1") $2" in
  "peers.py gaussian") echo "{\\"$6\\": $((30 + $6))}" ;;
  "peers.py features") echo '{"features": 61}' ;;
  "peers.py label") echo '{"scipy": 71, "opencv": 72}' ;;
  "peers.py predict") echo "{\\"$5\\": $((80 + $5))}" ;;
  "measure_peers.py "*) echo '{"ms": 97}' ;;
  "training_peer.py "*) exec ${PYTHON} "$@" ;;
  *) echo "unexpected $*" >&2; exit 1 ;;
esac
`;

const [width, height] = [48, 20];

/** Two squares on a dark ground, and strokes over one of them and over the ground. */
async function writeFiles(folder: string): Promise<string[]> {
  const data = new Uint8Array(width * height);
  const strokes = new Uint8Array(width * height);
  for (let i = 0; i < data.length; i++) {
    const [x, y] = [i % width, Math.floor(i / width)];
    const isObject = y > 3 && y < 11 && (x > 2 && x < 10 || x > 30 && x < 45);
    data[i] = (isObject ? 180 : 20) + (7 * i) % 11;
    if (isObject && x < 10) strokes[i] = 2;
    else if (y > 16) strokes[i] = 1;
  }
  const size = { width, height, depth: 1 };
  const [image, annotation, python] = ["image.tif", "strokes.tif", "python"].map((name) =>
    join(folder, name)
  );
  await Deno.writeFile(image, await encodeTiff({ ...size, data }));
  await Deno.writeFile(annotation, await encodeTiff({ ...size, data: strokes }));
  await Deno.writeTextFile(python, STUB, { mode: 0o755 });
  return ["--image", image, "--annotation", annotation, "--python", python];
}

/** The works of a subcommand without their sizes, the peer beside each, and the peer's time. */
const EXPECTED: Record<string, readonly (readonly [RegExp, string?, number?])[]> = {
  gaussian: [[1, 31], [5, 35], [10, 40], [25, 55]].flatMap(([sigma, ms]) => {
    const work = `^Gaussian, sigma ${sigma}, 48 × 20`;
    return [
      [new RegExp(`${work}$`), "OpenCV", ms],
      [new RegExp(`${work}, new arrays$`), "OpenCV", ms],
    ] as const;
  }),
  features: ["4 features \\(v070\\)", "16 features \\(object_size_1_to_5_px\\)"].flatMap((name) =>
    [
      [new RegExp(`^${name}, 48 × 20$`), "OpenCV", 61],
      [new RegExp(`^${name}, 48 × 20, new arrays$`), "OpenCV", 61],
    ] as const
  ),
  train: [
    [/^train 3 trees of depth 2, 200 samples × 4 features$/, "scikit-learn"],
    [/^train 3 trees of depth 10, 200 samples × 4 features$/, "scikit-learn"],
  ],
  // The peer is timed on a quarter of the pixels.
  predict: [[2, 82], [5, 85], [10, 90]].map(([depth, ms]) => [
    new RegExp(`^predict 2¹² pixels, 3 trees of depth ${depth}$`),
    "scikit-learn",
    4 * ms,
  ]),
  label: [/^label image 48 × 20/, /^label noise 128 × 128/, /^label volume 48 × 40 × 20/].flatMap((
    work,
  ) =>
    [["SciPy", 71], ["OpenCV", 72]].flatMap(([peer, ms]) =>
      ["$", ", new array$"].map((end) =>
        [new RegExp(`${work.source}.*${end}`), peer as string, ms as number] as const
      )
    )
  ),
  measure: [
    [/^label, then area, box, centroid, 48 × 20$/, "OpenCV connectedComponentsWithStats", 97],
    [/^boxes, 48 × 20$/, "scikit-image regionprops_table, as called without properties", 97],
    [/^numeric properties, 48 × 20$/, "scikit-image regionprops_table, the same properties", 97],
    [/^object classifier trained/, "scikit-image and scikit-learn, the same forest", 97],
    [/^object classifier applied/, "scikit-image and scikit-learn, the same forest", 97],
  ],
  stroke: [[/^stroke of 40 pixels → labels, 48 × 20$/]],
  large: [[/^segment 48 × 20$/], [/^segment 96 × 40$/]],
  start: [[/^deno run -A scripts\/segment\.ts, the whole process$/]],
  scale: [
    ...["segment, 0 megapixels", "segment, 0 megapixels"],
    ...["features, 2 features", "features, 4 features"],
    ...["train, 1,000 samples of 10 features", "train, 10,000 samples of 10 features"],
    ...["predict by trees, 10 trees of depth 2", "predict by trees, 30 trees of depth 2"],
    ...["predict by depth, 1 decisions in 100 trees", "predict by depth, 2 decisions in 100 trees"],
  ].map((work) => [new RegExp(`^${work}$`)]),
};

Deno.test("every subcommand has its rows known", () => {
  assert.deepEqual(Object.keys(EXPECTED).sort(), [...COMMANDS.keys()].sort());
});

const canTrain = await hasScikitLearn();

for (const [name, expected] of Object.entries(EXPECTED)) {
  const ignore = name === "train" && !canTrain;
  const note = ignore ? ` (skipped: ${PYTHON} has no scikit-learn)` : "";
  const title = `the subcommand ${name} prints its rows, with time, peak memory and peer${note}`;
  Deno.test({ name: title, ignore }, async () => {
    const folder = await Deno.makeTempDir();
    try {
      const few = ["--quick", "--repeat", "1", "--trees", "3", "--backend", "cpu", "--json"];
      const out = join(folder, "curves");
      const args = [name, ...await writeFiles(folder), ...few, "--out", out];
      const { code, stdout, stderr } = await runBench(...args);
      assert.equal(code, 0, stderr);
      const rows: (Row & { ratio?: number })[] = JSON.parse(stdout);
      assert.equal(rows.length, expected.length, rows.map(({ work }) => work).join("; "));
      rows.forEach(({ work, ms, peer, peerMs, ratio, peakMB }, i) => {
        const [pattern, who, time] = expected[i];
        assert.match(work, pattern);
        assert.ok(ms > 0 && ms < 60_000, `${work}: ${ms} ms`);
        assertPeak(peakMB, work);
        assert.equal(peer, who, work);
        assert.equal(peerMs !== undefined, who !== undefined, work);
        if (time !== undefined) assert.equal(peerMs, time, work);
        if (who !== undefined) assert.equal(ratio, peerMs! / ms, work);
      });
      if (name !== "scale") return;
      const curves = await Array.fromAsync(Deno.readDir(out), ({ name }) => name);
      assert.deepEqual(curves.sort(), [
        ...["features.svg", "predict_by_depth.svg", "predict_by_trees.svg"],
        ...["segment.svg", "train.svg"],
      ]);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

const large = "on a GPU, the kernels of every size are rows beside the whole";

Deno.test(hasAdapter ? large : `${large} (skipped: no WebGPU adapter)`, {
  ignore: !hasAdapter,
}, async () => {
  const folder = await Deno.makeTempDir();
  try {
    const few = ["--quick", "--repeat", "1", "--trees", "3", "--backend", "gpu", "--json"];
    const { stdout, stderr } = await runBench("large", ...await writeFiles(folder), ...few);
    const rows: Row[] = JSON.parse(stdout || stderr);
    for (const size of ["48 × 20", "96 × 40"]) {
      const ofSize = rows.filter(({ work }) => work.endsWith(size));
      assert.equal(ofSize[0].work, `segment ${size}`);
      assert.match(ofSize[0].each!, /^[\d.]+ ns a pixel, \d+ objects$/);
      const kernels = ofSize.slice(1);
      const names = kernels.map(({ work }) => work.split(",")[0]);
      // On hardware features and votes are one kernel.
      assert.ok(names.includes("kernel predict") || names.includes("kernel predict_tile"));
      assert.ok(names.includes("kernel components:flatten"), names.join());
      assert.equal(names.at(-1), "kernel all");
      const sum = kernels.slice(0, -1).reduce((sum, { ms }) => sum + ms, 0);
      assert.ok(Math.abs(kernels.at(-1)!.ms - sum) < 0.02);
      for (const { work, each, peakMB } of ofSize) {
        assertPeak(peakMB, work);
        assert.ok(work.startsWith("segment") || /^\d+ ×, [\d.]+ MB$/.test(each!), each);
      }
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("strokes that have no room left end in one sentence", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const files = await writeFiles(folder);
    const few = ["--quick", "--trees", "3", "--backend", "cpu"];
    const { code, stderr } = await runBench("stroke", ...files, ...few, "--repeat", "20");
    assert.match(stderr, /room for a stroke of 40 pixels.*smaller --repeat/);
    assert.equal(code, 2);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a Python without scikit-learn, or none, ends training with one sentence", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const python = join(folder, "python");
    await Deno.writeTextFile(python, "#!/bin/sh\nexit 1\n", { mode: 0o755 });
    const cases = [[python, /its process ended/], ["/nowhere/python3", /does not start/]] as const;
    for (const [path, message] of cases) {
      const { code, stderr } = await runBench("train", "--quick", "--python", path);
      assert.match(stderr, message);
      assert.doesNotMatch(stderr, /\.ts:/);
      assert.equal(code, 2);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
