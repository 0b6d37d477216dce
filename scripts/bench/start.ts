import { fileURLToPath } from "node:url";
import { median } from "./median.ts";
import type { BenchOptions } from "./options.ts";
import type { Row } from "./row.ts";

const SCRIPT = fileURLToPath(new URL("../segment.ts", import.meta.url));

/** The whole process of the script on the bundled sample, from the second run on. */
export async function benchStart({ repeat }: BenchOptions): Promise<Row[]> {
  const folder = await Deno.makeTempDir();
  try {
    const times: number[] = [];
    for (let i = 0; i <= repeat; i++) {
      const start = performance.now();
      const args = ["run", "-A", SCRIPT, "--out", folder, "--overwrite"];
      const { success, stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
      if (!success) throw new Error(new TextDecoder().decode(stderr));
      if (i > 0) times.push(performance.now() - start);
    }
    return [{ work: "deno run -A scripts/segment.ts, the whole process", ms: median(times) }];
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
