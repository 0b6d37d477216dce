import assert from "node:assert/strict";
import { defaultEngineOptions } from "../../src/notebook/engine_options.ts";
import { featuresLive } from "../../src/notebook/live_features.ts";
import { openLocalEngine } from "../../src/notebook/local_engine.ts";
import { Value } from "../../src/notebook/value_source.ts";

async function observeUntil<T>(values: AsyncIterable<T>, holds: (value: T) => boolean) {
  for await (const value of values) if (holds(value)) return;
}

Deno.test("the feature stack follows the features and nothing else", async () => {
  const image = { width: 8, height: 6, depth: 1, data: new Uint8Array(48).fill(3) };
  await using engine = await openLocalEngine(image, { backend: "cpu" });
  const options = new Value({ ...defaultEngineOptions(engine.image.size), features: "original" });
  const stacks = featuresLive(engine, options);
  const { value: first } = await stacks.next();
  assert.deepEqual(first!.names, ["original"]);
  // What shows the features has nothing to draw anew when only the forest changes.
  const next = stacks.next();
  let news = 0;
  next.then(() => news++);
  for (const maxDepth of [7, 3]) {
    options.change({ ...options.value, maxDepth });
    await observeUntil(stacks.pump.states(), ({ status }) => status === "done");
  }
  assert.equal(news, 0);
  options.change({ ...options.value, features: "original gaussian_blur=1" });
  const { value: second } = await next;
  assert.notEqual(second, first);
  assert.deepEqual(second!.names, ["original", "gaussian_blur=1"]);
  assert.equal(second!.planes.length, 2);
  await stacks.return();
});

Deno.test("features that are cancelled are computed again when they are asked for", async () => {
  const image = { width: 8, height: 6, depth: 1, data: new Uint8Array(48).fill(3) };
  await using engine = await openLocalEngine(image, { backend: "cpu" });
  const options = new Value({ ...defaultEngineOptions(engine.image.size), features: "original" });
  const stacks = featuresLive(engine, options);
  stacks.pump.cancel();
  assert.notEqual(stacks.pump.state.status, "done");
  stacks.pump.update();
  assert.deepEqual((await stacks.next()).value!.names, ["original"]);
  await stacks.return();
});
