/** A program that writes a file, says so and is then too busy to hear that it is to stop. */
import { listenForInterruption } from "../../../src/cli/interruption.ts";

const [path] = Deno.args;
const interruption = await listenForInterruption();
interruption.setTemporary([path]);
Deno.writeTextFileSync(path, "half");
console.log("busy");
for (const end = Date.now() + 30_000; Date.now() < end;);
