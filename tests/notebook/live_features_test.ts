import assert from "node:assert/strict";
import { defaultEngineOptions } from "../../src/notebook/engine_options.ts";
import { featuresLive } from "../../src/notebook/live_features.ts";
import { openLocalEngine } from "../../src/notebook/local_engine.ts";
import { Value } from "../../src/notebook/value_source.ts";

Deno.test("the feature stack follows the features and nothing else", async () => {
  const image = { width: 8, height: 6, depth: 1, data: new Uint8Array(48).fill(3) };
  await using engine = await openLocalEngine(image, { backend: "cpu" });
  const options = new Value({ ...defaultEngineOptions(engine.image.size), features: "original" });
  const stacks = featuresLive(engine, options);
  const { value: first } = await stacks.next();
  assert.deepEqual(first!.names, ["original"]);
  options.change({ ...options.value, maxDepth: 7 });
  assert.equal((await stacks.next()).value, first);
  options.change({ ...options.value, features: "original gaussian_blur=1" });
  const { value: second } = await stacks.next();
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
