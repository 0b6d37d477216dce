import { fileURLToPath } from "node:url";
import { median } from "./median.ts";
import type { BenchOptions } from "./options.ts";
import { readPeak } from "./peak_memory.ts";
import type { Row } from "./row.ts";

const SCRIPT = fileURLToPath(new URL("../segment.ts", import.meta.url));

/** The whole process of the script on the bundled sample, from the second run on. */
export async function benchStart({ repeat }: BenchOptions): Promise<Row[]> {
  const folder = await Deno.makeTempDir();
  try {
    const times: number[] = [];
    let peakMB: number | undefined;
    for (let i = 0; i <= repeat; i++) {
      const start = performance.now();
      const args = ["run", "-A", SCRIPT, "--out", folder, "--overwrite"];
      const options = { args, stdout: "null", stderr: "piped" } as const;
      const child = new Deno.Command(Deno.execPath(), options).spawn();
      const watch = setInterval(async () => peakMB = await readPeak(child.pid) ?? peakMB, 20);
      const { success, stderr } = await child.output();
      clearInterval(watch);
      if (!success) throw new Error(new TextDecoder().decode(stderr));
      if (i > 0) times.push(performance.now() - start);
    }
    return [{
      work: "deno run -A scripts/segment.ts, the whole process",
      ms: median(times),
      ...(peakMB !== undefined && { peakMB }),
    }];
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
