import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

const script = fileURLToPath(new URL("../../scripts/bench.ts", import.meta.url));
const samples = new URL("../../samples/", import.meta.url);

/** The options that name the sample and its strokes. */
export const SAMPLE_FILES = [
  ...["--image", fileURLToPath(new URL("blobs.tif", samples))],
  ...["--annotation", fileURLToPath(new URL("blobs_annotation.tif", samples))],
];

/** What a run of the benchmark printed. */
export interface BenchRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the benchmark in a process of its own. */
export async function runBench(...args: string[]): Promise<BenchRun> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", script, ...args],
    env: { NO_COLOR: "1" },
  });
  const { code, stdout, stderr } = await command.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

/** The peak memory of a piece of work is known, where the system tells it, and of a likely size. */
export function assertPeak(peakMB: number | undefined, work: string): void {
  if (Deno.build.os !== "linux") return;
  assert.ok(peakMB! > 10 && peakMB! < 10_000, `${work}: ${peakMB} MB`);
}
