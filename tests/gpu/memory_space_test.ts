import assert from "node:assert/strict";
import { MemorySpace } from "../../src/gpu/memory_space.ts";

Deno.test("stretches are taken at the first place where they fit", () => {
  const space = new MemorySpace(10, 30);
  assert.equal(space.take(8), 10);
  assert.equal(space.take(8), 18);
  assert.equal(space.take(8), undefined);
  assert.equal(space.take(4), 26);
  assert.equal(space.take(1), undefined);
});

Deno.test("neighbours that are given back become one stretch", () => {
  const space = new MemorySpace(0, 12);
  const [a, b, c] = [space.take(4)!, space.take(4)!, space.take(4)!];
  space.free(a);
  space.free(c);
  assert.equal(space.take(5), undefined);
  space.free(b);
  assert.equal(space.take(12), 0);
});

Deno.test("what was not taken, or was given back already, changes nothing", () => {
  const space = new MemorySpace(0, 8);
  const first = space.take(4)!;
  space.free(first);
  space.free(first);
  space.free(77);
  assert.equal(space.take(8), 0);
  assert.equal(space.take(1), undefined);
});
