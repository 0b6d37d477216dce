import { DaubError } from "../src/errors.ts";
import { COMMANDS } from "./bench/commands.ts";
import { comparePipeline } from "./bench/compare.ts";
import { benchHelp, parseBenchOptions } from "./bench/options.ts";
import { benchPipeline } from "./bench/pipeline.ts";
import { formatRows, peerRatio, type Row } from "./bench/row.ts";

/** Runs the benchmark that a command line asks for and returns the exit code. */
async function main(argv: readonly string[]): Promise<number> {
  try {
    const command = COMMANDS.get(argv[0]);
    const options = parseBenchOptions(command ? argv.slice(1) : argv, command !== undefined);
    if (options.help) console.log(benchHelp(COMMANDS));
    else if (command) print(await command.run(options), options.json);
    else if (options.compare) print(await comparePipeline(options, options.compare), options.json);
    else console.log(JSON.stringify(await benchPipeline(options)));
    return 0;
  } catch (error) {
    if (!(error instanceof DaubError)) throw error;
    console.error(error.message);
    return error.tag === "options" ? 2 : 1;
  }
}

function print(rows: readonly Row[], asJson: boolean): void {
  if (!asJson) console.log(formatRows(rows));
  else console.log(JSON.stringify(rows.map((row) => ({ ...row, ratio: peerRatio(row) }))));
}

if (import.meta.main) Deno.exitCode = await main(Deno.args);
