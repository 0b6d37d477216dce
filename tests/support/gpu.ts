/** Whether there is a WebGPU adapter, of whatever kind. */
export const hasAdapter = (await navigator.gpu?.requestAdapter().catch(() => null)) != null;

/** A test that needs a WebGPU adapter; where there is none, not even in software, it says so. */
export function gpuTest(name: string, fn: () => void | Promise<void>): void {
  Deno.test({
    name: hasAdapter ? name : `${name} (skipped: no WebGPU adapter)`,
    ignore: !hasAdapter,
    fn,
  });
}
