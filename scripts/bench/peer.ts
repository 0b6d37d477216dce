import { fileURLToPath } from "node:url";
import { DaubError } from "../../src/errors.ts";

/** Runs a Python script that prints one JSON object, and returns it. */
export async function runPeer<T>(
  python: string,
  script: string | URL,
  args: readonly string[],
): Promise<T> {
  const path = script instanceof URL ? fileURLToPath(script) : script;
  const { code, stdout, stderr } = await start(python, [path, ...args]);
  const text = new TextDecoder();
  if (code !== 0) {
    const lines = text.decode(stderr).trim().split("\n");
    throw new DaubError(
      "options",
      `Expected the peer ${path} to run but it ended with: ${
        lines.at(-1)
      }. Install what it needs ` +
        `or leave --compare out.`,
      { found: code, where: path },
    );
  }
  try {
    return JSON.parse(text.decode(stdout));
  } catch (cause) {
    throw new DaubError(
      "options",
      `Expected the peer ${path} to print one JSON object but it printed something else. Run it ` +
        `on its own to see what.`,
      { cause, where: path },
    );
  }
}

async function start(python: string, args: readonly string[]): Promise<Deno.CommandOutput> {
  try {
    return await new Deno.Command(python, { args: [...args] }).output();
  } catch (cause) {
    throw doesNotStart(python, cause);
  }
}

/** The error for a Python that is not there. */
export function doesNotStart(python: string, cause: unknown): DaubError {
  return new DaubError(
    "options",
    `Expected Python at ${python} to run the peers but it does not start. Install it with ` +
      `NumPy, SciPy, scikit-learn, OpenCV and tifffile, or name it by --python.`,
    { cause, found: python, where: "--python" },
  );
}
