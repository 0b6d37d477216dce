import { join } from "node:path";
import { collectTables } from "./collect_tables.ts";
import type { Finding } from "./finding.ts";
import { Publication } from "./publication.ts";
import type { PublishingRun } from "./publish_image.ts";
import { tableResult } from "./result_names.ts";
import { type Destination, refuseInputs } from "./result_paths.ts";

/** What the journal calls the table of all images. */
const KEY = "table of all images";

/**
 * Writes one table of the objects of all images, with the image of each in the column `file`.
 *
 * @returns What to say of it.
 */
export async function writeTable(
  findings: readonly Finding[],
  { out, purpose }: Destination,
  run: PublishingRun,
): Promise<string> {
  const { journal } = run;
  const path = join(out, `${tableResult(purpose)}.csv`);
  await refuseInputs([path], run.reading);
  const own = await journal?.findOwn(new Set([KEY]));
  const mayReplace = (path: string) => run.mayReplace(path) || (own?.has(path) ?? false);
  await using publication = new Publication({ ...run, mayReplace });
  const parts: string[] = [];
  for await (const part of collectTables(findings)) parts.push(part);
  await publication.add(path, new TextEncoder().encode(parts.join("")));
  await journal?.add(KEY, publication.written);
  await publication.commit();
  const images = new Set(findings.map(({ image }) => image)).size;
  return `${path}: the objects of ${images} images`;
}
