import assert from "node:assert/strict";
import { ObjectSegmenter } from "../../src/classifiers/object_segmenter.ts";
import { segmentImage } from "../../src/segment.ts";
import { readImage } from "../../src/image/read.ts";
import { backendTest } from "../support/backends.ts";
import { goldenJson, goldenPath, hasGolden } from "../support/golden.ts";
import { samePartition } from "../support/partitions.ts";

interface Case {
  image: string;
  annotation: string;
  features: string;
  max_depth: number;
  num_trees: number;
  positive_class: number;
  random_state: number;
  objects: number;
}

const CASES = ["blobs_default", "blobs_medium_quick", "blobs_3class", "blobs_size_1_to_5"];
const ignore = !hasGolden;
const note = hasGolden ? "" : " (skipped: DAUB_GOLDEN is not set)";

for (const name of CASES) {
  backendTest(`${name}: trained from strokes, it finds APOC's objects${note}`, async (backend) => {
    const facts = goldenJson<Case>(`golden/${name}/case.json`);
    const image = await readImage(goldenPath(facts.image));
    const segmenter = await ObjectSegmenter.train({
      image,
      annotation: await readImage(goldenPath(facts.annotation)),
      features: facts.features,
      maxDepth: facts.max_depth,
      numTrees: facts.num_trees,
      randomState: facts.random_state,
      positiveClass: facts.positive_class,
      votes: "count",
      backend,
    });
    const found = await segmentImage(image, segmenter, {
      backend,
      want: { classes: true, labels: true },
    });
    const [classes] = await readImage(goldenPath(`golden/${name}/classes.tif`));
    const differing = found.classes!.data.filter((c, i) => c !== Number(classes.data[i])).length;
    assert.ok(differing <= 4, `${differing} pixels differ`);
    assert.equal(found.labels!.count, facts.objects);
    if (differing === 0) {
      const [labels] = await readImage(goldenPath(`golden/${name}/labels.tif`));
      assert.ok(samePartition(found.labels!.data, labels.data as Uint32Array));
    }
  }, { ignore, fused: true });

  backendTest(
    `${name}: APOC's file applied to the image finds its objects${note}`,
    async (backend) => {
      const facts = goldenJson<Case>(`golden/${name}/case.json`);
      const image = await readImage(goldenPath(facts.image));
      const segmenter = await ObjectSegmenter.load(goldenPath(`golden/${name}/classifier.cl`));
      assert.equal(segmenter.forest.votes, "count");
      const labels = await segmenter.predict(image, { backend });
      assert.equal(labels.count, facts.objects);
    },
    { ignore, fused: true },
  );
}
