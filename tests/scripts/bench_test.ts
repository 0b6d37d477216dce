import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { COMMANDS } from "../../scripts/bench/commands.ts";
import { drawCurve } from "../../scripts/bench/curve.ts";
import { median, medianMs } from "../../scripts/bench/median.ts";
import { parseBenchOptions } from "../../scripts/bench/options.ts";
import { repeatImage } from "../../scripts/bench/repeat_image.ts";
import { formatRows } from "../../scripts/bench/row.ts";
import { hasScikitLearn, PYTHON } from "../support/python.ts";
import { throwsDaub } from "../support/errors.ts";
import { assertPeak, runBench, SAMPLE_FILES } from "./bench_process.ts";

const [, image, , annotation] = SAMPLE_FILES;

Deno.test("the benchmark prints one JSON object with every stage", async () => {
  const few = ["--backend", "cpu", "--repeat", "1", "--trees", "10", "--features", "original"];
  const { code, stdout, stderr } = await runBench(...SAMPLE_FILES, ...few);
  assert.equal(code, 0, stderr);
  const result = JSON.parse(stdout);
  assert.deepEqual(Object.keys(result).sort(), [
    "backend",
    "device",
    "features",
    "ms",
    "objects",
    "peakMB",
    "samples",
    "size",
  ]);
  assert.deepEqual(result.size, [254, 256]);
  assert.equal(result.features, "original");
  assert.equal(result.backend, "cpu");
  assert.ok(result.samples > 0 && result.objects > 0);
  assert.deepEqual(Object.keys(result.ms).sort(), [
    "features",
    "label",
    "predict",
    "segment",
    "train",
  ]);
  for (const stage of Object.keys(result.ms)) {
    assert.ok(result.ms[stage] > 0 && result.ms[stage] < 60_000, stage);
    if (Deno.build.os === "linux") assert.ok(result.peakMB[stage] > 10, stage);
  }
});

Deno.test("with --tile the image is repeated, and the training is not", async () => {
  const run = async (tile: string) => {
    const options = ["--backend", "cpu", "--repeat", "1", "--trees", "3", "--features", "original"];
    return JSON.parse((await runBench(...SAMPLE_FILES, ...options, "--tile", tile)).stdout);
  };
  const [once, thrice] = [await run("1"), await run("3")];
  assert.deepEqual(thrice.size, [762, 768]);
  assert.equal(thrice.samples, once.samples);
  assert.ok(thrice.objects > once.objects);
});

Deno.test("a bad command line ends with one sentence and exit code 2", async () => {
  const { code, stdout, stderr } = await runBench("--image", image, "--anotation", annotation);
  assert.equal(code, 2);
  assert.equal(stdout, "");
  assert.match(stderr, /found --anotation\. Did you mean --annotation\?/);
  assert.doesNotMatch(stderr, /\.ts:/);
});

Deno.test("a missing image ends with a sentence that names it and exit code 1", async () => {
  const { code, stderr } = await runBench("--image", "nowhere.tif", "--annotation", annotation);
  assert.equal(code, 1);
  assert.match(stderr, /nowhere\.tif/);
  assert.doesNotMatch(stderr, /\.ts:/);
});

Deno.test("--help lists every option and subcommand, and computes nothing", async () => {
  const { code, stdout } = await runBench("--help");
  assert.equal(code, 0);
  const options =
    "image annotation features tile depth trees positive repeat backend compare python out";
  const flags = "quick json help";
  for (const name of `${options} ${flags}`.split(" ")) {
    assert.match(stdout, new RegExp(`^  --${name} `, "m"));
  }
  for (const name of COMMANDS.keys()) assert.match(stdout, new RegExp(`^  ${name} `, "m"));
});

Deno.test("options have the defaults of the segmentation", () => {
  const options = parseBenchOptions(["--image", "a.tif", "--annotation=b.tif"]);
  const { image, annotation, tile, depth, trees, positiveClass, repeat, backend } = options;
  assert.deepEqual([image, annotation, backend], ["a.tif", "b.tif", "auto"]);
  assert.deepEqual([tile, depth, trees, positiveClass, repeat], [1, 2, 100, 2, 3]);
});

Deno.test("wrong options are refused by name", () => {
  const needed = ["--image", "a.tif", "--annotation", "b.tif"];
  const refuse = (message: RegExp, ...args: string[]) =>
    throwsDaub("options", message, () => parseBenchOptions(args));
  refuse(/--image F but found none/, "--annotation", "b.tif");
  refuse(/--annotation F but found none/, "--image", "a.tif");
  refuse(/--tile to be a whole number from 1/, ...needed, "--tile", "0");
  refuse(/--repeat to be a whole number from 1/, ...needed, "--repeat", "many");
  refuse(/--backend to be one of auto, gpu, cpu/, ...needed, "--backend", "tpu");
  refuse(/options only but found "c.tif"/, ...needed, "c.tif");
});

Deno.test("a volume is repeated plane by plane", () => {
  const data = Uint16Array.of(1, 2, 3, 4, 5, 6, 7, 8);
  const repeated = repeatImage({ data, width: 2, height: 2, depth: 2 }, 2);
  const { width, height, depth } = repeated;
  assert.deepEqual([width, height, depth], [4, 4, 2]);
  const planes = [[1, 2, 1, 2, 3, 4, 3, 4], [5, 6, 5, 6, 7, 8, 7, 8]];
  const expected = planes.flatMap((plane) => [...plane, ...plane]);
  assert.deepEqual(repeated.data, Uint16Array.from(expected));
});

Deno.test("the median is the middle one, and a run without the clock comes first", async () => {
  assert.equal(median([30, 10, 20]), 20);
  assert.equal(median([4, 1, 3, 2]), 3);
  assert.equal(median([1.23456]), 1.235);
  let runs = 0;
  // deno-lint-ignore require-await
  const { result } = await medianMs(async () => ++runs, 4);
  assert.deepEqual([runs, result], [5, 5]);
});

Deno.test("a subcommand times the sample and prints a table, or rows as JSON", async () => {
  const args = ["stroke", "--backend", "cpu", "--repeat", "1", "--tile", "2", "--trees", "3"];
  const { stdout, stderr } = await runBench(...args);
  const [head, rule, row] = stdout.split("\n");
  assert.match(head, /^\| work .*\| Daub, ms .*\| peer ÷ Daub \|/, stderr);
  assert.match(rule, /^\| -+ \| -+: \|/);
  assert.match(row, /^\| stroke of 40 pixels → labels, 512 × 508 \| +[\d.,]+ \|/);
  const rows = JSON.parse((await runBench(...args, "--json")).stdout);
  assert.equal(rows.length, 1);
  assert.ok(rows[0].ms > 0 && rows[0].ms < 60_000);
});

Deno.test("a Python that does not start is named, with what it needs", async () => {
  const { code, stderr } = await runBench(
    "label",
    "--backend",
    "cpu",
    "--python",
    "/nowhere/python3",
  );
  assert.equal(code, 2);
  assert.match(stderr, /Python at \/nowhere\/python3 .* OpenCV/);
  assert.doesNotMatch(stderr, /\.ts:/);
});

Deno.test("a peer that fails is quoted", async () => {
  const peer = await Deno.makeTempFile({ suffix: ".py" });
  try {
    await Deno.writeTextFile(peer, "raise SystemExit('no such filter')");
    const { code, stderr } = await runBench(...SAMPLE_FILES, "--backend", "cpu", "--compare", peer);
    assert.equal(code, 2);
    assert.match(stderr, /ended with: no such filter/);
  } finally {
    await Deno.remove(peer);
  }
});

Deno.test("rows become a table: three digits, thousands apart, ratios of peers", () => {
  const rows = [
    { work: "a", ms: 2, peer: "B", peerMs: 9.5, peakMB: 12.4 },
    { work: "long work", ms: 12345.6, each: "5 ns" },
    { work: "c", ms: 45.67 },
  ];
  assert.equal(
    formatRows(rows),
    [
      "| work      | Daub, ms | each | peer | peer, ms | peer ÷ Daub | peak, MB |",
      "| --------- | -------: | ---- | ---- | -------: | ----------: | -------: |",
      "| a         |     2.00 |      | B    |     9.50 |        4.75 |       12 |",
      "| long work |   12,346 | 5 ns |      |          |             |          |",
      "| c         |     45.7 |      |      |          |             |          |",
    ].join("\n"),
  );
});

Deno.test("a curve is an SVG with a point for every run and named axes", () => {
  const svg = drawCurve(
    "train",
    "samples",
    [1e3, 1e4, 1e5].map((n) => ({ amount: n, ms: n / 10 })),
  );
  assert.match(svg, /^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
  assert.equal(svg.match(/<circle /g)?.length, 3);
  assert.match(svg, /train, ms/);
  assert.match(svg, /samples/);
});

const otherScripts = [
  ["bench_notebook.ts", /^ {2}strokes .*\n.* large /m, /kills but found speed\. Try --help/],
  ["quality.ts", /^ {2}--seeds N/m, /options only but found "speed"/],
  ["bench/training.ts", /^ {2}--samples N,…/m, /options only but found "speed"/],
] as const;

for (const [name, help, refusal] of otherScripts) {
  Deno.test(`${name} has a help, and refuses what it does not know`, async () => {
    const path = fileURLToPath(new URL(`../../scripts/${name}`, import.meta.url));
    const run = async (word: string) => {
      const args = ["run", "-A", path, word];
      const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
      const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
      return { code, stdout: text(stdout), stderr: text(stderr) };
    };
    const helped = await run("--help");
    assert.equal(helped.code, 0);
    assert.match(helped.stdout, help);
    const refused = await run("speed");
    assert.match(refused.stderr, refusal);
    assert.doesNotMatch(refused.stderr, /\.ts:/);
    assert.equal(refused.code, 2);
    assert.equal(refused.stdout, "");
  });
}

const canTrain = await hasScikitLearn();
const note = canTrain ? "" : ` (skipped: ${PYTHON} has no scikit-learn)`;

Deno.test(`training.ts prints a row for every size, with the memory it took${note}`, {
  ignore: !canTrain,
}, async () => {
  const path = fileURLToPath(new URL("../../scripts/bench/training.ts", import.meta.url));
  const sizes = ["--samples", "100,200", "--features", "3", "--depth", "2", "--trees", "4"];
  const args = ["run", "-A", path, ...sizes, "--repeat", "1"];
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
  const text = new TextDecoder().decode(stdout);
  const [head, ...rows] = text.trim().split("\n");
  assert.match(head, /samples features depth trees .* ratio +peak, MB$/, `${stderr}`);
  assert.deepEqual(rows.map((row) => row.trim().split(/ +/).slice(0, 4)), [
    ["100", "3", "2", "4"],
    ["200", "3", "2", "4"],
  ]);
  for (const row of rows) {
    const [ms, peerMs, ratio, peakMB] = row.split("|")[1].trim().split(/ +/).map(Number);
    assert.ok(ms > 0 && peerMs > 0);
    assert.ok(ratio > 0);
    assertPeak(peakMB, row);
  }
});
