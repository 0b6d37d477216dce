import assert from "node:assert/strict";
import { helpText } from "../../src/cli/help.ts";
import { optionTable } from "../../src/cli/option_table.ts";
import { parseOptions } from "../../src/cli/options.ts";
import { throwsDaub } from "../support/errors.ts";

const train = ["a.tif", "--annotation", "s.tif"];
const apply = ["a.tif", "--classifier", "c.cl"];

Deno.test("without arguments every option has its default", () => {
  const options = parseOptions([]);
  assert.deepEqual(options.images, []);
  assert.ok(options.bare);
  assert.equal(options.features, undefined, "what the kind takes");
  const { depth, trees, randomState, votes, backend, out, format } = options;
  assert.deepEqual(
    { depth, trees, randomState, votes, backend, out, format },
    {
      depth: 2,
      trees: 100,
      randomState: 0,
      votes: "fraction",
      backend: "auto",
      out: "out",
      format: "tif",
    },
  );
  for (const flag of ["json", "quiet", "overwrite", "continueOnError", "debug"] as const) {
    assert.equal(options[flag], false, flag);
  }
});

Deno.test("every option reaches its place, behind a blank or an equals sign", () => {
  const values = {
    annotation: "s.tif",
    channels: "3,1",
    truth: "t.tif",
    kind: "object",
    features: "original gaussian_blur=1",
    class: "3",
    depth: "4",
    trees: "7",
    "random-state": "42",
    votes: "count",
    connectivity: "8",
    backend: "cpu",
    out: "results",
    save: "mine.cl",
    format: "png",
    jobs: "3",
    memory: "500",
  };
  const flags = [
    "--measure",
    "--statistics",
    "--json",
    "--quiet",
    "--overwrite",
    "--continue-on-error",
    "--debug",
  ];
  const expected = {
    images: ["a.tif", "b.tif"],
    annotations: ["s.tif"],
    classifier: undefined,
    channels: [2, 0],
    labels: [],
    truths: ["t.tif"],
    kind: "object",
    features: "original gaussian_blur=1",
    positiveClass: 3,
    depth: 4,
    trees: 7,
    randomState: 42,
    votes: "count",
    connectivity: 8,
    backend: "cpu",
    out: "results",
    save: "mine.cl",
    format: "png",
    measure: "csv",
    statistics: true,
    jobs: 3,
    memory: 500,
    json: true,
    quiet: true,
    overwrite: true,
    continueOnError: true,
    help: false,
    version: false,
    debug: true,
    bare: false,
  };
  const spaced = Object.entries(values).flatMap(([name, value]) => [`--${name}`, value]);
  const joined = Object.entries(values).map(([name, value]) => `--${name}=${value}`);
  assert.deepEqual(parseOptions(["a.tif", ...spaced, "b.tif", ...flags]), expected);
  assert.deepEqual(parseOptions([...flags, ...joined, "a.tif", "b.tif"]), expected);
});

Deno.test("channels that are none, not numbers, or named twice are refused", () => {
  for (const list of ["", "0", "1,", "a", "1.5", "-1", "2,2"]) {
    throwsDaub("options", /--channels 1,3/, () => parseOptions([...apply, `--channels=${list}`]));
  }
});

Deno.test("two dashes end the options", () => {
  const { images, json } = parseOptions(["--classifier=c.cl", "--", "--json", "-x.tif"]);
  assert.deepEqual(images, ["--json", "-x.tif"]);
  assert.equal(json, false);
});

Deno.test("unknown options are refused with the nearest valid one", () => {
  for (
    const [given, nearest] of [
      ["--anotation", "--annotation"],
      ["--tree=5", "--trees"],
      ["--conectivity", "--connectivity"],
      ["--over-write", "--overwrite"],
      ["--Json", "--json"],
      ["-out", "--out"],
      ["--randomstate", "--random-state"],
    ]
  ) {
    const written = given.split("=")[0];
    throwsDaub(
      "options",
      new RegExp(`a known option but found ${written}\\. Did you mean ${nearest}\\?`),
      () => parseOptions([...train, given]),
    );
  }
});

Deno.test("an option, or a word, that is near no other is refused without a guess", () => {
  for (const [given, written] of [["--zzz", "--zzz"], ["-q", "-q"], ["--x=1", "--x"]]) {
    const message = new RegExp(`a known option but found ${written}\\. See --help for all\\.$`);
    throwsDaub("options", message, () => parseOptions([...train, given]));
  }
  throwsDaub(
    "options",
    /--format to be one of tif, png but found "jpeg2000"\. Choose one of them\.$/,
    () => parseOptions([...train, "--format=jpeg2000"]),
  );
  throwsDaub(
    "options",
    /--measure to be one of csv, parquet, geojson but found "xlsx"\. Choose/,
    () => parseOptions([...train, "--measure=xlsx"]),
  );
});

Deno.test("measuring takes its format behind a blank, but no image for one", () => {
  const read = (...argv: string[]) => {
    const { measure, images } = parseOptions([...argv, "--annotation", "s.tif"]);
    return [measure, ...images];
  };
  assert.deepEqual(read("--measure", "parquet", "a.tif"), ["parquet", "a.tif"]);
  assert.deepEqual(read("--measure", "a.tif"), ["csv", "a.tif"]);
  assert.deepEqual(read("--measure", "./csv"), ["csv", "./csv"]);
  assert.deepEqual(read("a.tif", "--measure"), ["csv", "a.tif"]);
});

Deno.test("missing values are refused with what belongs there", () => {
  throwsDaub(
    "options",
    /a value behind --depth \(N\) but found the end/,
    () => parseOptions(["--depth"]),
  );
  throwsDaub(
    "options",
    /behind --kind \(object, pixel, .*object-merger\) but found --json\. Write --kind object/,
    () => parseOptions([...train, "--kind", "--json"]),
  );
  throwsDaub("options", /a name behind --out/, () => parseOptions([...train, "--out="]));
});

Deno.test("a switch takes no value and an option is given once", () => {
  throwsDaub("options", /no value behind --json/, () => parseOptions([...train, "--json=yes"]));
  throwsDaub(
    "options",
    /--trees once but found it twice/,
    () => parseOptions([...train, "--trees", "5", "--trees=6"]),
  );
});

Deno.test("a word that is no choice is refused with the nearest one", () => {
  for (
    const [option, value, nearest] of [
      ["kind", "objects", "object"],
      ["votes", "fractions", "fraction"],
      ["backend", "GPU", "gpu"],
      ["format", "tiff", "tif"],
      ["connectivity", "5", "4"],
    ]
  ) {
    throwsDaub(
      "options",
      new RegExp(
        `--${option} to be one of .* but found "${value}"\\. Did you mean ${nearest}\\?`,
      ),
      () => parseOptions([...train, `--${option}`, value]),
    );
  }
});

Deno.test("numbers must be whole and within their range", () => {
  for (
    const [option, ...values] of [
      ["class", "0", "256", "-1", "two", "", "1.5", "1e1", "0x2", "NaN", "Infinity", " 2"],
      ["depth", "0", "33"],
      ["trees", "0", "10001"],
      ["random-state", "-1", "4294967296"],
    ]
  ) {
    for (const value of values) {
      throwsDaub(
        "options",
        new RegExp(`--${option} to be a whole number from \\d+ to \\d+ but found`),
        () => parseOptions([...train, `--${option}`, value]),
      );
    }
  }
  assert.equal(parseOptions([...train, "--random-state=4294967295"]).randomState, 4294967295);
});

Deno.test("options that do not go together are refused with those that do", () => {
  const cases: [string[], RegExp][] = [
    [
      ["a.tif", "--labels=l.tif"],
      /--measure or --truth TRUTH beside --labels alone, or --kind obj/,
    ],
    [
      ["--labels=l.tif", "--statistics"],
      /--annotation STROKES or --classifier.*beside --statistics/,
    ],
    [[...train, "--labels=l.tif"], /--kind object-classifier, .* but found no --kind/],
    [[...train, "--labels=l.tif", "--kind=pixel"], /--kind object-classifier, .*--kind pixel/],
    [[...train, "--kind=object-selector"], /--labels LABELS beside --kind object-selector/],
    [[...apply, "--kind=object", "--labels=l.tif"], /--labels with --kind object-classifier/],
    [[...train, "--kind=probability", "--measure"], /--measure with kinds that find objects/],
    [[...train, "--kind=probability", "--truth=t.tif"], /--truth with --kind object, pixel/],
    [[...train, "--annotation=t.tif"], /one --annotation for each IMAGE, 1 in all, but found 2/],
    [["a.tif", "--measure"], /or --classifier.*, or --labels LABELS, to measure .* found none/],
    [["a.tif", "--truth=t.tif"], /or --labels LABELS, to measure or compare .* found none/],
    [["a.tif", "--labels=l.tif", "--kind=pixel"], /--labels with --kind object-cl.*Leave --labels/],
    [["--kind=object-merger"], /--labels LABELS beside --kind object-merger/],
    [["a.tif"], /--annotation STROKES, to train on a\.tif, or --classifier/],
    [["--annotation", "s.tif"], /an IMAGE beside --annotation/],
    [["--classifier", "c.cl"], /an IMAGE beside --classifier/],
    [[...train, "--classifier", "c.cl"], /either --annotation.* or --classifier.* found both/],
    [[...apply, "--features", "original"], /no --features beside --classifier/],
    [[...apply, "--depth=2", "--trees=5"], /no --depth, --trees beside --classifier/],
    [[...apply, "--votes=count"], /no --votes beside --classifier/],
    [[...apply, "--save=d.cl"], /no --save beside --classifier/],
    [[...train, "--kind=pixel", "--connectivity=8"], /--connectivity with objects only/],
    [[...train, "--kind=pixel", "--class=1"], /--class with --kind object, probability or/],
    [[...train, "--kind=probability", "--format=png"], /--format tif for probabilities/],
    [[...train, "--save=a.tif"], /ends in \.cl behind --save/],
  ];
  for (const [argv, message] of cases) throwsDaub("options", message, () => parseOptions(argv));
});

Deno.test("help and version are given whatever else is asked", () => {
  assert.ok(parseOptions(["a.tif", "--help"]).help);
  assert.ok(parseOptions(["-h"]).help);
  assert.ok(parseOptions(["--version", "a.tif"]).version);
});

Deno.test("the help text lists every option with its values and default", () => {
  const text = helpText();
  const flat = text.replaceAll(/\s+/g, " ");
  for (const option of optionTable) {
    const values = option.choices?.join("|") ?? option.value;
    const behind = values ? option.bare ? `[=${values}]` : ` ${values}` : "";
    assert.ok(flat.includes(`--${option.name}${behind} `), option.name);
    assert.ok(flat.includes(option.help), option.name);
    const fallback = option.defaultInWords ?? option.default;
    if (fallback) assert.ok(flat.includes(`${option.help} (default: ${fallback})`), option.name);
  }
  for (const line of text.split("\n")) assert.ok(line.length <= 100, line);
});
