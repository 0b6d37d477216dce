import { DaubError } from "../../errors.ts";
import { concat, encodeJournal, replaceJournal, withoutSuperseded } from "./compact_journal.ts";
import {
  encodeRecord,
  JOURNAL_SIGNATURE,
  type JournalRecord,
  readRecords,
  VERSION_AT,
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
/** Bytes that could be saved are worth a compaction from so many on. */
const WORTHWHILE = 2 ** 16;
/** What a command takes in a run of commands beside its own bytes. */
const IN_RUN = 3;

/** How {@linkcode Journal.open} keeps a journal. */
export interface JournalOptions {
  /** Told when records cannot be written; writing is tried again until it succeeds. */
  readonly onFailure?: OnFailure;
  /** Superseded and sparse records of so many bytes are compacted, if they are half of all. */
  readonly slack?: number;
}

/**
 * A file that grows record by record. What {@linkcode append} has promised is on the disk, whatever
 * happens to this process or the machine; a record torn by a crash is cut off when the journal is
 * opened again. When half of it says nothing, it is replaced by one that says the same in fewer
 * bytes.
 */
export class Journal {
  /** Open from the start, so that strokes need nothing more of the system; after a compaction anew. */
  #file: Deno.FsFile | undefined;
  /** Bytes that are whole and on the disk. */
  #length: number;
  #waiting: { bytes: Uint8Array; done: () => void }[] = [];
  #writing: Promise<void> = Promise.resolve();
  #busy = false;
  #closed = false;
  /** About how many bytes could be saved, and the bytes of the last options and view. */
  #wasted = 0;
  readonly #latest = new Map<JournalRecord["kind"], number>();

  private constructor(readonly path: string, length: number, readonly options: JournalOptions) {
    this.#length = length;
  }

  /**
   * Opens a journal, or starts one with this header.
   *
   * @throws {DaubError} `file` when the file cannot be read or written, is about another image, or was
   * written by a later version.
   */
  static async open(
    path: string,
    header: Extract<JournalRecord, { kind: "header" }>,
    options: JournalOptions = {},
  ): Promise<OpenJournal> {
    try {
      const bytes = await Deno.readFile(path).catch((error) => {
        if (error instanceof Deno.errors.NotFound) return new Uint8Array(0);
        throw error;
      });
      const { records, end } = readRecords(bytes);
      const found = records[0];
      if (found === undefined) return await Journal.#start(path, header, bytes.length, options);
      if (found.kind === "header" && found.imageKey !== header.imageKey) {
        throw new DaubError(
          "file",
          `Expected the strokes of this image in ${path} but found those of another image. ` +
            `Move the file away.`,
          { expected: header.imageKey, found: found.imageKey, where: path },
        );
      }
      const kept = withoutSuperseded(records);
      const torn = bytes.length - end;
      const dense = encodeJournal(kept);
      const shorter = end - dense.length > (options.slack ?? WORTHWHILE) &&
        await isReplaced(path, dense);
      const length = shorter ? dense.length : end;
      if (torn > 0 && !shorter) await Deno.truncate(path, length);
      if (!shorter) await bringUpToDate(path, bytes);
      return { journal: await Journal.#at(path, length, options), records: kept, torn };
    } catch (cause) {
      throw journalError(path, cause);
    }
  }

  static async #start(
    path: string,
    header: JournalRecord,
    torn: number,
    options: JournalOptions,
  ): Promise<OpenJournal> {
    // Bytes that are no journal were not written by us, or were damaged: kept for a second look.
    if (torn > 0) await Deno.rename(path, `${path}.damaged-${Date.now()}`);
    const bytes = encodeJournal([header]);
    await replaceJournal(path, bytes);
    return { journal: await Journal.#at(path, bytes.length, options), records: [header], torn };
  }

  static async #at(path: string, length: number, options: JournalOptions): Promise<Journal> {
    const journal = new Journal(path, length, options);
    journal.#file = await openFile(path);
    return journal;
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
      this.#waiting.push({ bytes: concat(records.map((record) => this.#encode(record))), done });
      if (!this.#busy) this.#writing = this.#write();
    });
  }

  /** Waits until everything is written and closes the file. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#writing;
    this.#file?.close();
  }

  async #write(): Promise<void> {
    this.#busy = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        await this.#writeBatch(concat(batch.map(({ bytes }) => bytes)));
        for (const { done } of batch) done();
        if (this.#isSparse()) await this.#compact();
      } catch (error) {
        this.#waiting = [...batch, ...this.#waiting];
        this.options.onFailure?.(writeError(error));
        if (this.#closed) break;
        await new Promise((resolve) => setTimeout(resolve, RETRY));
      }
    }
    this.#busy = false;
  }

  async #writeBatch(bytes: Uint8Array): Promise<void> {
    const file = this.#file ??= await openFile(this.path);
    // What an earlier try has left behind is overwritten.
    await file.seek(this.#length, Deno.SeekMode.Start);
    for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
    await file.syncData();
    this.#length += bytes.length;
  }

  #encode(record: JournalRecord): Uint8Array {
    const bytes = encodeRecord(record);
    if (record.kind === "paint") {
      this.#wasted += bytes.length - record.command.length - IN_RUN;
    } else {
      this.#wasted += this.#latest.get(record.kind) ?? 0;
      this.#latest.set(record.kind, bytes.length);
    }
    return bytes;
  }

  #isSparse(): boolean {
    const { slack = WORTHWHILE } = this.options;
    return !this.#closed && this.#wasted > slack && 2 * this.#wasted > this.#length;
  }

  /** Replaces the file by a shorter one that says the same; records that come meanwhile wait. */
  async #compact(): Promise<void> {
    this.#wasted = 0;
    try {
      const bytes = (await Deno.readFile(this.path)).subarray(0, this.#length);
      const { records, end } = readRecords(bytes);
      // What this program did not write, or cannot read, is not touched.
      if (end !== this.#length) return;
      const dense = encodeJournal(withoutSuperseded(records));
      this.#file?.close();
      this.#file = undefined;
      if (await isReplaced(this.path, dense)) this.#length = dense.length;
    } catch {
      // What cannot be read now is written on.
    }
  }
}

/** Says in a journal of an earlier version that what follows may be of this one. */
async function bringUpToDate(path: string, bytes: Uint8Array): Promise<void> {
  if (bytes[VERSION_AT] === JOURNAL_SIGNATURE[VERSION_AT]) return;
  using file = await openFile(path);
  await file.seek(VERSION_AT, Deno.SeekMode.Start);
  await file.write(JOURNAL_SIGNATURE.subarray(VERSION_AT));
  await file.syncData();
}

async function openFile(path: string): Promise<Deno.FsFile> {
  return await Deno.open(path, { read: true, write: true });
}

/** Whether a journal could be replaced by a shorter one; else the longer one is there, as it was. */
async function isReplaced(path: string, bytes: Uint8Array): Promise<boolean> {
  try {
    await replaceJournal(path, bytes);
  } catch {
    // Some file systems rename and say that they did not: what is there tells.
  }
  return (await Deno.stat(path)).size === bytes.length;
}

/** Told that records could not be written. */
export type OnFailure = (error: DaubError) => void;

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
