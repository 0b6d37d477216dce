import assert from "node:assert/strict";
import { planFeatures } from "../../src/features/plan.ts";
import { predefinedFeatureSets, resolveFeatures } from "../../src/features/presets.ts";
import { throwsDaub } from "../support/errors.ts";

/** What APOC 0.14 prints of its PredefinedFeatureSet. */
const APOC: Record<string, string> = {
  custom: "",
  small_quick: "original gaussian_blur=1 sobel_of_gaussian_blur=1",
  medium_quick: "gaussian_blur=5 sobel_of_gaussian_blur=5",
  large_quick: "gaussian_blur=25 sobel_of_gaussian_blur=25",
  small_dog_log: "original gaussian_blur=1 difference_of_gaussian=1 laplace_box_of_gaussian_blur=1",
  medium_dog_log: "gaussian_blur=5 difference_of_gaussian=5 laplace_box_of_gaussian_blur=5",
  large_dog_log: "gaussian_blur=25 difference_of_gaussian=25 laplace_box_of_gaussian_blur=25",
  object_size_1_to_2_px:
    "gaussian_blur=1 gaussian_blur=2 difference_of_gaussian=1 difference_of_gaussian=2 " +
    "laplace_box_of_gaussian_blur=1 laplace_box_of_gaussian_blur=2",
  object_size_1_to_5_px:
    "original gaussian_blur=1 gaussian_blur=2 gaussian_blur=3 gaussian_blur=4 " +
    "gaussian_blur=5 difference_of_gaussian=1 difference_of_gaussian=2 " +
    "difference_of_gaussian=3 difference_of_gaussian=4 difference_of_gaussian=5 " +
    "laplace_box_of_gaussian_blur=1 laplace_box_of_gaussian_blur=2 " +
    "laplace_box_of_gaussian_blur=3 laplace_box_of_gaussian_blur=4 " +
    "laplace_box_of_gaussian_blur=5",
  object_size_3_to_8_px:
    "gaussian_blur=3 gaussian_blur=4 gaussian_blur=5 gaussian_blur=6 gaussian_blur=7 " +
    "gaussian_blur=8 difference_of_gaussian=3 difference_of_gaussian=4 " +
    "difference_of_gaussian=5 difference_of_gaussian=6 difference_of_gaussian=7 " +
    "difference_of_gaussian=8 laplace_box_of_gaussian_blur=3 " +
    "laplace_box_of_gaussian_blur=4 laplace_box_of_gaussian_blur=5 " +
    "laplace_box_of_gaussian_blur=6 laplace_box_of_gaussian_blur=7 " +
    "laplace_box_of_gaussian_blur=8",
  object_size_5_to_10_px:
    "gaussian_blur=5 gaussian_blur=6 gaussian_blur=7 gaussian_blur=8 gaussian_blur=9 " +
    "gaussian_blur=10 difference_of_gaussian=5 difference_of_gaussian=6 " +
    "difference_of_gaussian=7 difference_of_gaussian=8 difference_of_gaussian=9 " +
    "difference_of_gaussian=10 laplace_box_of_gaussian_blur=5 " +
    "laplace_box_of_gaussian_blur=6 laplace_box_of_gaussian_blur=7 " +
    "laplace_box_of_gaussian_blur=8 laplace_box_of_gaussian_blur=9 " +
    "laplace_box_of_gaussian_blur=10",
  object_size_10_to_15_px: "gaussian_blur=10 gaussian_blur=11 gaussian_blur=12 gaussian_blur=13 " +
    "gaussian_blur=14 gaussian_blur=15 difference_of_gaussian=10 " +
    "difference_of_gaussian=11 difference_of_gaussian=12 difference_of_gaussian=13 " +
    "difference_of_gaussian=14 difference_of_gaussian=15 laplace_box_of_gaussian_blur=10 " +
    "laplace_box_of_gaussian_blur=11 laplace_box_of_gaussian_blur=12 " +
    "laplace_box_of_gaussian_blur=13 laplace_box_of_gaussian_blur=14 " +
    "laplace_box_of_gaussian_blur=15",
  object_size_15_to_20_px: "gaussian_blur=15 gaussian_blur=16 gaussian_blur=17 gaussian_blur=18 " +
    "gaussian_blur=19 gaussian_blur=20 difference_of_gaussian=15 " +
    "difference_of_gaussian=16 difference_of_gaussian=17 difference_of_gaussian=18 " +
    "difference_of_gaussian=19 difference_of_gaussian=20 laplace_box_of_gaussian_blur=15 " +
    "laplace_box_of_gaussian_blur=16 laplace_box_of_gaussian_blur=17 " +
    "laplace_box_of_gaussian_blur=18 laplace_box_of_gaussian_blur=19 " +
    "laplace_box_of_gaussian_blur=20",
  object_size_20_to_25_px: "gaussian_blur=20 gaussian_blur=21 gaussian_blur=22 gaussian_blur=23 " +
    "gaussian_blur=24 gaussian_blur=25 difference_of_gaussian=20 " +
    "difference_of_gaussian=21 difference_of_gaussian=22 difference_of_gaussian=23 " +
    "difference_of_gaussian=24 difference_of_gaussian=25 laplace_box_of_gaussian_blur=20 " +
    "laplace_box_of_gaussian_blur=21 laplace_box_of_gaussian_blur=22 " +
    "laplace_box_of_gaussian_blur=23 laplace_box_of_gaussian_blur=24 " +
    "laplace_box_of_gaussian_blur=25",
  object_size_25_to_50_px: "gaussian_blur=25 gaussian_blur=30 gaussian_blur=35 gaussian_blur=40 " +
    "gaussian_blur=45 difference_of_gaussian=25 difference_of_gaussian=30 " +
    "difference_of_gaussian=35 difference_of_gaussian=40 difference_of_gaussian=45 " +
    "laplace_box_of_gaussian_blur=25 laplace_box_of_gaussian_blur=30 " +
    "laplace_box_of_gaussian_blur=35 laplace_box_of_gaussian_blur=40 " +
    "laplace_box_of_gaussian_blur=45",
  object_size_50_to_100_px: "gaussian_blur=50 gaussian_blur=60 gaussian_blur=70 gaussian_blur=80 " +
    "gaussian_blur=90 difference_of_gaussian=50 difference_of_gaussian=60 " +
    "difference_of_gaussian=70 difference_of_gaussian=80 difference_of_gaussian=90 " +
    "laplace_box_of_gaussian_blur=50 laplace_box_of_gaussian_blur=60 " +
    "laplace_box_of_gaussian_blur=70 laplace_box_of_gaussian_blur=80 " +
    "laplace_box_of_gaussian_blur=90",
  v070: "gaussian_blur=1 difference_of_gaussian=1 laplace_box_of_gaussian_blur=1 " +
    "sobel_of_gaussian_blur=1",
};

Deno.test("the predefined feature sets are APOC's, name by name and word by word", () => {
  assert.deepEqual(predefinedFeatureSets, APOC);
  assert.deepEqual(Object.keys(predefinedFeatureSets), Object.keys(APOC));
});

for (const [name, text] of Object.entries(predefinedFeatureSets)) {
  if (name === "custom") continue;
  Deno.test(`the feature set ${name} resolves to its text and can be planned`, () => {
    assert.equal(resolveFeatures(` ${name} `), text);
    for (const dimensions of [2, 3] as const) {
      assert.equal(planFeatures(text, { dimensions }).features.length, text.split(" ").length);
    }
  });
}

Deno.test("a specification resolves to itself with single blanks", () => {
  assert.equal(resolveFeatures("original,  sobel=1"), "original sobel=1");
  assert.equal(resolveFeatures("original"), "original");
});

for (
  const [typed, nearest] of [["small_quik", "small_quick"], ["V070", "v070"], ["v07", "v070"], [
    "object_size_1_to_5",
    "object_size_1_to_5_px",
  ]]
) {
  Deno.test(`the feature set "${typed}" is refused, with "${nearest}" proposed`, () => {
    throwsDaub("features", new RegExp(`Did you mean ${nearest}\\?`), () => resolveFeatures(typed));
  });
}

Deno.test("a word that is rather a feature is refused as one", () => {
  throwsDaub("features", /Expected a number after/, () => resolveFeatures("sobel"));
  throwsDaub("features", /Did you mean original\?/, () => resolveFeatures("orginal"));
});

Deno.test("custom and an empty text stand for nothing", () => {
  throwsDaub("features", /custom, which stands for/, () => resolveFeatures("custom"));
  throwsDaub("features", /found an empty one/, () => resolveFeatures(""));
});

Deno.test("names that every object has are no feature sets", () => {
  throwsDaub("features", /known feature/, () => resolveFeatures("constructor"));
});
