import { crc32 } from "node:zlib";
import { decode, encode } from "npm:@msgpack/msgpack@3.1.3";
import { DaubError } from "../../errors.ts";
import type { EngineOptions } from "../engine.ts";
import { bytesEntry, integerEntry, readEngineOptions } from "../protocol_parts.ts";
import { protocolError } from "../protocol_fields.ts";

/** One entry of a journal. */
export type JournalRecord =
  /** What the journal is about; the first record, once. `log` names this very log of commands. */
  | {
    readonly kind: "header";
    readonly log: string;
    readonly imageKey: string;
    readonly size: readonly number[];
  }
  /** A painting command: who painted it, the painter's own number for it, and its bytes. */
  | {
    readonly kind: "paint";
    readonly client: string;
    readonly number: number;
    readonly command: Uint8Array;
  }
  | { readonly kind: "options"; readonly options: EngineOptions }
  | { readonly kind: "view"; readonly view: string };

/**
 * "DAUBLOG" and the version of the format. The first one knew no runs of strokes, the second one
 * cancelled only what was painted last.
 */
export const JOURNAL_SIGNATURE = Uint8Array.of(0x44, 0x41, 0x55, 0x42, 0x4c, 0x4f, 0x47, 3);
/** Which byte of the signature is the version. */
export const VERSION_AT = JOURNAL_SIGNATURE.length - 1;

/** Length and checksum in front of every record, 32 bits each, little-endian. */
const FRAME = 8;
/** The longest record that can be meant; anything longer is damage. */
const LONGEST = 2 ** 26;

/** Painting commands of one painter in a row are one record of at most so many bytes. */
const RUN_BYTES = 2 ** 20;

/** A record as bytes: its length, its checksum (CRC-32) and what it says. */
export function encodeRecord(record: JournalRecord): Uint8Array<ArrayBuffer> {
  return frame(fieldsOf(record));
}

/**
 * Records as few bytes: painting commands in a row name their painter and the first number once.
 */
export function encodeDensely(records: readonly JournalRecord[]): Uint8Array<ArrayBuffer>[] {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for (let i = 0; i < records.length;) {
    const first = records[i];
    const commands: Uint8Array[] = [];
    for (let bytes = 0; i < records.length && bytes < RUN_BYTES; i++) {
      const next = records[i];
      if (first.kind !== "paint" || next.kind !== "paint" || next.client !== first.client) break;
      if (next.number !== first.number + commands.length) break;
      commands.push(next.command);
      bytes += next.command.length;
    }
    if (first.kind === "paint") parts.push(frame([4, first.client, first.number, commands]));
    else parts.push(encodeRecord(records[i++]));
  }
  return parts;
}

function frame(fields: readonly unknown[]): Uint8Array<ArrayBuffer> {
  const body = encode(fields, { ignoreUndefined: true });
  const bytes = new Uint8Array(FRAME + body.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, body.length, true);
  view.setUint32(4, crc32(body), true);
  bytes.set(body, FRAME);
  return bytes;
}

/**
 * The whole records at the start of a journal's bytes, and where the last one ends: none where it is
 * no journal.
 *
 * @throws {DaubError} `file` when a later version of this program wrote it, or a whole record cannot
 * be understood: what follows is not damaged, so it must not be cut off.
 */
export function readRecords(bytes: Uint8Array): { records: JournalRecord[]; end: number } {
  const records: JournalRecord[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!isJournal(bytes)) return { records, end: 0 };
  let at = JOURNAL_SIGNATURE.length;
  while (at + FRAME <= bytes.length) {
    const length = view.getUint32(at, true);
    const end = at + FRAME + length;
    if (length > LONGEST || end > bytes.length) break;
    const body = bytes.subarray(at + FRAME, end);
    if (crc32(body) !== view.getUint32(at + 4, true)) break;
    for (const record of understand(body, at)) {
      if ((record.kind === "header") !== (records.length === 0)) throw notUnderstood(at);
      records.push(record);
    }
    at = end;
  }
  return { records, end: records.length === 0 ? 0 : at };
}

function isJournal(bytes: Uint8Array): boolean {
  if (!JOURNAL_SIGNATURE.every((byte, i) => i === VERSION_AT || bytes[i] === byte)) return false;
  const [found, known] = [bytes[VERSION_AT], JOURNAL_SIGNATURE[VERSION_AT]];
  if (found <= known) return found >= 1;
  throw new DaubError(
    "file",
    `Expected strokes saved by this version of Daub or an earlier one but found those of a later ` +
      `one. Open the image with that version, or move the journal away to start anew.`,
    { expected: known, found, where: "version" },
  );
}

function notUnderstood(at: number, cause?: unknown): DaubError {
  return new DaubError(
    "file",
    `Expected strokes as they were saved but found some that mean nothing, from byte ${at} on. ` +
      `Move the journal away; the label image beside it can be opened.`,
    { where: `byte ${at}`, cause },
  );
}

function fieldsOf(record: JournalRecord): unknown[] {
  switch (record.kind) {
    case "header":
      return [0, record.log, record.imageKey, record.size];
    case "paint":
      return [1, record.client, record.number, record.command];
    case "options":
      return [2, record.options];
    case "view":
      return [3, record.view];
  }
}

/** Options and views that this version does not know any more are chosen anew; strokes are not. */
function understand(body: Uint8Array, at: number): JournalRecord[] {
  let fields: unknown[] = [];
  try {
    fields = decode(body) as unknown[];
    return parseRecord(fields);
  } catch (cause) {
    if (fields[0] === 2 || fields[0] === 3) return [];
    throw notUnderstood(at, cause);
  }
}

/** What a record says, which is several commands where it is a run of them. */
function parseRecord([kind, ...fields]: unknown[]): JournalRecord[] {
  switch (kind) {
    case 0: {
      const [log, imageKey, size] = fields;
      const sides = (size as unknown[]).map((side) => integerEntry(side, 1, 1_000_000));
      return [{ kind: "header", log: text(log), imageKey: text(imageKey), size: sides }];
    }
    case 1: {
      const [client, number, command] = fields;
      return strokes(client, number, [command]);
    }
    case 2:
      return [{ kind: "options", options: readEngineOptions(fields[0]) }];
    case 3:
      return [{ kind: "view", view: text(fields[0]) }];
    case 4: {
      const [client, first, commands] = fields;
      return strokes(client, first, commands as unknown[]);
    }
    default:
      throw protocolError("a known record", kind);
  }
}

function strokes(client: unknown, first: unknown, commands: readonly unknown[]): JournalRecord[] {
  const [painter, number] = [text(client), integerEntry(first, 0, Number.MAX_SAFE_INTEGER)];
  return commands.map((command, i) => (
    { kind: "paint", client: painter, number: number + i, command: bytesEntry(command) }
  ));
}

function text(value: unknown): string {
  if (typeof value === "string") return value;
  throw protocolError("a text", value);
}
