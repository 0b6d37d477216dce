import assert from "node:assert/strict";
import { startComputeWorker } from "../../../src/notebook/server/computer.ts";

const EVERYTHING = ["read", "write", "net", "env", "run", "sys", "ffi"];

Deno.test("10. the thread that decodes images and computes is allowed nothing, nor are threads that it starts", async () => {
  const worker = startComputeWorker(new URL("./support/prying_worker.ts", import.meta.url));
  try {
    const told = await new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => {
        event.preventDefault();
        reject(new Error(event.message));
      };
    });
    assert.deepEqual(told, [EVERYTHING, EVERYTHING]);
  } finally {
    worker.terminate();
  }
});
