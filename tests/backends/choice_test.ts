import assert from "node:assert/strict";
import type { Backend } from "../../src/backend.ts";
import { CpuBackend } from "../../src/backends/cpu_backend.ts";
import { FallbackBackend } from "../../src/backends/fallback_backend.ts";
import { openBackend } from "../../src/backends/open_backend.ts";
import { DaubError } from "../../src/errors.ts";
import { isSoftwareAdapter, requestAdapter } from "../../src/gpu/adapter.ts";
import { gpuTest } from "../support/gpu.ts";
import { rejectsDaub } from "../support/errors.ts";

function adapterInfo(fields: Partial<GPUAdapterInfo>): GPUAdapterInfo {
  const empty = { vendor: "", architecture: "", device: "", description: "" };
  return { ...empty, isFallbackAdapter: false, ...fields } as GPUAdapterInfo;
}

function adapterNamed(description: string): GPUAdapter {
  return {
    info: adapterInfo({ description }),
    features: new Set(),
    limits: {},
    requestDevice: () => Promise.reject(new Error("no device today")),
  } as unknown as GPUAdapter;
}

Deno.test("software rasterizers are told from hardware by flag and by name", () => {
  const software = ["llvmpipe (LLVM 15.0.6, 256 bits)", "SwiftShader Device (Subzero)"];
  for (const description of software) {
    assert.equal(isSoftwareAdapter(adapterInfo({ description })), true, description);
  }
  assert.equal(isSoftwareAdapter(adapterInfo({ isFallbackAdapter: true })), true);
  assert.equal(
    isSoftwareAdapter(adapterInfo({ vendor: "google", architecture: "swiftshader" })),
    true,
  );
  for (const description of ["NVIDIA H200", "Apple M3", "Intel(R) Iris(R) Xe Graphics"]) {
    assert.equal(isSoftwareAdapter(adapterInfo({ description })), false, description);
  }
});

Deno.test("auto takes the CPU where the adapter is a software rasterizer, and says so", async () => {
  await using backend = await openBackend("auto", {
    requestAdapter: () => Promise.resolve(adapterNamed("llvmpipe (LLVM 15.0.6, 256 bits)")),
  });
  assert.equal(backend.kind, "cpu");
  assert.match(backend.reason, /software rasterizer \(llvmpipe/);
});

const software = await navigator.gpu?.requestAdapter({ forceFallbackAdapter: true })
  .catch(() => null);
const none = software ? "" : " (skipped: the system has none)";

Deno.test(`auto takes the CPU where the system's software adapter is forced${none}`, {
  ignore: !software,
}, async () => {
  const adapter = software!;
  assert.equal(isSoftwareAdapter(adapter.info), true);
  await using backend = await openBackend("auto", {
    requestAdapter: () => Promise.resolve(adapter),
  });
  assert.equal(backend.kind, "cpu");
  assert.match(backend.reason, /software rasterizer/);
});

Deno.test("auto takes the CPU where there is no adapter, and says so", async () => {
  await using backend = await openBackend("auto", {
    requestAdapter: () => Promise.reject(new DaubError("backend", "Expected one but found none.")),
  });
  assert.equal(backend.kind, "cpu");
  assert.match(backend.reason, /found none/);
});

Deno.test("auto takes the CPU where a hardware GPU refuses to start; gpu fails", async () => {
  const options = { requestAdapter: () => Promise.resolve(adapterNamed("NVIDIA H200")) };
  await using backend = await openBackend("auto", options);
  assert.equal(backend.kind, "cpu");
  assert.match(backend.reason, /NVIDIA H200.*refused/);
  await rejectsDaub("backend", /NVIDIA H200.*refused/, () => openBackend("gpu", options));
});

gpuTest("auto takes an adapter that is not known as software", async () => {
  const adapter = await requestAdapter();
  const disguised = new Proxy(adapter, {
    get(target, key) {
      if (key === "info") return adapterInfo({ description: "NVIDIA H200" });
      const value = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  await using backend = await openBackend("auto", {
    requestAdapter: () => Promise.resolve(disguised),
  });
  assert.equal(backend.kind, "gpu");
  assert.equal(backend.device, "NVIDIA H200");
});

Deno.test("an unknown backend is refused with the choices", async () => {
  await rejectsDaub(
    "options",
    /auto, gpu or cpu but found "tpu"/,
    () => openBackend("tpu" as "gpu"),
  );
});

Deno.test("a GPU that fails on the way hands over to the CPU with the same result", async () => {
  let disposed = 0;
  const failing = new Proxy(new CpuBackend("pretending"), {
    get(target, key) {
      if (key === "kind") return "gpu";
      if (key === "labelComponents") {
        return () => Promise.reject(new DaubError("backend", "Expected the GPU but it was lost."));
      }
      if (key === Symbol.asyncDispose) return () => Promise.resolve(void disposed++);
      return Reflect.get(target, key, target);
    },
  }) as Backend;
  const told: string[] = [];
  await using backend = new FallbackBackend(failing, (reason) => told.push(reason));
  assert.equal(backend.kind, "gpu");
  const size = { width: 3, height: 1, depth: 1 };
  const { labels, count } = await backend.labelComponents(Uint8Array.of(2, 1, 2), size, 2, 4);
  assert.deepEqual([...labels], [1, 0, 2]);
  assert.equal(count, 2);
  assert.equal(backend.kind, "cpu");
  assert.match(backend.reason, /GPU failed.*it was lost/);
  assert.equal(disposed, 1);
  assert.deepEqual(told, [
    "The GPU failed and the CPU goes on: Expected the GPU but it was lost.",
  ]);
});

Deno.test("errors that are not the GPU's pass through", async () => {
  await using backend = new FallbackBackend(new CpuBackend("pretending"));
  const size = { width: 3, height: 1, depth: 1 };
  await rejectsDaub(
    "options",
    /connectivity/,
    () => backend.labelComponents(Uint8Array.of(2, 1, 2), size, 2, 26),
  );
});

gpuTest("a device lost in the middle of a run hands over to the CPU", async () => {
  const { GpuBackend } = await import("../../src/backends/gpu_backend.ts");
  const { Gpu } = await import("../../src/gpu/gpu.ts");
  const gpu = await Gpu.open();
  await using backend = new FallbackBackend(new GpuBackend(gpu, "test"));
  const size = { width: 3, height: 1, depth: 1 };
  assert.equal((await backend.labelComponents(Uint8Array.of(2, 1, 2), size, 2, 4)).count, 2);
  gpu.device.destroy();
  assert.equal((await backend.labelComponents(Uint8Array.of(2, 1, 2), size, 2, 4)).count, 2);
  assert.equal(backend.kind, "cpu");
});
