import assert from "node:assert/strict";
import { predefinedFeatureSets } from "../../src/features/presets.ts";
import {
  chooseFeature,
  presetOf,
  presetTitle,
  readFeatureChoice,
  sigmaColumns,
  writeFeatureChoice,
} from "../../src/notebook/feature_choice.ts";

Deno.test("a specification is read into the table and written in APOC's order", () => {
  const choice = readFeatureChoice(
    "sobel_of_gaussian_blur=2 mean_box=1 gaussian_blur=5 gaussian_blur=.3 original gaussian_blur=5",
  );
  assert.equal(choice.original, true);
  assert.deepEqual(choice.sigmas.gaussian_blur, [0.3, 5]);
  assert.deepEqual(choice.others, ["mean_box=1"]);
  assert.equal(
    writeFeatureChoice(choice),
    "original gaussian_blur=0.3 gaussian_blur=5 sobel_of_gaussian_blur=2 mean_box=1",
  );
});

Deno.test("every preset survives the table and is found again", () => {
  for (const [name, text] of Object.entries(predefinedFeatureSets)) {
    if (name === "custom") continue;
    assert.equal(writeFeatureChoice(readFeatureChoice(text)), text);
    assert.equal(presetOf(text), name);
    assert.equal(presetOf(text.split(" ").reverse().join(" ")), name);
    assert.match(presetTitle(name), /^[A-Z][^_]+$/);
  }
  assert.equal(presetOf("original"), "custom");
});

Deno.test("a cell is chosen and given up, whatever its column", () => {
  const empty = readFeatureChoice("original");
  const chosen = chooseFeature(
    chooseFeature(empty, "gaussian_blur", 7, true),
    "gaussian_blur",
    2,
    true,
  );
  assert.equal(writeFeatureChoice(chosen), "original gaussian_blur=2 gaussian_blur=7");
  assert.deepEqual(sigmaColumns(chosen), [0.3, 0.5, 1, 2, 3, 4, 5, 7, 10, 15, 25]);
  const given = chooseFeature(chosen, "gaussian_blur", 7, false);
  assert.equal(writeFeatureChoice(given), "original gaussian_blur=2");
  assert.equal(writeFeatureChoice(chooseFeature(empty, "gaussian_blur", 1, false)), "original");
});
