import config from "../../deno.json" with { type: "json" };
import { describeFailure, exitCodeOf } from "./failure.ts";
import { helpText } from "./help.ts";
import type { Host } from "./host.ts";
import { parseOptions } from "./options.ts";
import { segmentImages } from "./segment_images.ts";

/** Runs a command line and returns the exit code; every error ends up as a sentence. */
export async function run(argv: readonly string[], host: Host): Promise<number> {
  try {
    const options = parseOptions(argv);
    if (options.help) {
      host.out(helpText());
      return 0;
    }
    if (options.version) {
      host.out(`daub ${config.version}`);
      return 0;
    }
    return await segmentImages(options, host);
  } catch (error) {
    host.err(describeFailure(error, argv.includes("--debug")));
    return exitCodeOf(error, host.signal);
  }
}
