import { DaubError } from "../../errors.ts";
import {
  encodeRecord,
  JOURNAL_SIGNATURE,
  type JournalRecord,
  readRecords,
} from "./journal_record.ts";

/** A journal that was opened, and what it says. */
export interface OpenJournal {
  readonly journal: Journal;
  readonly records: readonly JournalRecord[];
  /** How many bytes of a last record, torn by a crash, were cut off. */
  readonly torn: number;
}

/** How long to wait before trying again to write what could not be written, in milliseconds. */
const RETRY = 1000;
/** Superseded options and views of so many bytes are worth a compaction. */
const WORTHWHILE = 2 ** 16;

/**
 * A file that only grows, record by record. What {@linkcode append} has promised is on the disk,
 * whatever happens to this process or the machine; a record torn by a crash is cut off when the
 * journal is opened again.
 */
export class Journal {
  #file: Deno.FsFile;
  /** Bytes that are whole and on the disk. */
  #length: number;
  #waiting: { bytes: Uint8Array; done: () => void }[] = [];
  #writing: Promise<void> = Promise.resolve();
  #busy = false;
  #closed = false;

  private constructor(file: Deno.FsFile, length: number, readonly onFailure: OnFailure) {
    this.#file = file;
    this.#length = length;
  }

  /**
   * Opens a journal, or starts one with this header.
   *
   * @param onFailure Told when records cannot be written; writing is tried again until it succeeds.
   * @throws {DaubError} `file` when the file cannot be read or written, or is about another image.
   */
  static async open(
    path: string,
    header: Extract<JournalRecord, { kind: "header" }>,
    onFailure: OnFailure = () => {},
  ): Promise<OpenJournal> {
    try {
      const bytes = await Deno.readFile(path).catch((error) => {
        if (error instanceof Deno.errors.NotFound) return new Uint8Array(0);
        throw error;
      });
      const { records, end } = readRecords(bytes);
      const found = records[0];
      if (found === undefined) return await Journal.#start(path, header, bytes.length, onFailure);
      if (found.kind === "header" && found.imageKey !== header.imageKey) {
        throw new DaubError(
          "file",
          `Expected the strokes of this image in ${path} but found those of another image. ` +
            `Move the file away.`,
          { expected: header.imageKey, found: found.imageKey, where: path },
        );
      }
      const kept = compact(records);
      const size = kept.reduce((sum, record) => sum + encodeRecord(record).length, 0);
      if (end - size > WORTHWHILE) await rewrite(path, kept);
      const file = await Deno.open(path, { read: true, write: true });
      const length = end - size > WORTHWHILE ? (await file.stat()).size : end;
      await file.truncate(length);
      await file.seek(length, Deno.SeekMode.Start);
      const torn = bytes.length - end;
      return { journal: new Journal(file, length, onFailure), records: kept, torn };
    } catch (cause) {
      throw journalError(path, cause);
    }
  }

  static async #start(
    path: string,
    header: JournalRecord,
    torn: number,
    onFailure: OnFailure,
  ): Promise<OpenJournal> {
    // Bytes that are no journal were not written by us, or were damaged: kept for a second look.
    if (torn > 0) await Deno.rename(path, `${path}.damaged-${Date.now()}`);
    await rewrite(path, [header]);
    const file = await Deno.open(path, { read: true, write: true });
    const length = await file.seek(0, Deno.SeekMode.End);
    return { journal: new Journal(file, length, onFailure), records: [header], torn };
  }

  /** The bytes that are safe. */
  get length(): number {
    return this.#length;
  }

  /**
   * Appends records; resolves when they and all before them are on the disk. Records of one moment
   * are flushed together.
   */
  append(records: readonly JournalRecord[]): Promise<void> {
    return new Promise((done) => {
      this.#waiting.push({ bytes: concat(records.map(encodeRecord)), done });
      if (!this.#busy) this.#writing = this.#write();
    });
  }

  /** Waits until everything is written and closes the file. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#writing;
    this.#file.close();
  }

  async #write(): Promise<void> {
    this.#busy = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        await this.#writeBatch(concat(batch.map(({ bytes }) => bytes)));
        for (const { done } of batch) done();
      } catch (error) {
        this.#waiting = [...batch, ...this.#waiting];
        this.onFailure(writeError(error));
        if (this.#closed) break;
        await new Promise((resolve) => setTimeout(resolve, RETRY));
      }
    }
    this.#busy = false;
  }

  async #writeBatch(bytes: Uint8Array): Promise<void> {
    // What an earlier try has left behind is overwritten.
    await this.#file.seek(this.#length, Deno.SeekMode.Start);
    for (let at = 0; at < bytes.length;) at += await this.#file.write(bytes.subarray(at));
    await this.#file.syncData();
    this.#length += bytes.length;
  }
}

/** Told that records could not be written. */
export type OnFailure = (error: DaubError) => void;

/** The records that still say something: of options and views only the last ones. */
function compact(records: readonly JournalRecord[]): JournalRecord[] {
  const last = new Map(records.map((record, i) => [record.kind, i]));
  return records.filter(({ kind }, i) =>
    (kind !== "options" && kind !== "view") || last.get(kind) === i
  );
}

/** Writes a journal beside its place and moves it there, so that one of the two is always whole. */
async function rewrite(path: string, records: readonly JournalRecord[]): Promise<void> {
  const beside = `${path}.new`;
  using file = await Deno.open(beside, { write: true, create: true, truncate: true, mode: 0o600 });
  const bytes = concat([JOURNAL_SIGNATURE, ...records.map(encodeRecord)]);
  for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
  await file.syncData();
  await Deno.rename(beside, path);
}

function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function journalError(path: string, cause: unknown): DaubError {
  if (cause instanceof DaubError) return cause;
  return new DaubError(
    "file",
    `Expected to keep strokes in ${path} but the system refused (${(cause as Error).message}). ` +
      `Choose another folder with --data.`,
    { expected: "a file that can be written", where: path, cause },
  );
}

function writeError(cause: unknown): DaubError {
  return new DaubError(
    "file",
    `Expected to save strokes but the system refused (${(cause as Error).message}). Make room on ` +
      `the disk; painting can go on, and is saved as soon as that is possible.`,
    { expected: "a file that can be written", cause },
  );
}
