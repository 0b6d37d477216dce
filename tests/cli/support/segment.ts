import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "../../../src/cli/run.ts";

/** What a run printed and how it ended. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where the script lies. */
export const script = fileURLToPath(new URL("../../../scripts/segment.ts", import.meta.url));

/** The surroundings of a process whose output is compared. */
export const quietEnvironment = { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" };

/** Runs a command line in this process, on the CPU unless it says otherwise. */
export async function segment(argv: string[], signal?: AbortSignal): Promise<Outcome> {
  const onCpu = argv.some((argument) => argument.startsWith("--backend"));
  const out: string[] = [];
  const err: string[] = [];
  const code = await run(onCpu ? argv : [...argv, "--backend=cpu"], {
    out: (line) => out.push(line),
    err: (line) => err.push(line),
    watched: false,
    signal,
  });
  return { code, stdout: out.join("\n"), stderr: err.join("\n") };
}

/** Runs the script as a user does. */
export async function runScript(
  argv: string[],
  { cwd, address = script }: { cwd: string; address?: string },
): Promise<Outcome> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-lock", address, ...argv],
    cwd,
    env: quietEnvironment,
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trimEnd();
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

/** Asserts that a run went well and printed no error. */
export function assertDone({ code, stderr }: Outcome): void {
  assert.equal(code, 0, stderr);
}

/** Asserts that a run ended with one sentence about an error and without a stack trace. */
export function assertRefused({ code, stderr }: Outcome, expected: number, message: RegExp): void {
  const lines = stderr.split("\n").filter((line) => line.startsWith("error: "));
  assert.equal(lines.length, 1, stderr);
  assert.match(lines[0], message);
  assert.match(lines[0], /\bExpected\b.+\bbut\b.+[.?]/, "expected, found, what to do");
  assert.doesNotMatch(stderr, /^\s+at |file:\/\/\/|Error:/m, "no stack trace");
  assert.equal(code, expected, stderr);
}

/** Every file under a folder with its bytes, to see whether anything changed. */
export async function snapshot(folder: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for await (const entry of Deno.readDir(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) {
      found.set(path, "folder");
      for (const [name, content] of await snapshot(path)) found.set(name, content);
    } else {
      found.set(path, (await Deno.readFile(path)).toHex());
    }
  }
  return found;
}
