import { DaubError, type ErrorTag } from "../errors.ts";
import type { Connectivity } from "../labeling/labels.ts";
import type { AnnotationSize } from "./annotation_command.ts";
import type { EngineOptions, EngineWant } from "./engine.ts";
import { Fields, protocolError } from "./protocol_fields.ts";

/** An error as it travels. */
export interface ErrorMessage {
  readonly tag: ErrorTag;
  readonly message: string;
  readonly where?: string;
}

const TAGS: readonly ErrorTag[] = [
  "annotation",
  "backend",
  "classifier",
  "features",
  "file",
  "image",
  "notebook",
  "options",
  "server",
  "cancelled",
];

/** Checks the options of a computation as far as their form goes; the flow judges their sense. */
export function readEngineOptions(value: unknown): EngineOptions {
  const fields = new Fields(value, "the options");
  const options: EngineOptions = {
    features: fields.text("features", 20_000),
    channels: fields.list("channels", 64, (entry) => integerEntry(entry, 0, 4095)),
    positiveClass: fields.integer("positiveClass", 1, 255),
    connectivity: fields.word<Connectivity>("connectivity", [4, 8, 6, 26]),
    maxDepth: fields.integer("maxDepth", 1, 64),
    numTrees: fields.integer("numTrees", 1, 10_000),
    randomState: fields.integer("randomState", 0, 2 ** 32 - 1),
    votes: fields.word("votes", ["fraction", "count"] as const),
  };
  fields.end();
  return options;
}

/** Checks what a computation is to return beside the labels. */
export function readWant(value: unknown): EngineWant {
  const fields = new Fields(value, "the request");
  const want: { -readonly [Key in keyof EngineWant]: boolean } = {};
  for (const name of ["classes", "probabilities", "uncertainty"] as const) {
    if (fields.has(name)) want[name] = fields.flag(name);
  }
  fields.end();
  return want;
}

/** Checks an annotation's size. */
export function readSize(value: unknown): Required<AnnotationSize> {
  const fields = new Fields(value, "the size");
  const side = (name: string) => fields.integer(name, 1, 1_000_000);
  const size = {
    width: side("width"),
    height: side("height"),
    depth: side("depth"),
    frames: side("frames"),
  };
  fields.end();
  return size;
}

/** An error in the form in which it travels; faults of the program itself tell no details. */
export function errorMessage(error: unknown): ErrorMessage {
  if (error instanceof DaubError) {
    const { tag, message, where } = error;
    return { tag, message: message.slice(0, 4000), ...(where && { where: where.slice(0, 400) }) };
  }
  const found = error instanceof Error ? error.message : String(error);
  return {
    tag: "server",
    message: `Expected no fault of the program itself but found one (${found.slice(0, 400)}). ` +
      `Undo the last step or restart the notebook, and report this.`,
  };
}

/** An error that came from the other side. */
export function readError(value: unknown): DaubError {
  const fields = new Fields(value, "the error");
  const tag = fields.word("tag", TAGS);
  const message = fields.text("message", 4000);
  const where = fields.has("where") ? fields.text("where", 400) : undefined;
  fields.end();
  return new DaubError(tag, message, { where });
}

/** A whole number in a list. */
export function integerEntry(entry: unknown, low: number, high: number): number {
  const fits = Number.isSafeInteger(entry) && (entry as number) >= low && (entry as number) <= high;
  if (fits) return entry as number;
  throw protocolError(`a whole number from ${low} to ${high}`, entry);
}

/** Bytes in a list. */
export function bytesEntry(entry: unknown): Uint8Array {
  if (entry instanceof Uint8Array) return entry;
  throw protocolError("bytes", entry);
}
