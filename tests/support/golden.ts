import { existsSync } from "node:fs";
import { join } from "node:path";

/**
 * Tests against the results of the reference systems. The data are not part of the project: the
 * environment variable DAUB_GOLDEN names the folder that holds `data/` and `golden/`.
 */
const root = Deno.env.get("DAUB_GOLDEN");

/** Whether the reference data are at hand. */
export const hasGolden = root !== undefined && root !== "";

/** The path of a reference file, for example `goldenPath("golden/filters/2d_input.tif")`. */
export function goldenPath(relative: string): string {
  if (!hasGolden) throw new Error("DAUB_GOLDEN is not set");
  const path = join(root!, relative);
  if (!existsSync(path)) throw new Error(`DAUB_GOLDEN is set but ${path} does not exist`);
  return path;
}

/** The parsed content of a reference JSON file. */
export function goldenJson<T>(relative: string): T {
  return JSON.parse(Deno.readTextFileSync(goldenPath(relative)));
}

/** A test that runs where the reference data are at hand and says so where they are not. */
export function goldenTest(name: string, fn: (t: Deno.TestContext) => void | Promise<void>): void {
  const suffix = hasGolden ? "" : " (skipped: DAUB_GOLDEN is not set)";
  Deno.test({ name: name + suffix, ignore: !hasGolden, fn });
}
