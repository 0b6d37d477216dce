/// <reference lib="dom" />
import assert from "node:assert/strict";
import { parseHTML } from "npm:linkedom@0.18.15";
import { DaubError, throwIfCancelled } from "../../src/errors.ts";
import type { LiveContext } from "../../src/notebook/live.ts";
import { onDemand } from "../../src/notebook/client/on_demand.ts";

const turn = () => new Promise((resolve) => setTimeout(resolve));

/** A button for work that ends when the test says so. */
function open() {
  const { document, Event } = parseHTML("<!doctype html><html><body></body></html>");
  // Elements of another document take events of their own kind only.
  Object.assign(globalThis, { document, Event });
  const runs: (LiveContext & PromiseWithResolvers<string>)[] = [];
  const { promise: invalidation, resolve: invalidate } = Promise.withResolvers<void>();
  const root = onDemand("Count", async (context) => {
    const run = Promise.withResolvers<string>();
    runs.push({ ...context, ...run });
    context.signal.addEventListener("abort", () => run.resolve(""));
    const result = await run.promise;
    throwIfCancelled(context.signal);
    return result;
  }, invalidation);
  delete (globalThis as { document?: unknown }).document;
  const told: unknown[] = [];
  root.addEventListener("input", () => told.push(root.value));
  const [start, cancel] = root.querySelectorAll("button");
  const progress = root.querySelector("progress")!;
  const status = root.querySelector("output")!;
  return { root, runs, told, start, cancel, progress, status, invalidate };
}

Deno.test("work that is asked for shows how far it is and tells of its result", async () => {
  const { root, runs, told, start, cancel, progress } = open();
  assert.equal(root.value, null, "of a view without a value cells would be under way for ever");
  assert.ok(cancel.hidden && progress.hidden);
  start.click();
  assert.ok(start.disabled && !cancel.hidden && !progress.hidden);
  runs[0].onProgress({ stage: "counting", fraction: 0.25 });
  assert.equal(Number(progress.value), 0.25);
  runs[0].resolve("three");
  await turn();
  assert.deepEqual(told, ["three"]);
  assert.ok(!start.disabled && cancel.hidden && progress.hidden);
});

Deno.test("cancelling keeps the last result, and the work can be asked for again", async () => {
  const { root, runs, told, start, cancel, status } = open();
  start.click();
  runs[0].resolve("three");
  await turn();
  start.click();
  cancel.click();
  await turn();
  assert.ok(runs[1].signal.aborted);
  assert.equal(status.textContent, "Cancelled.");
  assert.equal(root.value, "three");
  start.click();
  assert.equal(status.textContent, "");
  runs[2].resolve("four");
  await turn();
  assert.deepEqual(told, ["three", "four"]);
});

Deno.test("what goes wrong is told beside the button; of strokes only what is to be painted", async () => {
  const { runs, start, status, root } = open();
  start.click();
  runs[0].reject(new DaubError("annotation", "Expected strokes but found none. Paint some."));
  await turn();
  assert.equal(status.textContent, "Paint some.");
  start.click();
  runs[1].reject(new DaubError("options", "Expected fewer. Choose some."));
  await turn();
  assert.equal(status.textContent, "Expected fewer. Choose some.");
  assert.equal(root.value, null, "of a view without a value cells would be under way for ever");
});

Deno.test("a button that is replaced gives its work up", async () => {
  const { runs, start, invalidate } = open();
  start.click();
  invalidate();
  await turn();
  assert.ok(runs[0].signal.aborted);
});
