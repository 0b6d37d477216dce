import assert from "node:assert/strict";
import { DaubError } from "../../src/errors.ts";
import { matchNames } from "../../src/image/match_names.ts";
import { throwsDaub } from "../support/errors.ts";

Deno.test("files of the same names come together, whatever their endings, as people count", () => {
  const matched = matchNames({
    images: ["i/a10.tif", "i/a2.ome.tif", "i/b.png"],
    masks: ["m/b.tif", "m/a2.tiff", "m/a10.png"],
  });
  assert.deepEqual(matched, [
    { stem: "a2", paths: { images: "i/a2.ome.tif", masks: "m/a2.tiff" } },
    { stem: "a10", paths: { images: "i/a10.tif", masks: "m/a10.png" } },
    { stem: "b", paths: { images: "i/b.png", masks: "m/b.tif" } },
  ]);
});

Deno.test("a suffix may stand behind a name, and a name that has it by itself is kept", () => {
  const lists = {
    images: ["a.tif", "old_labels.tif"],
    labels: ["l/a_labels.tif", "l/old_labels.tif"],
  };
  assert.deepEqual(
    matchNames(lists, { labels: "_labels" }).map(({ paths }) => paths.labels),
    ["l/a_labels.tif", "l/old_labels.tif"],
  );
});

Deno.test("names that do not match are listed, each where it is missing", () => {
  const lists = { images: ["i/a.tif", "i/b.tif", "i/c.png"], masks: ["m/b.tif", "m/d.tif"] };
  throwsDaub(
    "file",
    /images and masks of the same names but found no images for d\.tif; and no masks for a\.tif, c\.png\./,
    () => matchNames(lists),
  );
});

Deno.test("of very many missing names the first are listed, and the error holds all", () => {
  const images = Array.from({ length: 30 }, (_, i) => `i/${i}.tif`);
  try {
    matchNames({ images, masks: ["m/3.tif"] });
    assert.fail("it did not throw");
  } catch (error) {
    assert.ok(error instanceof DaubError);
    assert.match(
      error.message,
      /no masks for 0\.tif, 1\.tif, 2\.tif, 4\.tif, .*20\.tif and 9 more/,
    );
    assert.equal((error.found as string[]).length, 29);
  }
});

Deno.test("two files of one name are refused", () => {
  const lists = { images: ["i/a.tif", "i/a.png"], masks: ["m/a.tif"] };
  throwsDaub(
    "file",
    /one file of each name but found i\/a\.tif and i\/a\.png/,
    () => matchNames(lists),
  );
});
