import { ByteReader, ByteWriter, damaged } from "./annotation_bytes.ts";
import type { AnnotationCommand } from "./annotation_command.ts";

/** The kinds of commands by their number in the bytes; new ones go to the end. */
const KINDS = [
  "undo",
  "redo",
  "stroke",
  "polygon",
  "fill",
  "swap",
  "clear",
  "paste",
  "cancel",
] as const;

/** Optional numbers of a command; the bits of one byte say which follow. */
const OPTIONAL = ["z", "t", "over", "step", "value", "dimensions", "contiguous"] as const;

/** A command as a few bytes: points as differences, so that most take two bytes. */
export function encodeCommand(command: AnnotationCommand): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter().byte(KINDS.indexOf(command.kind));
  const fields = command as unknown as Record<string, number | boolean | undefined>;
  let present = 0;
  OPTIONAL.forEach((name, bit) => present |= fields[name] === undefined ? 0 : 1 << bit);
  writer.byte(present);
  for (const name of OPTIONAL) {
    if (fields[name] !== undefined) writer.unsigned(Number(fields[name]));
  }
  switch (command.kind) {
    case "stroke":
      writer.unsigned(command.size);
      writePoints(writer, command.points);
      break;
    case "polygon":
      writePoints(writer, command.points);
      break;
    case "fill":
      writer.unsigned(command.x).unsigned(command.y);
      break;
    case "swap":
      writer.unsigned(command.a).unsigned(command.b);
      break;
    case "paste":
      writer.unsigned(command.runs.length);
      for (const number of command.runs) writer.unsigned(number);
      break;
  }
  return writer.finish();
}

/**
 * Reads what {@linkcode encodeCommand} wrote. Whether the command suits an annotation is checked
 * when it is applied.
 *
 * @throws {DaubError} `annotation` when the bytes are damaged.
 */
export function decodeCommand(bytes: Uint8Array): AnnotationCommand {
  const reader = new ByteReader(bytes);
  const kind = KINDS[reader.byte()];
  const present = reader.byte();
  const fields: Record<string, number | boolean> = {};
  OPTIONAL.forEach((name, bit) => {
    if ((present & 1 << bit) === 0) return;
    const value = reader.unsigned();
    fields[name] = name === "contiguous" ? value !== 0 : value;
  });
  const command = { kind, ...fields, ...readRest(reader, kind) } as unknown;
  if (reader.left > 0) throw damaged("the end of a command", reader.position);
  return command as AnnotationCommand;
}

function readRest(reader: ByteReader, kind: typeof KINDS[number] | undefined): object {
  switch (kind) {
    case "stroke":
      return { size: reader.unsigned(), points: readPoints(reader) };
    case "polygon":
      return { points: readPoints(reader) };
    case "fill":
      return { x: reader.unsigned(), y: reader.unsigned() };
    case "swap":
      return { a: reader.unsigned(), b: reader.unsigned() };
    case "paste":
      return { runs: readList(reader, () => reader.unsigned()) };
    case undefined:
      throw damaged("a known command", reader.position);
    default:
      return {};
  }
}

function writePoints(writer: ByteWriter, points: readonly number[]): void {
  writer.unsigned(points.length);
  points.forEach((value, i) => writer.signed(value - (i < 2 ? 0 : points[i - 2])));
}

function readPoints(reader: ByteReader): number[] {
  return readList(reader, (list) => reader.signed() + (list.at(-2) ?? 0));
}

function readList(reader: ByteReader, next: (list: number[]) => number): number[] {
  const count = reader.unsigned();
  if (count > reader.left) throw damaged(`${count} numbers`, reader.position);
  const list: number[] = [];
  for (let i = 0; i < count; i++) list.push(next(list));
  return list;
}
