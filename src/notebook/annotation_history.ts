import { DaubError } from "../errors.ts";
import { Annotation } from "./annotation.ts";
import { ByteReader, ByteWriter, damaged } from "./annotation_bytes.ts";
import { decodeCommand, encodeCommand } from "./annotation_codec.ts";
import {
  type AnnotationCommand,
  type AnnotationSize,
  checkAnnotationSize,
} from "./annotation_command.ts";

/** "DAUBINK" and the version of the format. */
const MAGIC = Uint8Array.of(0x44, 0x41, 0x55, 0x42, 0x49, 0x4e, 0x4b, 1);

/** What a history says. */
export interface History {
  readonly size: Required<AnnotationSize>;
  /** The key of the image that was painted on (see `imageKey`), "" when it was not noted. */
  readonly imageKey: string;
  readonly commands: readonly AnnotationCommand[];
  /** The bytes up to the last whole record; what follows was cut off while it was written. */
  readonly validBytes: number;
}

/**
 * The first bytes of a history. A history is this, followed by one record for every command, so a
 * journal only ever appends.
 */
export function historyHeader(size: AnnotationSize, imageKey = ""): Uint8Array<ArrayBuffer> {
  const key = new TextEncoder().encode(imageKey);
  return new ByteWriter().bytes(MAGIC)
    .unsigned(size.width).unsigned(size.height).unsigned(size.depth).unsigned(size.frames ?? 1)
    .unsigned(key.length).bytes(key)
    .finish();
}

/** One command as a record: its length, its bytes and their checksum. */
export function historyRecord(command: AnnotationCommand): Uint8Array<ArrayBuffer> {
  const bytes = encodeCommand(command);
  const sum = checksum(bytes);
  return new ByteWriter().unsigned(bytes.length).bytes(bytes)
    .byte(sum & 255).byte(sum >>> 8 & 255).byte(sum >>> 16 & 255).byte(sum >>> 24)
    .finish();
}

/** The whole history of an annotation, undo and redo included. */
export function encodeHistory(annotation: Annotation, imageKey = ""): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter().bytes(historyHeader(annotation.size, imageKey));
  for (const command of annotation.log) writer.bytes(historyRecord(command));
  return writer.finish();
}

/**
 * Reads a history. A last record that is cut off or damaged, as a crash leaves it, is dropped with
 * all that follows.
 *
 * @throws {DaubError} `annotation` when the bytes are no history.
 */
export function readHistory(bytes: Uint8Array): History {
  const reader = new ByteReader(bytes);
  if (reader.left < MAGIC.length || !reader.bytes(MAGIC.length).every((b, i) => b === MAGIC[i])) {
    throw damaged("the signature of a painted history of version 1", 0);
  }
  const [width, height, depth, frames] = Array.from({ length: 4 }, () => reader.unsigned());
  const size = { width, height, depth, frames };
  checkAnnotationSize(size);
  const imageKey = new TextDecoder().decode(reader.bytes(reader.unsigned()));
  const commands: AnnotationCommand[] = [];
  let validBytes = reader.position;
  while (reader.left > 0) {
    const command = readRecord(reader);
    if (command === undefined) break;
    commands.push(command);
    validBytes = reader.position;
  }
  return { size, imageKey, commands, validBytes };
}

/**
 * The annotation that a history describes, with everything that can be undone and redone.
 *
 * @throws {DaubError} `annotation` when the bytes are no history or a command does not suit it.
 */
export function decodeHistory(bytes: Uint8Array): Annotation {
  const { size, commands } = readHistory(bytes);
  const annotation = new Annotation(size);
  for (const command of commands) annotation.apply(command, "history");
  return annotation;
}

function readRecord(reader: ByteReader): AnnotationCommand | undefined {
  try {
    const bytes = reader.bytes(reader.unsigned());
    const sum = reader.bytes(4).reduceRight((high, byte) => (high << 8 | byte) >>> 0, 0);
    return sum === checksum(bytes) ? decodeCommand(bytes) : undefined;
  } catch (error) {
    if (error instanceof DaubError) return undefined;
    throw error;
  }
}

/** FNV-1a over 32 bits. */
function checksum(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
