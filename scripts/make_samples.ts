/**
 * Makes the sample images, the strokes on them and their true labels, from fixed seeds: the same
 * bytes on every machine.
 *
 *     deno run -A scripts/make_samples.ts [FOLDER]
 */
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { encodeSample, makeSamples } from "./samples/encode.ts";

const folder = Deno.args[0] ?? fileURLToPath(new URL("../samples/", import.meta.url));
await Deno.mkdir(folder, { recursive: true });
for (const sample of makeSamples()) {
  for (const [name, bytes] of await encodeSample(sample)) {
    await Deno.writeFile(join(folder, name), bytes);
    console.log(`${name}: ${bytes.length} bytes`);
  }
}
