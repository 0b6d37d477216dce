import assert from "node:assert/strict";
import { gpuTest } from "../../support/gpu.ts";
import { paintSquares, QUICK, serve } from "./support/serve.ts";

gpuTest("work on the GPU runs in another thread than the one that serves pages", async () => {
  const gpu = Object.getPrototypeOf(navigator.gpu) as GPU;
  const { requestAdapter } = gpu;
  let asked = 0;
  gpu.requestAdapter = function (options) {
    asked++;
    return requestAdapter.call(this, options);
  };
  try {
    await navigator.gpu.requestAdapter();
    assert.equal(asked, 1, "whoever asks in this thread is noticed");
    await using server = await serve({ backend: "gpu" });
    await using engine = await server.connect();
    paintSquares(engine);
    const { revision } = engine.annotation;
    const request = { revision, annotation: new Uint8Array(0), options: QUICK };
    const { labels } = await engine.compute(request);
    assert.equal(labels.count, 2);
    await using other = await serve({ backend: "cpu" });
    await using processor = await other.connect();
    assert.notEqual(engine.device, processor.device, "the other thread has a GPU");
    assert.equal(asked, 1);
  } finally {
    gpu.requestAdapter = requestAdapter;
  }
});
