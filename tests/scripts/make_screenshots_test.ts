import assert from "node:assert/strict";
import { join } from "node:path";
import { readImage } from "../../mod.ts";
import { makeScreenshots } from "../../scripts/make_screenshots.ts";

const root = new URL("../../", import.meta.url);

/** The share of pixels that are of a strong colour, as labels, strokes and maps are. */
async function colourful(png: Uint8Array): Promise<number> {
  const [red, green, blue] = (await readImage(png)).map(({ data }) => data as Uint8Array);
  let strong = 0;
  for (let i = 0; i < red.length; i++) {
    const values = [red[i], green[i], blue[i]];
    if (Math.max(...values) - Math.min(...values) > 60) strong++;
  }
  return strong / red.length;
}

Deno.test("the script draws the pictures of the README, with results in each", async (t) => {
  const folder = await Deno.makeTempDir({ prefix: "daub-screenshots-" });
  try {
    const files = await makeScreenshots(folder);
    const readme = await Deno.readTextFile(new URL("README.md", root));
    const shown = [...readme.matchAll(/\(notebooks\/screenshots\/([^)]+)\)/g)].map(([, name]) =>
      name
    );
    const kept = [...Deno.readDirSync(new URL("notebooks/screenshots/", root))];
    assert.deepEqual(shown.toSorted(), files.toSorted());
    assert.deepEqual(kept.map(({ name }) => name).toSorted(), files.toSorted());
    for (const file of files) {
      await t.step(file, async () => {
        const png = await Deno.readFile(join(folder, file));
        const [, , width, theme] = /^([a-z]+)_(\d+)_(light|dark)\.png$/.exec(file)!;
        const [red] = await readImage(png);
        assert.equal(red.width, Number(width));
        const margin = Number(red.data[3 * red.width + 3]);
        assert.ok(theme === "dark" ? margin < 60 : margin > 240, `${theme}: ${margin}`);
        const share = await colourful(png);
        assert.ok(share > 0.005, `${100 * share} % of it is coloured`);
      });
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a notebook that is not there is refused before anything is drawn", async () => {
  const folder = join(await Deno.makeTempDir(), "none");
  await assert.rejects(makeScreenshots(folder, ["segmnt"]), /one of segment, .* found segmnt\./);
  await assert.rejects(Deno.stat(folder), Deno.errors.NotFound);
});
