/**
 * What a page and a server say to each other when a classifier is applied to images of the server's
 * folder: MessagePack in binary frames of a WebSocket of its own.
 *
 * The page gives a classifier and then asks for one image after another, by the ids that the server
 * listed. What was found is kept by the server until the page leaves, and is written beside the
 * images when the page asks for it.
 *
 * @module
 */
import { encode } from "npm:@msgpack/msgpack@3.1.3";
import type { DaubError } from "../errors.ts";
import {
  type AppliedFrame,
  type AppliedImage,
  type ClassifierFacts,
  MAX_CHOSEN_CHANNELS,
  MAX_CLASSIFIER,
} from "./applied_image.ts";
import { MAX_MESSAGE, readFields } from "./protocol.ts";
import { Fields, protocolError } from "./protocol_fields.ts";
import { type ErrorMessage, integerEntry, readError } from "./protocol_parts.ts";

/** Grows with every change that one side would misunderstand. */
export const APPLY_VERSION = 2;
/** The most images that are saved at once. */
export const MAX_IMAGES = 4000;

/** An id as the catalog makes them. */
const IMAGE = /^[a-z]-[0-9A-Za-z_-]{1,80}$/;

/** What a page sends. */
export type ApplyPageMessage =
  /** The classifier that is applied from then on. */
  | {
    readonly kind: "classifier";
    readonly id: number;
    readonly version: number;
    readonly name: string;
    readonly text: string;
  }
  | {
    readonly kind: "apply";
    readonly id: number;
    readonly image: string;
    /** What the classifier looks at, from 0, in its order; without, all channels. */
    readonly channels?: readonly number[];
  }
  /** Writes what was found in these images beside them. */
  | { readonly kind: "save"; readonly id: number; readonly images: readonly string[] }
  | { readonly kind: "cancel"; readonly id: number };

/** A message that is answered. */
export type ApplyRequest = Exclude<ApplyPageMessage, { kind: "cancel" }>;

/** What a server sends. */
export type ApplyServerMessage =
  | ({ readonly kind: "classifier"; readonly id: number } & ClassifierFacts)
  | {
    readonly kind: "progress";
    readonly id: number;
    readonly stage: string;
    readonly fraction: number;
  }
  | ({ readonly kind: "applied"; readonly id: number } & AppliedImage)
  /** The files that were written, by their names in the server's folder. */
  | { readonly kind: "saved"; readonly id: number; readonly files: readonly string[] }
  /** Why a request failed; id 0 for what no request asked for. */
  | { readonly kind: "failed"; readonly id: number; readonly error: ErrorMessage };

/** A message from a server, errors already errors. */
export type ApplyReceived =
  | Exclude<ApplyServerMessage, { kind: "failed" }>
  | { readonly kind: "failed"; readonly id: number; readonly error: DaubError };

/** What a request is answered by. */
export type ApplyAnswer = Extract<ApplyReceived, { kind: "classifier" | "applied" | "saved" }>;

/** A message as bytes. */
export function encodeApplyMessage(
  message: ApplyPageMessage | ApplyServerMessage,
): Uint8Array<ArrayBuffer> {
  return encode(message, { ignoreUndefined: true }) as Uint8Array<ArrayBuffer>;
}

/**
 * Reads a page's message; nothing in it is believed.
 *
 * @throws {DaubError} `server` when it is too long, damaged, or not as it should be.
 */
export function readApplyPageMessage(data: unknown): ApplyPageMessage {
  const fields = readFields(data, MAX_MESSAGE);
  const message = pageMessage(fields);
  fields.end();
  return message;
}

function pageMessage(fields: Fields): ApplyPageMessage {
  const kind = fields.any("kind");
  const id = fields.integer("id", 1);
  switch (kind) {
    case "classifier":
      return {
        kind,
        id,
        version: fields.integer("version"),
        name: fields.text("name", 1000),
        text: fields.text("text", MAX_CLASSIFIER),
      };
    case "apply":
      return {
        kind,
        id,
        image: fields.text("image", 82, IMAGE),
        ...(fields.has("channels") && {
          channels: fields.list("channels", MAX_CHOSEN_CHANNELS, channelEntry),
        }),
      };
    case "save":
      return { kind, id, images: fields.list("images", MAX_IMAGES, imageEntry) };
    case "cancel":
      return { kind, id };
    default:
      throw protocolError("a known kind", kind, "kind");
  }
}

/**
 * Reads a server's message.
 *
 * @throws {DaubError} `server` when it is damaged or not as it should be.
 */
export function readApplyServerMessage(data: unknown): ApplyReceived {
  const fields = readFields(data, Infinity);
  const kind = fields.any("kind");
  const id = fields.integer("id");
  const integer = (name: string) => fields.integer(name);
  switch (kind) {
    case "classifier":
      return {
        kind,
        id,
        classes: fields.list("classes", 255, (entry) => integerEntry(entry, 1, 255)),
        positiveClass: fields.integer("positiveClass", 1, 255),
        numFeatures: integer("numFeatures"),
        dimensions: integer("dimensions"),
        numChannels: integer("numChannels"),
      };
    case "progress":
      return {
        kind,
        id,
        stage: fields.text("stage", 100),
        fraction: fields.number("fraction", 0, 1),
      };
    case "applied":
      return {
        kind,
        id,
        width: integer("width"),
        height: integer("height"),
        depth: integer("depth"),
        frames: fields.list("frames", 1_000_000, readFrame),
        milliseconds: fields.number("milliseconds", 0, Number.MAX_VALUE),
      };
    case "saved":
      return { kind, id, files: fields.list("files", Infinity, textEntry) };
    case "failed":
      return { kind, id, error: readError(fields.any("error")) };
    default:
      throw protocolError("a known kind", kind, "kind");
  }
}

function readFrame(value: unknown): AppliedFrame {
  const fields = new Fields(value, "what was found");
  return {
    count: fields.integer("count"),
    labels: fields.bytes("labels", Infinity),
    table: fields.text("table", Infinity),
  };
}

function channelEntry(entry: unknown): number {
  return integerEntry(entry, 0, 4095);
}

function imageEntry(entry: unknown): string {
  const id = textEntry(entry);
  if (IMAGE.test(id)) return id;
  throw protocolError("the id of an image", entry);
}

function textEntry(entry: unknown): string {
  if (typeof entry === "string") return entry;
  throw protocolError("a text", entry);
}
