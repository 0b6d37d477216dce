/**
 * Segments images from the command line: `deno run -A scripts/segment.ts --help`.
 *
 * @module
 */
import { listenForInterruption } from "../src/cli/interruption.ts";
import { quietWayland } from "../src/cli/quiet_wayland.ts";
import { run } from "../src/cli/run.ts";

if (import.meta.main) {
  quietWayland();
  using interruption = await listenForInterruption();
  const code = await run(Deno.args, {
    out: (line) => write(Deno.stdout, line),
    err: (line) => write(Deno.stderr, line),
    watched: Deno.stderr.isTerminal(),
    signal: interruption.signal,
    onTemporary: interruption.setTemporary,
  });
  Deno.exit(code);
}

function write(stream: { writeSync(bytes: Uint8Array): number }, line: string): void {
  const bytes = new TextEncoder().encode(`${line}\n`);
  try {
    for (let written = 0; written < bytes.length;) {
      written += stream.writeSync(bytes.subarray(written));
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
    // The reader, such as `head`, has read enough: end as the system would end other programs.
    Deno.exit(141);
  }
}
