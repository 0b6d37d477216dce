import assert from "node:assert/strict";
import { join } from "node:path";
import { run } from "../../src/cli/run.ts";
import { drawSquares, threeSquares, writeSquares, writeTiff } from "./support/fixtures.ts";
import { withFolder } from "./support/folder.ts";

Deno.test("where someone watches, a bar stands for the lines and errors wait for its end", async () => {
  await withFolder(async (folder) => {
    const { image, strokes } = await writeSquares(folder);
    const broken = join(folder, "broken.tif");
    await Deno.writeTextFile(broken, "nothing");
    const last = await writeTiff(folder, "last.tif", drawSquares(threeSquares));
    const printed: string[] = [];
    const code = await run(
      [
        ...[image, broken, last, "--annotation", strokes, "--out", join(folder, "out")],
        ...["--trees=5", "--backend=cpu", "--continue-on-error"],
      ],
      {
        out: (line) => printed.push(line),
        err: (line) => printed.push(line),
        watched: true,
      },
    );
    assert.equal(code, 1);
    assert.ok(!printed.some((line) => /_labels\.tif/.test(line)), printed.join("\n"));
    assert.match(printed.at(-2)!, /^error: .*broken\.tif/);
    assert.match(printed.at(-1)!, /^2 of 3 images done, 1 failed$/);
  });
});
