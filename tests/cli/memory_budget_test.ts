import assert from "node:assert/strict";
import { MemoryBudget } from "../../src/cli/memory_budget.ts";

Deno.test("memory is given out up to the limit, in the order it was asked for", async () => {
  const budget = new MemoryBudget(100);
  const given: string[] = [];
  const take = (name: string, bytes: number) =>
    budget.take(bytes).then((memory) => {
      given.push(name);
      return memory;
    });
  const [a, b] = await Promise.all([take("a", 60), take("b", 40)]);
  const c = take("c", 50);
  const d = take("d", 10);
  b[Symbol.dispose]();
  await Promise.resolve();
  assert.deepEqual(given, ["a", "b"], "d waits behind c, which does not fit yet");
  a[Symbol.dispose]();
  a[Symbol.dispose]();
  for (const memory of await Promise.all([c, d])) memory[Symbol.dispose]();
  assert.deepEqual(given, ["a", "b", "c", "d"]);
});

Deno.test("who needs more than the limit is served alone", async () => {
  const budget = new MemoryBudget(100);
  const small = await budget.take(1);
  let isServed = false;
  const large = budget.take(1000).then((memory) => {
    isServed = true;
    return memory;
  });
  await Promise.resolve();
  assert.equal(isServed, false);
  small[Symbol.dispose]();
  (await large)[Symbol.dispose]();
  assert.ok(isServed);
});
