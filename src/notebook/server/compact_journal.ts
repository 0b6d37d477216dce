import { dirname } from "node:path";
import { encodeDensely, JOURNAL_SIGNATURE, type JournalRecord } from "./journal_record.ts";

const OVERWRITE = { write: true, create: true, truncate: true, mode: 0o600 };

/**
 * The records that still say something: every stroke, because each can be taken back and made once
 * more for ever, and of options and views only the last ones.
 */
export function withoutSuperseded(records: readonly JournalRecord[]): JournalRecord[] {
  const last = new Map(records.map((record, i) => [record.kind, i]));
  return records.filter(({ kind }, i) =>
    (kind !== "options" && kind !== "view") || last.get(kind) === i
  );
}

/** A journal that says this, in few bytes. */
export function encodeJournal(records: readonly JournalRecord[]): Uint8Array<ArrayBuffer> {
  return concat([JOURNAL_SIGNATURE, ...encodeDensely(records)]);
}

/**
 * Writes a journal beside its place and moves it there, so that wherever a crash or a power cut
 * happens one of the two is there and whole. Nobody may have either open meanwhile, since not every
 * system renames an open file or one over an open file.
 *
 * @throws What the system says when it refuses; the journal is then as it was.
 */
export async function replaceJournal(path: string, bytes: Uint8Array): Promise<void> {
  const beside = `${path}.new`;
  {
    using file = await Deno.open(beside, OVERWRITE);
    for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
    await file.syncData();
  }
  await Deno.rename(beside, path);
  await syncFolder(dirname(path));
}

/** Bytes behind one another. */
export function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** A renamed file is safe when its folder is. */
async function syncFolder(path: string): Promise<void> {
  try {
    using folder = await Deno.open(path);
    await folder.sync();
  } catch {
    // Where folders cannot be opened, the system sees to it.
  }
}
