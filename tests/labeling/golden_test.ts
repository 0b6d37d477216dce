import assert from "node:assert/strict";
import { readImage } from "../../src/image/read.ts";
import { goldenJson, goldenPath, hasGolden } from "../support/golden.ts";
import { samePartition } from "../support/partitions.ts";
import { twinTest } from "./twins.ts";

for (const name of ["blobs_default", "blobs_medium_quick", "blobs_3class", "blobs_size_1_to_5"]) {
  const note = hasGolden ? "" : " (skipped: DAUB_GOLDEN is not set)";
  twinTest(`${name}: APOC's classes give APOC's objects${note}`, async (label) => {
    const facts = goldenJson<{ positive_class: number; objects: number }>(
      `golden/${name}/case.json`,
    );
    const [classes] = await readImage(goldenPath(`golden/${name}/classes.tif`));
    const [expected] = await readImage(goldenPath(`golden/${name}/labels.tif`));
    const bytes = Uint8Array.from(classes.data, Number);
    const { labels, count } = await label(bytes, classes, facts.positive_class, 4);
    assert.equal(count, facts.objects);
    assert.ok(samePartition(labels, Uint32Array.from(expected.data, Number)));
  }, { ignore: !hasGolden });
}
