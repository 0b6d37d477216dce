import { joinCsv } from "../measurement/join_csv.ts";
import type { Finding } from "./finding.ts";
import { describeWriteError } from "./write_error.ts";

/**
 * Brings the tables of many images together in one, with the image of each row in a column `file`
 * and, where images have several, the time frame in a column `frame`. Tables are read one at a time;
 * a column that an image lacks is empty there.
 *
 * @returns The table as CSV, piece by piece.
 * @throws {DaubError} `file` when a table cannot be read.
 */
export function collectTables(findings: readonly Finding[]): AsyncGenerator<string> {
  const tables = findings.flatMap((finding) => {
    const path = finding.files.find((file) => file.endsWith(".csv"));
    return path === undefined ? [] : [{ finding, path }];
  });
  const hasFrames = tables.some(({ finding }) => finding.frame !== undefined);
  return joinCsv(
    hasFrames ? ["file", "frame"] : ["file"],
    tables.map(({ finding: { image, frame }, path }) => ({
      first: hasFrames ? [image, frame ?? ""] : [image],
      read: () => read(path),
    })),
  );
}

async function read(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    throw describeWriteError(error, path);
  }
}
