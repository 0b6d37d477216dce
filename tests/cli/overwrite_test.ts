import assert from "node:assert/strict";
import { join } from "node:path";
import { drawSquares, threeSquares, writeSquares, writeTiff } from "./support/fixtures.ts";
import { namesIn, withFolder } from "./support/folder.ts";
import { assertDone, assertRefused, segment, snapshot } from "./support/segment.ts";

const quick = ["--trees=5"];

Deno.test("an existing result is never overwritten, and nothing else is written", async () => {
  await withFolder(async (folder) => {
    const { image, strokes } = await writeSquares(folder);
    const out = join(folder, "out");
    const argv = [image, "--annotation", strokes, "--out", out, ...quick];
    assertDone(await segment(argv));
    const all = await namesIn(out);
    for (const kept of all) {
      for (const name of all) if (name !== kept) await Deno.remove(join(out, name));
      await Deno.writeTextFile(join(out, kept), "precious");
      const before = await snapshot(folder);
      assertRefused(
        await segment(argv),
        1,
        new RegExp(
          `no earlier results but found .*${kept}; nothing was changed\\. Add --overwrite`,
        ),
      );
      assert.deepEqual(await snapshot(folder), before);
      assertDone(await segment([...argv, "--overwrite"]));
      assert.notEqual(await Deno.readTextFile(join(out, kept)), "precious");
      assert.deepEqual(await namesIn(out), all);
    }
  });
});

Deno.test("results that exist are found before anything is computed or trained", async () => {
  await withFolder(async (folder) => {
    const { image, strokes } = await writeSquares(folder);
    const last = await writeTiff(folder, "last.tif", drawSquares(threeSquares));
    await Deno.writeTextFile(join(folder, "last_labels.tif"), "precious");
    const before = await snapshot(folder);
    const outcome = await segment([image, last, "--annotation", strokes, "--out", folder]);
    assertRefused(outcome, 1, /last_labels\.tif/);
    assert.equal(outcome.stdout, "");
    assert.deepEqual(await snapshot(folder), before);
  });
});

Deno.test("a run that goes on leaves out the images whose results exist", async () => {
  await withFolder(async (folder) => {
    const { image, strokes } = await writeSquares(folder);
    const other = await writeTiff(folder, "other.tif", drawSquares(threeSquares));
    const out = join(folder, "out");
    await Deno.mkdir(out);
    await Deno.writeTextFile(join(out, "other_labels.tif"), "precious");
    const outcome = await segment(
      [image, other, "--annotation", strokes, "--out", out, "--continue-on-error", ...quick],
    );
    assertRefused(outcome, 1, /other\.tif: .*found .*other_labels\.tif/);
    assert.match(outcome.stdout, /1 of 2 images done, 1 failed$/);
    assert.equal(await Deno.readTextFile(join(out, "other_labels.tif")), "precious");
    assert.ok((await namesIn(out)).includes("squares_labels.tif"));
  });
});

Deno.test("what is read is never replaced, even when overwriting", async () => {
  await withFolder(async (folder) => {
    const { image } = await writeSquares(folder);
    const strokes = join(folder, "squares_labels.tif");
    await Deno.rename(join(folder, "strokes.tif"), strokes);
    const classifier = join(folder, "ObjectSegmenter.cl");
    const training = [image, "--annotation", strokes, "--overwrite", ...quick];
    const before = await snapshot(folder);
    assertRefused(
      await segment([...training, "--out", folder]),
      2,
      /results to go elsewhere but found that .*squares_labels\.tif is an input/,
    );
    assert.deepEqual(await snapshot(folder), before);
    await Deno.symlink(strokes, classifier);
    const linked = await snapshot(folder);
    assertRefused(
      await segment([...training, "--out", join(folder, "out"), "--save", classifier]),
      2,
      /ObjectSegmenter\.cl is an input/,
    );
    assert.deepEqual(await snapshot(folder), linked);
  });
});

Deno.test("the classifier goes where it is to be saved", async () => {
  await withFolder(async (folder) => {
    const { image, strokes } = await writeSquares(folder);
    const [out, save] = [join(folder, "out"), join(folder, "kept/mine.cl")];
    const argv = [image, "--annotation", strokes, "--out", out, "--save", save, ...quick];
    assertDone(await segment(argv));
    assert.deepEqual(await namesIn(out), ["squares_labels.tif", "squares_overlay.png"]);
    assertDone(await segment([image, "--classifier", save, "--out", join(folder, "again")]));
  });
});
