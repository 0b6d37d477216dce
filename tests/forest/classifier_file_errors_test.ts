import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { DaubError } from "../../src/errors.ts";
import { formatClassifierFile, parseClassifierFile } from "../../src/forest/classifier_file/mod.ts";
import {
  type Branch,
  classFooter,
  type ExampleParts,
  exampleText,
  growForest,
  probabilityFooter,
  sumVotes,
} from "./classifier_file_examples.ts";

const TREE = "if(i0<1.5){\n s0+=3.0;\n} else {\n s1+=2.0;\n}\n";

/** Reads a broken text and expects one sentence that matches. */
function refuses(text: string, pattern: RegExp): void {
  assert.throws(() => parseClassifierFile(text, "cells.cl"), (error) => {
    assert.ok(error instanceof DaubError, String(error));
    assert.equal(error.tag, "classifier");
    assert.match(error.message, /^Expected .* but .*cells\.cl|^Expected .*cells\.cl.* but /s);
    assert.match(error.message, pattern);
    return true;
  });
}

function refusesParts(parts: Partial<ExampleParts>, pattern: RegExp): void {
  refuses(exampleText({ trees: TREE, ...parts }), pattern);
}

Deno.test("what is no classifier file is refused", () => {
  refuses("", /found an empty file/);
  refuses(undefined as unknown as string, /Expected the text of .* but found undefined/);
  refuses("P5 256 254", /a classifier file of APOC or Daub/);
  refuses("/* blur.cl */ __kernel void blur() {}", /whose second line is "OpenCL Random/);
});

Deno.test("a header without an end or a needed line is refused", () => {
  const text = exampleText({ trees: TREE });
  refuses(text.slice(0, text.indexOf("*/")), /cut off/);
  for (const key of ["feature_specification", "num_classes", "num_features", "num_trees"]) {
    refuses(text.replace(new RegExp(`^${key} .*\n`, "m"), ""), new RegExp(`${key}.* found none`));
  }
});

Deno.test("numbers in the header that cannot be are refused", () => {
  refusesParts({ maxDepth: "two" }, /max_depth .* found two/);
  refusesParts({ maxDepth: 0 }, /greater than 0 behind max_depth/);
  refusesParts({ maxDepth: 99999999 }, /at most 100000 behind max_depth/);
  refusesParts({ maxDepth: "9".repeat(400) }, /max_depth/);
  refusesParts({ numTrees: 1e9 }, /num_trees/);
  const text = exampleText({ trees: TREE });
  refuses(text.replace("num_classes = 2", "num_classes = 50000000"), /at most 255 behind num_cl/);
  refuses(
    text.replace("num_features = 2", "num_features = 50000000"),
    /50000000 features.*found 2/,
  );
  refusesParts({ extra: ["feature_importances = 0.5,0.25,0.25"] }, /2 finite numbers .* found 3/);
  refusesParts({ extra: ["feature_importances = 0.5,nan"] }, /2 finite numbers/);
  refusesParts({ extra: ["positive_class_identifier = cell"] }, /positive_class_identifier/);
});

Deno.test("a header that contradicts the kernel is refused", () => {
  const text = exampleText({ trees: TREE });
  refuses(text.replace("num_features = 2", "num_features = 3"), /Expected 3 features.* found 2/);
  refuses(text.replace("num_classes = 2", "num_classes = 3"), /Expected float in line 21/);
  refusesParts({ numTrees: 2 }, /Expected 2 trees.* found 1 in line 26/);
  refusesParts({ trees: TREE + TREE }, /Expected 1 trees.* found 2/);
  refusesParts({ trees: "s0+=1.0;\ns0+=1.0;\n" }, /Expected 1 trees.* found 2/);
  refusesParts({ trees: TREE, numTrees: 3 }, /Expected 3 trees/);
  refusesParts({
    maxDepth: 1,
    trees: "if(i0<1.0){\n if(i1<2.0){\n  s0+=1.0;\n } else {\n }\n} else {\n}\n",
  }, /at most 1 decisions on the way to a leaf but found 2 in line 22/);
});

Deno.test("a feature or class beyond those declared is refused with its line", () => {
  refusesParts({ trees: TREE.replace("i0", "i2") }, /a feature from i0 to i1 in line 21 .* i2/);
  refusesParts({ trees: TREE.replace("i0", "i99999999999999999999") }, /a feature from i0 to i1/);
  refusesParts({ trees: TREE.replace("s1", "s2") }, /a vote for s0 to s1 in line 24 .* found s2/);
});

Deno.test("numbers in the trees that cannot be are refused", () => {
  for (const number of ["inf", "nan", "1e999", ".5", "0x10", "1.5f", "--1.0", "-"]) {
    refusesParts({ trees: TREE.replace("1.5", number) }, /line 21/);
    refusesParts({ trees: TREE.replace("3.0", number) }, /line 22/);
  }
  refusesParts({ trees: TREE.replace("1.5", "1e39") }, /a threshold that fits 32 bits/);
  refusesParts({ trees: TREE.replace("3.0", "-3.0") }, /a vote of at least 0/);
  refusesParts({ trees: TREE.replace("3.0", "1e16") }, /a vote below 2\^53/);
  refusesParts({ trees: TREE.replace("3.0", "3.5") }, /whole counts, or fractions that sum to 1/);
});

Deno.test("text that APOC does not write is refused with its line", () => {
  refusesParts({ trees: TREE.replace("<", ">") }, /Expected < in line 21 .* found >/);
  refusesParts({ trees: TREE.replace("+=", "=") }, /Expected \+= in line 22 .* found =/);
  refusesParts({ trees: TREE.replace("} else {", "} {") }, /Expected else in line 23/);
  refusesParts(
    { trees: `printf("hello");\n${TREE}` },
    /Expected a tree.* in line 21 .* found printf/,
  );
  refusesParts({ trees: TREE.replace("s0+=3.0;", "s0+=3.0; if(i0<1.0){} else {}") }, /line 22/);
  const text = exampleText({ trees: TREE });
  refuses(text.replace("READ_IMAGE(in1", "READ_IMAGE(in0"), /Expected in1 in line 18/);
  refuses(text.replace("float s1=0", "float s1=5"), /Expected 0 in line 20/);
  refuses(`${text}}`, /nothing behind the last }/);
});

Deno.test("a footer that is missing, cut or odd is refused", () => {
  refusesParts({ footer: "" }, /cut off/);
  refusesParts({ footer: "}\n" }, /found 1|float/);
  refusesParts({ footer: classFooter([1, 2]).replace(" }\n", "") }, /Expected } in line 31/);
  refusesParts({ footer: classFooter([2, 2]) }, /a class number from 3 to 255/);
  refusesParts({ footer: classFooter([3, 1]) }, /a class number from 4 to 255/);
  refusesParts({ footer: classFooter([0, 1]) }, /a class number from 1 to 255/);
  refusesParts({ footer: classFooter([1, 256]) }, /a class number from 2 to 255/);
  refusesParts({ footer: classFooter([1, 2, 3]) }, /WRITE_IMAGE/);
  refusesParts({ footer: probabilityFooter(2, 2) }, /one of s0 to s1/);
});

Deno.test("a version line that contradicts the file is refused", () => {
  const version = (facts: string) => `0.14.0 (daub 0.1.0, ${facts})`;
  refusesParts({ version: version("comparison maybe") }, /at_most or below behind comparison/);
  refusesParts({ version: version("random_state -1") }, /a whole number behind random_state/);
  refusesParts({ version: version("rounded_up xyz") }, /hexadecimal digits behind rounded_up/);
  refusesParts({ version: version("comparison at_most, rounded_up 01") }, /of 1 decisions/);
  const footer = probabilityFooter(2, 0);
  refusesParts({ footer, version: version("classes 1 2 3") }, /2 ascending class numbers/);
  refusesParts({ footer, version: version("classes 3 1") }, /2 ascending class numbers/);
  refusesParts({ footer, version: version("classes a b") }, /class numbers behind classes/);
});

Deno.test("nesting without end is refused, not a crash", () => {
  const depth = 200_000;
  const trees = "if(i0<1.0){\n".repeat(depth);
  refusesParts({ trees, maxDepth: 100_000 }, /at most 1000 decisions/);
  refusesParts({ trees, maxDepth: "None" }, /at most 1000 decisions/);
  refusesParts({ trees: "(".repeat(depth) }, /line 21/);
  refusesParts({ trees: "}".repeat(depth) }, /line 21/);
});

Deno.test("a small text that asks for much memory is refused", () => {
  const trees = "if(i0<1.0){}else{}".repeat(140_000);
  const footer = classFooter(Array.from({ length: 255 }, (_, k) => k + 1));
  refusesParts({ numClasses: 255, numTrees: 140_000, trees, footer }, /at most 67108864 votes/);
});

Deno.test("what cannot be written is refused", () => {
  const forest = growForest([[0, 1, [1, 2], [0, 5]]], { classes: [1, 2] });
  const file = {
    className: "PixelClassifier",
    featureSpecification: "original",
    groundTruthDimensions: 2,
    forest,
  };
  const refuse = (change: Partial<typeof file> & Record<string, unknown>, pattern: RegExp) =>
    assert.throws(() => formatClassifierFile({ ...file, ...change }), (error) => {
      assert.ok(error instanceof DaubError);
      assert.match(error.message, pattern);
      return true;
    });
  refuse({ className: "Pixel\nClassifier" }, /a class name/);
  refuse({ featureSpecification: "original */" }, /comment marks/);
  refuse({ featureSpecification: "original\nnum_trees = 3" }, /line ends/);
  refuse({ outputProbabilityOfClass: 3 }, /one of the classes 1, 2 .* found 3/);
  refuse({ forest: { ...forest, trees: [] } }, /at least one tree/);
  refuse({ forest: { ...forest, featureImportances: new Float64Array(3) } }, /of 2 features/);
  const wild = growForest([[0, NaN, [1, 2], [0, 5]]], { classes: [1, 2] });
  refuse({ forest: wild }, /fit 32 bits .* NaN/);
});

Deno.test("a damaged text gives a file or one sentence, never another error", () => {
  const text = exampleText({ trees: TREE + "s0+=4.0;\ns1+=1.0;\n" + TREE, numTrees: 3 });
  const piece = fc.oneof(
    fc.string({ maxLength: 6 }),
    fc.constantFrom("if(i0<1.0){", "}", "} else {", "s0+=1.0;", "*/", "/*", "nan", "1e400", "\0"),
  );
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(text.length), fc.nat(12), piece), { minLength: 1, maxLength: 4 }),
      (edits) => {
        const damaged = edits.reduce(
          (was, [at, length, piece]) => was.slice(0, at) + piece + was.slice(at + length),
          text,
        );
        try {
          const file = parseClassifierFile(damaged);
          const { forest } = file;
          const numClasses = forest.classes.length;
          for (const { feature, left, right, threshold, counts } of forest.trees) {
            assert.equal(counts.length, feature.length * numClasses);
            assert.ok(threshold.every(Number.isFinite) && counts.every(Number.isFinite));
            feature.forEach((index, node) => {
              assert.ok(index < forest.numFeatures);
              assert.ok(index < 0 || (left[node] > node && right[node] > left[node]));
            });
          }
        } catch (error) {
          if (!(error instanceof DaubError)) throw error;
        }
      },
    ),
    { numRuns: 2000, seed: 7 },
  );
});

Deno.test("any forest votes the same after it was saved, and is saved the same again", () => {
  const finite = fc.float({ noNaN: true, noDefaultInfinity: true });
  const leaf = fc.array(fc.nat(50), { minLength: 3, maxLength: 3 })
    .filter((counts) => counts.some((count) => count > 0));
  const { branch } = fc.letrec<{ branch: Branch }>((tie) => ({
    branch: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc.tuple(fc.nat(1), finite, tie("branch"), tie("branch")),
    ),
  }));
  const sample = fc.tuple(finite, finite);
  fc.assert(
    fc.property(
      fc.array(branch, { minLength: 1, maxLength: 5 }),
      fc.array(sample, { minLength: 10, maxLength: 10 }),
      fc.uniqueArray(fc.integer({ min: 1, max: 255 }), { minLength: 3, maxLength: 3 }),
      fc.boolean(),
      (roots, samples, numbers, asFractions) => {
        const forest = growForest(roots, {
          classes: numbers.sort((a, b) => a - b),
          maxDepth: 8,
          votes: asFractions ? "fraction" : "count",
          comparison: asFractions ? "at_most" : "below",
        });
        const text = formatClassifierFile({
          className: "PixelClassifier",
          featureSpecification: "original gaussian_blur=1",
          groundTruthDimensions: 3,
          forest,
        });
        const file = parseClassifierFile(text);
        assert.deepEqual(file.forest.classes, forest.classes);
        assert.equal(file.forest.votes, forest.votes);
        assert.equal(formatClassifierFile(file), text);
        for (const values of samples) {
          const before = sumVotes(forest, values);
          const after = sumVotes(file.forest, values);
          before.forEach((sum, k) => assert.ok(Math.abs(sum - after[k]) < 1e-9));
        }
      },
    ),
    { numRuns: 300, seed: 11 },
  );
});
