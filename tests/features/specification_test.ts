import assert from "node:assert/strict";
import { featureNames, parseFeatures } from "../../src/features/specification.ts";
import { throwsDaub } from "../support/errors.ts";

Deno.test("entries are separated by blanks, commas, tabs and line ends in any number", () => {
  const { text, entries } = parseFeatures("  original,gaussian_blur=1 ,\t\n sobel=2  ");
  assert.equal(text, "original gaussian_blur=1 sobel=2");
  assert.deepEqual(entries.map((entry) => entry.text), text.split(" "));
});

Deno.test("the text of a number is kept as it was written", () => {
  const text = "gaussian_blur=1 gaussian_blur=1.0 gaussian_blur=.5 gaussian_blur=1e1";
  const { entries, ...specification } = parseFeatures(text);
  assert.equal(specification.text, text);
  assert.deepEqual(entries.map(({ value }) => value), [1, 1, 0.5, 10]);
});

Deno.test("what was read and written again reads the same", () => {
  const once = parseFeatures("Original , mean_box = 3   sobel_of_gaussian_blur=0.7");
  assert.equal(once.text, "Original mean_box=3 sobel_of_gaussian_blur=0.7");
  assert.deepEqual(parseFeatures(once.text), once);
});

Deno.test("original is accepted in any case and takes no number", () => {
  for (const text of ["original", "Original", "ORIGINAL"]) {
    assert.deepEqual(parseFeatures(text).entries, [{ text, filters: [], value: 0 }]);
  }
  throwsDaub("features", /original, which takes no number/, () => parseFeatures("original=1"));
});

Deno.test("a feature may occur twice", () => {
  assert.equal(parseFeatures("sobel=1 original sobel=1").entries.length, 3);
});

Deno.test("every filter stands alone and of any other, _of_ in a name notwithstanding", () => {
  const names = featureNames().filter((name) => name !== "original");
  for (const outer of names) {
    assert.deepEqual(parseFeatures(`${outer}=1`).entries[0].filters, [outer]);
    for (const inner of ["gaussian_blur", "difference_of_gaussian", "median_sphere"]) {
      const [entry] = parseFeatures(`${outer}_of_${inner}=2`).entries;
      assert.deepEqual(entry.filters, [outer, inner]);
      assert.equal(entry.value, 2);
    }
  }
});

Deno.test("filters nest as deep as one likes", () => {
  const [entry] = parseFeatures("sobel_of_difference_of_gaussian_of_mean_box_of_power=2").entries;
  assert.deepEqual(entry.filters, ["sobel", "difference_of_gaussian", "mean_box", "power"]);
});

for (
  const [text, nearest] of [
    ["gausian_blur=1", "gaussian_blur=1"],
    ["gaussian=4", "gaussian_blur=4"],
    ["Sobel=1", "sobel=1"],
    ["orignal", "original"],
    ["median_spere=2", "median_sphere=2"],
    ["diference_of_gaussian=2", "difference_of_gaussian=2"],
    ["sobel_of_gausian_blur=1", "sobel_of_gaussian_blur=1"],
    ["sobl_of_gaussian_blur=1", "sobel_of_gaussian_blur=1"],
    ["laplace_bx_of_gausian_blr=3", "laplace_box_of_gaussian_blur=3"],
    ["sobel_of_diference_of_gausian=3", "sobel_of_difference_of_gaussian=3"],
    ["small_hesian_eigenvalue_of_gaussian_blur=1", "small_hessian_eigenvalue_of_gaussian_blur=1"],
  ]
) {
  Deno.test(`"${text}" is refused, with "${nearest}" proposed`, () => {
    const proposal = new RegExp(`Did you mean ${nearest}\\?`);
    throwsDaub("features", proposal, () => parseFeatures(`original ${text}`));
  });
}

Deno.test("a name that is like no other is refused with an example", () => {
  const example = /known feature but found "xyzzy".*looks like "original gaussian_blur=1/;
  throwsDaub("features", example, () => parseFeatures("xyzzy=1"));
});

for (const text of ["", "   ", ",\n,"]) {
  Deno.test(`an empty specification (${JSON.stringify(text)}) is refused`, () => {
    throwsDaub("features", /found an empty one/, () => parseFeatures(text));
  });
}

Deno.test("a specification that is no text is refused", () => {
  throwsDaub("features", /found undefined/, () => parseFeatures(undefined as unknown as string));
});

for (const text of ["sobel", "gaussian_blur", "gaussian_blur="]) {
  Deno.test(`"${text}" is refused for want of a number`, () => {
    throwsDaub("features", /Expected a number after .* for example/, () => parseFeatures(text));
  });
}

for (
  const number of ["-1", "-0.5", "nan", "NaN", "inf", "Infinity", "1e999", "a", "1=2", "=1", "0x10"]
) {
  Deno.test(`gaussian_blur=${number} is refused`, () => {
    const message = /a number of at least 0 after "gaussian_blur=" but found/;
    throwsDaub("features", message, () => parseFeatures(`gaussian_blur=${number}`));
  });
}

Deno.test("a number without a name is refused", () => {
  throwsDaub("features", /Expected a feature before "=1"/, () => parseFeatures("=1"));
});

for (
  const text of [
    "gaussian_blur=100000",
    "sobel_of_gaussian_blur=1e9",
    "minimum_box=100000",
    "mean_sphere=5000",
    "power=1000",
  ]
) {
  Deno.test(`${text} is refused as absurdly large`, () => {
    throwsDaub("features", /to be at most \d+ but found/, () => parseFeatures(text));
  });
}
