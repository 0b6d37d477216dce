import { DaubError } from "../src/errors.ts";
import { benchHelp, parseBenchOptions } from "./bench/options.ts";
import { benchPipeline } from "./bench/pipeline.ts";

/** Runs the benchmark that a command line asks for and returns the exit code. */
async function main(argv: readonly string[]): Promise<number> {
  try {
    const options = parseBenchOptions(argv);
    console.log(options.help ? benchHelp() : JSON.stringify(await benchPipeline(options)));
    return 0;
  } catch (error) {
    if (!(error instanceof DaubError)) throw error;
    console.error(error.message);
    return error.tag === "options" ? 2 : 1;
  }
}

if (import.meta.main) Deno.exitCode = await main(Deno.args);
