import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { estimateEngineMemory } from "../../src/notebook/engine_memory.ts";
import { FEATURE_BYTES } from "../../src/notebook/feature_memory.ts";

const script = fileURLToPath(new URL("../support/engine_memory.ts", import.meta.url));

Deno.test("features are kept until they are too many; what is not kept is computed in tiles", () => {
  const one = { numPixels: 1e6, numChannels: 1, numFeatures: 1 };
  const four = estimateEngineMemory({ ...one, numFeatures: 4 });
  assert.equal(four.kept, 16e6);
  assert.equal(four.planes, 16e6);
  assert.equal(four.most - estimateEngineMemory(one).most, 2 * 12e6);
  const numFeatures = Math.floor(FEATURE_BYTES / 4e6) + 1;
  const many = estimateEngineMemory({ ...one, numFeatures });
  assert.equal(many.kept, 0);
  assert.equal(many.planes, 4e6 * numFeatures);
  assert.ok(many.most < many.planes);
});

Deno.test("a process that segments 2048 x 2048 pixels grows about as much as is told", async (t) => {
  for (
    const features of [
      "gaussian_blur=2",
      "gaussian_blur=1 sobel_of_gaussian_blur=1 gaussian_blur=3 sobel_of_gaussian_blur=3",
    ]
  ) {
    await t.step(features, async () => {
      const { stdout } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--no-check", script, "2048", features],
        stderr: "inherit",
      }).output();
      const found = Number(new TextDecoder().decode(stdout));
      const { most } = estimateEngineMemory({
        numPixels: 2048 ** 2,
        numChannels: 1,
        numFeatures: features.split(" ").length,
      });
      assert.ok(found > most / 2 && found < 1.5 * most, `told ${most}, but it grew by ${found}`);
    });
  }
});
