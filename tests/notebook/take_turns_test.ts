import assert from "node:assert/strict";
import { inPieces, letOthersRun, Turns } from "../../src/notebook/take_turns.ts";
import { rejectsDaub } from "../support/errors.ts";
import { settle } from "../support/virtual_time.ts";

/** Tasks that end when they are told to, and a record of their beginnings. */
function desk() {
  const turns = new Turns();
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const task = (name: string) => () => {
    begun.push(name);
    return new Promise<string>((resolve) => ends.set(name, () => resolve(name)));
  };
  const end = async (name: string) => {
    ends.get(name)!();
    await settle();
  };
  return { turns, begun, task, end };
}

Deno.test("tasks run one at a time, in order, also after one fails", async () => {
  const { turns, begun, task, end } = desk();
  const first = turns.take(task("a"));
  const failing = turns.take(() => Promise.reject(new Error("no")));
  failing.catch(() => {});
  const last = turns.take(task("b"));
  await settle();
  assert.deepEqual(begun, ["a"]);
  await end("a");
  assert.deepEqual(begun, ["a", "b"]);
  await end("b");
  assert.deepEqual([await first, await last], ["a", "b"]);
  await assert.rejects(failing, /no/);
});

Deno.test("of those that may be replaced only the newest waits, and is told at once", async () => {
  const { turns, begun, task, end } = desk();
  const replaceable = true;
  const first = turns.take(task("a"), { replaceable });
  await settle();
  const second = turns.take(task("b"), { replaceable });
  const other = turns.take(task("kept"));
  const third = turns.take(task("c"), { replaceable });
  await rejectsDaub("cancelled", /newer/, () => second);
  assert.deepEqual(begun, ["a"]);
  await end("a");
  await end("kept");
  await end("c");
  assert.deepEqual([await first, await other, await third], ["a", "kept", "c"]);
});

Deno.test("who is cancelled while waiting leaves at once; those behind keep their turn", async () => {
  const { turns, begun, task, end } = desk();
  const controller = new AbortController();
  const first = turns.take(task("a"));
  const second = turns.take(task("b"), { signal: controller.signal });
  const third = turns.take(task("c"));
  await settle();
  controller.abort();
  await rejectsDaub("cancelled", /cancelled/, () => second);
  await settle();
  assert.deepEqual(begun, ["a"], "c waits for a");
  await end("a");
  await end("c");
  assert.deepEqual([await first, await third], ["a", "c"]);
  await rejectsDaub(
    "cancelled",
    /cancelled/,
    () => turns.take(task("d"), { signal: controller.signal }),
  );
  assert.deepEqual(begun, ["a", "c"]);
});

Deno.test("timers run while a loop lets others run", async () => {
  let isDone = false;
  setTimeout(() => isDone = true);
  for (let i = 0; i < 1000 && !isDone; i++) await letOthersRun();
  assert.ok(isDone);
});

Deno.test("long work leaves others their turn, and fails as its pieces do", async () => {
  let turns = 0;
  let working = true;
  const others = (async () => {
    while (working) {
      await new Promise((resolve) => setTimeout(resolve));
      turns++;
    }
  })();
  const start = performance.now();
  let steps = 0;
  await inPieces(() => {
    steps++;
    return performance.now() - start > 60;
  });
  working = false;
  await others;
  assert.ok(turns > 3, `${turns} turns of others in ${steps} steps`);
  await assert.rejects(
    inPieces(() => {
      throw new RangeError("no room");
    }),
    /no room/,
  );
});
