import assert from "node:assert/strict";
import { nearestName } from "../src/nearest_name.ts";

const names = ["annotation", "classifier", "connectivity", "depth", "features", "trees"];

Deno.test("the nearest name is the one with the fewest typing mistakes", () => {
  for (
    const [typed, meant] of [
      ["anotation", "annotation"],
      ["dept", "depth"],
      ["feature", "features"],
      ["tres", "trees"],
      ["conectivty", "connectivity"],
      ["clasifier", "classifier"],
    ]
  ) assert.equal(nearestName(typed, names), meant);
});

Deno.test("two swapped letters are one mistake", () => {
  assert.equal(nearestName("ab", ["xb", "ba"]), "xb", "both are one mistake away: the first");
  assert.equal(nearestName("abcd", ["axxd", "abdc"]), "abdc");
});

Deno.test("case does not count as a mistake", () => {
  assert.equal(nearestName("TREES", names), "trees");
});

Deno.test("a name that is there is its own nearest", () => {
  for (const name of names) assert.equal(nearestName(name, names), name);
});

Deno.test("without candidates there is no nearest name", () => {
  assert.equal(nearestName("depth", []), undefined);
});
