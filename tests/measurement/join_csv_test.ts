import assert from "node:assert/strict";
import { joinCsv } from "../../src/measurement/join_csv.ts";

async function joined(...args: Parameters<typeof joinCsv>): Promise<string> {
  return (await Array.fromAsync(joinCsv(...args))).join("");
}

function part(first: readonly (string | number)[], csv: string) {
  return { first, read: () => csv };
}

Deno.test("tables are joined below one line of all names; what a table lacks is empty", async () => {
  const text = await joined(["file", "frame"], [
    part(["a.tif", 0], "label,area\n1,4\n2,9\n"),
    part(["b.tif", 1], 'area,"mean, of 2"\n7,0.5\n'),
  ]);
  assert.equal(
    text,
    'file,frame,label,area,"mean, of 2"\na.tif,0,1,4,\na.tif,0,2,9,\nb.tif,1,,7,0.5\n',
  );
});

Deno.test("an image without objects has no rows, and names are quoted where they must be", async () => {
  const text = await joined(["file"], [
    part(["none.tif"], "label\n"),
    part(['a "b", c.tif'], "label\n1\n"),
  ]);
  assert.equal(text, 'file,label\n"a ""b"", c.tif",1\n');
});

Deno.test("without tables there is only the line of names", async () => {
  assert.equal(await joined(["file"], []), "file\n");
});
