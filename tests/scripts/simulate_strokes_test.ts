import assert from "node:assert/strict";
import { numberStrokes } from "../../mod.ts";
import { distanceToOtherClass } from "../../scripts/strokes/distance.ts";
import { parseStrokesOptions, strokesHelp } from "../../scripts/strokes/options.ts";
import { simulateStrokes } from "../../scripts/strokes/simulate_strokes.ts";
import { throwsDaub } from "../support/errors.ts";

/** Two classes: a disc in each plane, and what is around it. */
function disc(width: number, height: number, depth: number) {
  const data = Uint8Array.from({ length: width * height * depth }, (_, i) => {
    const x = i % width - width / 2;
    const y = Math.floor(i / width) % height - height / 2;
    return x * x + y * y < width * height / 16 ? 2 : 1;
  });
  return { data, width, height, depth };
}

Deno.test("strokes cover the share of the image that was asked for, and only true classes", () => {
  for (const truth of [disc(200, 160, 1), disc(48, 40, 10)]) {
    for (const coverage of [0.0025, 0.01, 0.025]) {
      const { data } = simulateStrokes(truth, { coverage, seed: 1 });
      const painted = data.reduce((sum, number) => sum + (number > 0 ? 1 : 0), 0);
      assert.ok(Math.abs(painted - coverage * data.length) <= 1, `${painted} of ${data.length}`);
      data.forEach((number, i) => assert.ok(number === 0 || number === truth.data[i]));
    }
  }
});

Deno.test("pixels are divided half way between evenly and as classes divide the image", () => {
  const truth = disc(200, 160, 1);
  const { data } = simulateStrokes(truth, { coverage: 0.02, seed: 3 });
  const count = (values: Uint8Array, number: number) => values.filter((v) => v === number).length;
  const expected = 0.02 * (count(truth.data, 2) + truth.data.length / 2) / 2;
  assert.ok(Math.abs(count(data, 2) - expected) <= 1);
});

Deno.test("strokes are lines, many of them, and not blots", () => {
  const truth = disc(200, 160, 1);
  const strokes = simulateStrokes(truth, { coverage: 0.01, seed: 2 });
  const numStrokes = Math.max(...numberStrokes(strokes));
  assert.ok(numStrokes >= 6 && numStrokes <= 100, `${numStrokes}`);
});

Deno.test("the seed decides the strokes", () => {
  const truth = disc(100, 80, 1);
  const paint = (seed: number) => simulateStrokes(truth, { coverage: 0.01, seed }).data;
  assert.deepEqual(paint(5), paint(5));
  assert.notDeepEqual(paint(5), paint(6));
});

Deno.test("pixels whose class is not known are not painted", () => {
  const truth = disc(60, 60, 1);
  truth.data.fill(0, 0, 1800);
  const { data } = simulateStrokes(truth, { coverage: 0.1, seed: 1 });
  assert.ok(data.subarray(0, 1800).every((number) => number === 0));
  assert.equal(data.filter((number) => number > 0).length, 180);
});

Deno.test("more than there is of a class cannot be painted, and the painter ends", () => {
  const data = Uint8Array.of(1, 1, 1, 1, 2, 1, 1, 1, 1);
  const { data: strokes } = simulateStrokes({ data, width: 3, height: 3, depth: 1 }, {
    coverage: 1,
    seed: 1,
  });
  assert.equal(strokes[4], 2);
  strokes.forEach((number, i) => assert.ok(number === 0 || number === data[i]));
});

Deno.test("distances count steps to the nearest pixel of another class", () => {
  const data = Uint8Array.from("1111111111112211111221111111111111", Number).subarray(0, 30);
  const distances = distanceToOtherClass({ data, width: 6, height: 5, depth: 1 });
  data.forEach((number, i) => {
    let least = Infinity;
    data.forEach((other, j) => {
      if (other === number) return;
      const [dx, dy] = [i % 6 - j % 6, Math.floor(i / 6) - Math.floor(j / 6)];
      least = Math.min(least, Math.max(Math.abs(dx), Math.abs(dy)));
    });
    assert.equal(distances[i], least, `pixel ${i}`);
  });
});

Deno.test("the command line of the simulator is read, and refused in words", () => {
  assert.deepEqual(parseStrokesOptions(["t.tif", "--coverage=0.025", "s.tif", "--seed", "7"]), {
    truth: "t.tif",
    strokes: "s.tif",
    coverage: 0.025,
    seed: 7,
    help: false,
  });
  assert.ok(parseStrokesOptions(["--help"]).help);
  for (const name of ["coverage", "seed"]) assert.match(strokesHelp(), new RegExp(`--${name} `));
  const cases: [string[], RegExp][] = [
    [["t.tif", "s.tif", "--sede=1"], /a known option but found --sede\. Did you mean --seed\?/],
    [["t.tif", "s.tif", "--colour"], /a known option but found --colour\. See --help for all/],
    [["t.tif"], /a file to write the strokes to but found t\.tif\. Write simulate_strokes\.ts/],
    [[], /found neither/],
    [["t.tif", "s.tif", "--coverage=0"], /above 0 and at most 1 but found "0"/],
    [["t.tif", "s.tif", "--coverage=1.5"], /found "1\.5"/],
    [["t.tif", "s.tif", "--coverage="], /found ""/],
    [["t.tif", "s.tif", "--seed=-1"], /--seed to be a whole number from 0/],
  ];
  for (const [argv, message] of cases) {
    throwsDaub("options", message, () => parseStrokesOptions(argv));
  }
});
