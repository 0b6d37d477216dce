import assert from "node:assert/strict";
import {
  type ClassifierFile,
  expectClassName,
  formatClassifierFile,
  parseClassifierFile,
} from "../../src/forest/classifier_file/mod.ts";
import { DAUB_VERSION } from "../../src/forest/classifier_file/classifier_file.ts";
import {
  classFooter,
  exampleText,
  growForest,
  probabilityFooter,
  sumVotes,
  withoutVersion,
} from "./classifier_file_examples.ts";

const ONE_TREE =
  "if(i0<1.5){\n s0+=3.0;\n} else {\n if(i1<-2.0){\n  s0+=1.0;\n  s1+=4.0;\n } else {\n  s1+=2.0;\n }\n}\n";

function fileOf(forest: ClassifierFile["forest"], rest: Partial<ClassifierFile> = {}) {
  return {
    className: "PixelClassifier",
    featureSpecification: "original gaussian_blur=1",
    groundTruthDimensions: 2,
    forest,
    ...rest,
  };
}

Deno.test("a tree becomes flat arrays, parents before children, with sums at inner nodes", () => {
  const { forest } = parseClassifierFile(exampleText({ trees: ONE_TREE }));
  const [tree] = forest.trees;
  assert.deepEqual([...tree.feature], [0, -1, 1, -1, -1]);
  assert.deepEqual([...tree.threshold], [1.5, 0, -2, 0, 0]);
  assert.deepEqual([...tree.left], [1, -1, 3, -1, -1]);
  assert.deepEqual([...tree.right], [2, -1, 4, -1, -1]);
  assert.deepEqual([...tree.counts], [4, 6, 3, 0, 1, 6, 1, 4, 0, 2]);
});

Deno.test("a file of APOC gives counts, and a value equal to a threshold goes right", () => {
  const { forest } = parseClassifierFile(exampleText({ trees: ONE_TREE }));
  assert.equal(forest.votes, "count");
  assert.equal(forest.comparison, "below");
  assert.equal(forest.randomState, undefined);
  assert.deepEqual(sumVotes(forest, [1, 0]), [3, 0]);
  assert.deepEqual(sumVotes(forest, [1.5, -2]), [0, 2]);
  assert.deepEqual(sumVotes(forest, [1.5, -2.5]), [1, 4]);
});

Deno.test("the header says kind, features, dimensions and positive class", () => {
  const file = parseClassifierFile(exampleText({
    className: "ObjectSegmenter",
    extra: ["feature_importances = 0.25,7.5e-01", "positive_class_identifier = 2", "painter = Ada"],
    trees: ONE_TREE,
  }));
  assert.equal(file.className, "ObjectSegmenter");
  assert.equal(file.featureSpecification, "original gaussian_blur=1");
  assert.equal(file.groundTruthDimensions, 2);
  assert.equal(file.positiveClass, 2);
  assert.equal(file.outputProbabilityOfClass, undefined);
  assert.equal(file.apocVersion, "0.14.0");
  assert.equal(file.daubVersion, undefined);
  assert.deepEqual([...file.forest.featureImportances], [0.25, 0.75]);
  assert.deepEqual([...file.extraEntries!], [["painter", "Ada"]]);
});

Deno.test("the oldest files, without kind, dimensions and version, are read", () => {
  const old = (text: string) =>
    text.replace(/^(classifier_class_name|num_ground_truth_dimensions|apoc_version).*\n/gm, "");
  const pixels = parseClassifierFile(old(exampleText({ trees: ONE_TREE })));
  assert.equal(pixels.className, "PixelClassifier");
  assert.equal(pixels.groundTruthDimensions, 2);
  assert.equal(pixels.apocVersion, undefined);
  const objects = exampleText({ trees: ONE_TREE, extra: ["positive_class_identifier = 1"] });
  assert.equal(parseClassifierFile(old(objects)).className, "ObjectSegmenter");
  const mapper = exampleText({ trees: ONE_TREE, footer: probabilityFooter(2, 1) });
  assert.equal(parseClassifierFile(old(mapper)).className, "ProbabilityMapper");
});

Deno.test("blanks, line ends and a byte order mark do not matter", () => {
  const text = exampleText({ trees: ONE_TREE });
  const { forest } = parseClassifierFile(text);
  assert.deepEqual(parseClassifierFile(text.replaceAll("\n", "\r\n")).forest, forest);
  assert.deepEqual(parseClassifierFile("\uFEFF" + text).forest, forest);
  const [head, kernel] = [
    text.slice(0, text.indexOf("*/") + 2),
    text.slice(text.indexOf("*/") + 2),
  ];
  const spaced = head + kernel.replace(/[(){};<=,.]/g, (symbol) => ` ${symbol}\n\t `)
    .replaceAll(/(\d)\s+\.\s+(\d)/g, "$1.$2").replaceAll(/\+\s+=\s*/g, "+=");
  assert.deepEqual(parseClassifierFile(spaced).forest, forest);
});

Deno.test("a limit of None means as deep as the trees are", () => {
  const { forest } = parseClassifierFile(exampleText({ trees: ONE_TREE, maxDepth: "None" }));
  assert.equal(forest.maxDepth, 2);
});

Deno.test("class numbers are those of the last lines, also when one is skipped", () => {
  const read = (numClasses: number, classes: number[], trees: string) =>
    parseClassifierFile(exampleText({ numClasses, trees, footer: classFooter(classes) })).forest;
  assert.deepEqual(read(2, [1, 3], ONE_TREE).classes, [1, 3]);
  assert.deepEqual(read(1, [2], "s0+=5.0;\n").classes, [2]);
  assert.deepEqual(read(3, [2, 5, 255], ONE_TREE).classes, [2, 5, 255]);
});

Deno.test("class numbers survive writing and reading, with and without a probability", () => {
  const roots = [[0, 0.5, [4, 1], [0, 3]], [1, 8, [2, 2], [4, 0]]] as const;
  for (const classes of [[1, 2], [1, 3], [2, 7]]) {
    const forest = growForest(roots, { classes });
    const back = parseClassifierFile(formatClassifierFile(fileOf(forest)));
    assert.deepEqual(back.forest.classes, classes);
    for (const outputProbabilityOfClass of classes) {
      const text = formatClassifierFile(
        fileOf(forest, { className: "ProbabilityMapper", outputProbabilityOfClass }),
      );
      const mapper = parseClassifierFile(text);
      assert.match(text, new RegExp(` s${classes.indexOf(outputProbabilityOfClass)} / sum_s`));
      assert.deepEqual(mapper.forest.classes, classes);
      assert.equal(mapper.outputProbabilityOfClass, outputProbabilityOfClass);
      assert.match(text, new RegExp(`^num_classes = ${classes.length}$`, "m"));
    }
  }
});

Deno.test("a probability mapper's file says which class it maps", () => {
  const trees = "if(i1<0.0){\n s1+=2.0;\n} else {\n s0+=1.0;\n s2+=1.0;\n}\n";
  const text = exampleText({
    className: "ProbabilityMapper",
    numClasses: 3,
    trees,
    footer: probabilityFooter(3, 2),
  });
  const file = parseClassifierFile(text);
  assert.equal(file.outputProbabilityOfClass, 3);
  assert.deepEqual(file.forest.classes, [1, 2, 3]);
  assert.equal(withoutVersion(formatClassifierFile(file)), withoutVersion(text));
});

Deno.test("leaves that sum to 1 vote with fractions, whole ones with counts", () => {
  const votes = (trees: string, numTrees = 1) =>
    parseClassifierFile(exampleText({ trees, numTrees })).forest.votes;
  assert.equal(votes("if(i0<1.0){\n s0+=0.25;\n s1+=0.75;\n} else {\n s1+=1.0;\n}\n"), "fraction");
  assert.equal(votes("if(i0<1.0){\n s0+=1.0;\n} else {\n s1+=1.0;\n}\n"), "fraction");
  assert.equal(votes("if(i0<1.0){\n s0+=1.0;\n} else {\n s1+=2.0;\n}\n"), "count");
  assert.equal(votes("if(i0<1.0){\n s0+=0.1;\n s1+=0.9;\n} else {\n s1+=1e0;\n}\n"), "fraction");
});

Deno.test("a forest that counts single votes still counts after it was saved", () => {
  const forest = growForest([[0, 1, [1, 0], [0, 1]]], {
    classes: [1, 2],
    votes: "count",
    comparison: "below",
  });
  assert.equal(parseClassifierFile(formatClassifierFile(fileOf(forest))).forest.votes, "count");
});

Deno.test("leaves with fractions are the counts divided by their sum", () => {
  const forest = growForest([[0, 1, [1, 2], [0, 5]]], { classes: [1, 2] });
  const text = formatClassifierFile(fileOf(forest));
  assert.ok(
    text.includes(" s0+=0.3333333333333333;\n s1+=0.6666666666666666;\n} else {\n s1+=1.0;\n"),
  );
  assert.equal(formatClassifierFile(parseClassifierFile(text)), text);
});

Deno.test("a leaf without votes adds nothing", () => {
  const { forest } = parseClassifierFile(
    exampleText({ trees: "if(i0<1.0){\n} else {\n s1+=2.0;\n}\ns0+=4.0;\n", numTrees: 2 }),
  );
  assert.deepEqual(sumVotes(forest, [0, 0]), [4, 0]);
  assert.deepEqual(sumVotes(forest, [2, 0]), [4, 2]);
});

Deno.test("trees of one leaf are told apart by their totals", () => {
  const leaves = (trees: string, numTrees: number) => {
    const { forest } = parseClassifierFile(exampleText({ trees, numTrees }));
    return forest.trees.map(({ counts }) => [...counts.subarray(0, 2)]);
  };
  // Classes ascend from one tree to the next: only the total of 3 says where a tree ends.
  assert.deepEqual(leaves("s0+=3.0;\ns1+=3.0;\n", 2), [[3, 0], [0, 3]]);
  assert.deepEqual(leaves("s0+=3.0;\ns1+=3.0;\n", 1), [[3, 3]]);
  const grown = "if(i0<0.0){\n s0+=2.0;\n} else {\n s1+=1.0;\n}\n";
  assert.deepEqual(leaves(`s0+=3.0;\ns1+=3.0;\n${grown}s0+=1.0;\ns1+=2.0;\ns1+=3.0;\n`, 5), [
    [3, 0],
    [0, 3],
    [2, 1],
    [1, 2],
    [0, 3],
  ]);
  const fractions = "if(i0<0.0){\n s0+=1.0;\n} else {\n s0+=0.5;\n s1+=0.5;\n}\n";
  assert.deepEqual(leaves(`${fractions}s0+=1.0;\ns1+=1.0;\ns0+=0.25;\ns1+=0.75;\n`, 4), [
    [1.5, 0.5],
    [1, 0],
    [0, 1],
    [0.25, 0.75],
  ]);
});

Deno.test("trees of one leaf whose totals differ still give the right votes", () => {
  const { forest } = parseClassifierFile(
    exampleText({ trees: "s0+=3.0;\ns1+=4.0;\ns1+=2.0;\n", numTrees: 3 }),
  );
  assert.equal(forest.trees.length, 3);
  assert.deepEqual(sumVotes(forest, [0, 0]), [3, 6]);
});

Deno.test("a value beside a rounded threshold is decided as before the forest was saved", () => {
  const above = (value: number) => nextFloat(value, 1);
  const below = (value: number) => nextFloat(value, -1);
  const nearest = [0.1, 117.54, -3.3, 1, 0, 1e-40, -1e-40, 2 ** 24, 2 ** -126].map(Math.fround);
  const rounded = nearest.flatMap((literal) => {
    const down = (literal - below(literal)) * 0.4;
    const up = (above(literal) - literal) * 0.4;
    return [literal - down, literal, literal + up];
  });
  assert.ok(rounded.some((threshold) => Math.fround(threshold) > threshold));
  const forest = growForest(rounded.map((at) => [0, at, [1, 0], [0, 1]]), { classes: [1, 2] });
  const text = formatClassifierFile(fileOf(forest));
  const back = parseClassifierFile(text).forest;
  assert.equal(back.comparison, "at_most");
  for (const literal of nearest) {
    for (const value of [below(literal), literal, above(literal)]) {
      assert.deepEqual(sumVotes(back, [value, 0]), sumVotes(forest, [value, 0]), `${value}`);
    }
  }
  assert.equal(formatClassifierFile(parseClassifierFile(text)), text);
});

Deno.test("comparison, random state and versions are in the version line alone", () => {
  const roots = [[0, 0.1, [4, 1], [0, 3]]] as const;
  const plain = growForest(roots, { classes: [1, 2], comparison: "below", votes: "count" });
  const ours = { ...plain, comparison: "at_most", randomState: 42 } as const;
  const [a, b] = [plain, ours].map((forest) => formatClassifierFile(fileOf(forest)));
  assert.notEqual(a, b);
  assert.equal(withoutVersion(a), withoutVersion(b));
  const back = parseClassifierFile(b);
  assert.equal(back.forest.comparison, "at_most");
  assert.equal(back.forest.randomState, 42);
  assert.equal(back.apocVersion, "0.14.0");
  assert.equal(back.daubVersion, DAUB_VERSION);
  assert.equal(parseClassifierFile(a).forest.comparison, "below");
});

Deno.test("APOC finds every key it looks for within the first 25 lines", () => {
  const forest = growForest([[0, 0.1, [4, 1], [0, 3]]], {
    classes: [1, 2],
    featureImportances: Float64Array.of(1, 0),
  });
  const text = formatClassifierFile(fileOf(forest, { positiveClass: 2 }));
  // As APOC reads: the first line that begins with the key, and what is left of it.
  const read = (key: string) =>
    text.split("\n").slice(0, 25).find((line) => line.startsWith(key))?.replace(key, "");
  assert.equal(read("classifier_class_name = "), "PixelClassifier");
  assert.equal(read("feature_specification = "), "original gaussian_blur=1");
  assert.equal(read("num_ground_truth_dimensions = "), "2");
  assert.equal(read("num_classes ="), " 2");
  assert.equal(read("num_features = "), "2");
  assert.equal(read("max_depth = "), "2");
  assert.equal(read("feature_importances = "), "1.0,0.0");
  assert.equal(read("positive_class_identifier = "), "2");
});

Deno.test("unknown header lines are written back", () => {
  const text = exampleText({ trees: ONE_TREE, extra: ["painter = Ada = Lovelace", "plate =  7"] });
  assert.equal(
    withoutVersion(formatClassifierFile(parseClassifierFile(text))),
    withoutVersion(text),
  );
});

Deno.test("a hundred thousand trees are read without exhausting the stack", () => {
  const numTrees = 100_000;
  const trees = "if(i0<1.0){\n s0+=1.0;\n} else {\n s1+=1.0;\n}\n".repeat(numTrees);
  for (const maxDepth of [1, "None"]) {
    const { forest } = parseClassifierFile(exampleText({ trees, numTrees, maxDepth }));
    assert.equal(forest.trees.length, numTrees);
    assert.equal(forest.maxDepth, 1);
  }
});

Deno.test("a tree 1000 decisions deep is read and written", () => {
  const trees = nested(1000);
  const text = exampleText({ trees, maxDepth: 1000 });
  const file = parseClassifierFile(text);
  assert.equal(file.forest.trees[0].left.length, 2001);
  assert.equal(withoutVersion(formatClassifierFile(file)), withoutVersion(text));
});

Deno.test("a file of another kind is refused by name", () => {
  const file = parseClassifierFile(exampleText({ trees: ONE_TREE }));
  assert.doesNotThrow(() => expectClassName(file, "PixelClassifier"));
  assert.throws(() => expectClassName(file, "ObjectSegmenter", "cells.cl"), {
    name: "DaubError",
    tag: "classifier",
    where: "cells.cl",
    message:
      "Expected an ObjectSegmenter but found a PixelClassifier in cells.cl. Choose another " +
      "file, or use this one as a PixelClassifier.",
  });
});

Deno.test("the version of the package is the one that files name", async () => {
  const text = await Deno.readTextFile(new URL("../../deno.json", import.meta.url));
  assert.equal(DAUB_VERSION, JSON.parse(text).version);
});

/** The next 32-bit float above (1) or below (-1). */
function nextFloat(value: number, direction: 1 | -1): number {
  const bits = new DataView(new ArrayBuffer(4));
  bits.setFloat32(0, value);
  if (value === 0) return direction * 2 ** -149;
  bits.setInt32(0, bits.getInt32(0) + (value > 0 ? direction : -direction));
  return bits.getFloat32(0);
}

function nested(depth: number): string {
  let text = `${" ".repeat(depth)}s1+=9.0;\n`;
  for (let level = depth - 1; level >= 0; level--) {
    const indent = " ".repeat(level);
    text =
      `${indent}if(i0<${level}.5){\n${indent} s0+=1.0;\n${indent}} else {\n${text}${indent}}\n`;
  }
  return text;
}
