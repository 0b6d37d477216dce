import assert from "node:assert/strict";
import { frameName, isResult, labelNames } from "../../src/notebook/applied_names.ts";

Deno.test("a label image is named after its image, in the same folder", () => {
  assert.deepEqual(labelNames(["a.tif", "plate/b.v2.png", "noending"]), [
    "a_labels.tif",
    "plate/b.v2_labels.tif",
    "noending_labels.tif",
  ]);
});

Deno.test("images of one name but different endings keep them, also where capitals are the same", () => {
  assert.deepEqual(labelNames(["a.tif", "a.png", "A.jpg", "b/a.tif"]), [
    "a.tif_labels.tif",
    "a.png_labels.tif",
    "A.jpg_labels.tif",
    "b/a_labels.tif",
  ]);
});

Deno.test("time points are numbered where there are several", () => {
  assert.equal(frameName("a_labels.tif", 0, 1), "a_labels.tif");
  assert.equal(frameName("a_labels.tif", 12, 20), "a_t0012_labels.tif");
});

Deno.test("results are told from images", () => {
  for (const name of ["a_labels.tif", "x/a_t0001_labels.tif", "b_classes.png"]) {
    assert.ok(isResult(name), name);
  }
  for (const name of ["labels.tif", "a.tif", "a_labels_raw.tif"]) assert.ok(!isResult(name), name);
});
