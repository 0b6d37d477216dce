import { crc32 } from "node:zlib";
import { decode, encode } from "npm:@msgpack/msgpack@3.1.3";
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

/** "DAUBLOG" and the version of the format. */
export const JOURNAL_SIGNATURE = Uint8Array.of(0x44, 0x41, 0x55, 0x42, 0x4c, 0x4f, 0x47, 1);

/** Length and checksum in front of every record, 32 bits each, little-endian. */
const FRAME = 8;
/** The longest record that can be meant; anything longer is damage. */
const LONGEST = 2 ** 26;

/** A record as bytes: its length, its checksum (CRC-32) and what it says. */
export function encodeRecord(record: JournalRecord): Uint8Array<ArrayBuffer> {
  const body = encode(fieldsOf(record), { ignoreUndefined: true });
  const bytes = new Uint8Array(FRAME + body.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, body.length, true);
  view.setUint32(4, crc32(body), true);
  bytes.set(body, FRAME);
  return bytes;
}

/** The whole records at the start of a journal's bytes, and where the last one ends. */
export function readRecords(bytes: Uint8Array): { records: JournalRecord[]; end: number } {
  const records: JournalRecord[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!JOURNAL_SIGNATURE.every((byte, i) => bytes[i] === byte)) return { records, end: 0 };
  let at = JOURNAL_SIGNATURE.length;
  while (at + FRAME <= bytes.length) {
    const length = view.getUint32(at, true);
    const end = at + FRAME + length;
    if (length > LONGEST || end > bytes.length) break;
    const body = bytes.subarray(at + FRAME, end);
    if (crc32(body) !== view.getUint32(at + 4, true)) break;
    const record = parseRecord(body);
    if (record === undefined || (record.kind === "header") !== (records.length === 0)) break;
    records.push(record);
    at = end;
  }
  return { records, end: records.length === 0 ? 0 : at };
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

function parseRecord(body: Uint8Array): JournalRecord | undefined {
  try {
    const [kind, ...fields] = decode(body) as unknown[];
    switch (kind) {
      case 0: {
        const [log, imageKey, size] = fields;
        const sides = (size as unknown[]).map((side) => integerEntry(side, 1, 1_000_000));
        return { kind: "header", log: text(log), imageKey: text(imageKey), size: sides };
      }
      case 1: {
        const [client, number, command] = fields;
        return {
          kind: "paint",
          client: text(client),
          number: integerEntry(number, 0, Number.MAX_SAFE_INTEGER),
          command: bytesEntry(command),
        };
      }
      case 2:
        return { kind: "options", options: readEngineOptions(fields[0]) };
      case 3:
        return { kind: "view", view: text(fields[0]) };
      default:
        return undefined;
    }
  } catch {
    // What cannot be read was written by another version; like damage, it ends the journal.
    return undefined;
  }
}

function text(value: unknown): string {
  if (typeof value === "string") return value;
  throw protocolError("a text", value);
}
