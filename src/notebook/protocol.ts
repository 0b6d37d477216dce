/**
 * What a page and a server say to each other: MessagePack in binary frames of a WebSocket.
 *
 * The server keeps the one log of painting commands of an image. A page sends its commands with
 * numbers of its own; the server journals them, gives them a place in the log and tells every page.
 * Whoever comes back says how much of the log it knows and is told the rest.
 *
 * @module
 */
import { decode, encode } from "npm:@msgpack/msgpack@3.1.3";
import type { DaubError } from "../errors.ts";
import type { AnnotationSize } from "./annotation_command.ts";
import type { EngineOptions, EngineWant } from "./engine.ts";
import { isHarmless } from "./message_form.ts";
import { Fields, protocolError } from "./protocol_fields.ts";
import {
  bytesEntry,
  type ErrorMessage,
  readEngineOptions,
  readError,
  readSize,
  readWant,
} from "./protocol_parts.ts";

/** Grows with every change that one side would misunderstand. */
export const PROTOCOL_VERSION = 4;
/** The most bytes of one message to the server. */
export const MAX_MESSAGE = 16 * 2 ** 20;
/** The most commands in one message. */
export const MAX_COMMANDS = 4096;
/** The most characters of a saved view. */
export const MAX_VIEW = 16_384;

/** The last time point that an image can have. */
const MAX_FRAME = 999_999;

/** Who paints: 32 hexadecimal digits, drawn anew by every page. */
const CLIENT = /^[0-9a-f]{32}$/;
const KEY = /^([0-9a-f]{64})?$/;

/** What a page sends. */
export type PageMessage =
  | {
    readonly kind: "hello";
    readonly version: number;
    readonly client: string;
    /** The log that the page knows, "" for none, and how many of its commands. */
    readonly log: string;
    readonly position: number;
    /** The content key of the image that the page has, "" for none. */
    readonly image: string;
  }
  /**
   * Painting commands in the painter's codec; the first one has the number `first`. `client` is
   * given for what another page could not send any more, and is answered by `saved`.
   */
  | {
    readonly kind: "paint";
    readonly first: number;
    readonly commands: readonly Uint8Array[];
    readonly client?: string;
  }
  | { readonly kind: "options"; readonly options: EngineOptions }
  /** How the page looks at the image, in JSON, to be found again. */
  | { readonly kind: "view"; readonly view: string }
  | {
    readonly kind: "compute";
    readonly id: number;
    readonly revision: number;
    /** The time point to segment. */
    readonly frame: number;
    readonly options: EngineOptions;
    readonly want: EngineWant;
  }
  | { readonly kind: "features"; readonly id: number; readonly options: EngineOptions }
  /** The pixels of a time point. */
  | { readonly kind: "frame"; readonly id: number; readonly frame: number }
  | { readonly kind: "cancel"; readonly id: number }
  | { readonly kind: "ping" };

/** A command of the log; `number` is the page's own number, 0 when another page painted it. */
export interface LogEntry {
  readonly number: number;
  /** The command in the painter's codec. */
  readonly command: Uint8Array;
}

/** One channel as it is announced; its pixels follow in `pixels` messages. */
export interface ChannelMessage {
  readonly type: string;
  readonly name?: string;
  readonly voxelSize?: {
    readonly x: number;
    readonly y: number;
    readonly z: number;
    readonly unit: string;
  };
}

/** What a server sends. */
export type ServerMessage =
  | {
    readonly kind: "welcome";
    readonly version: number;
    readonly device: string;
    readonly name: string;
    readonly contentKey: string;
    readonly size: Required<AnnotationSize>;
    readonly channels: readonly ChannelMessage[];
    /** The log that the server keeps, and the place in it of the first entry of what follows. */
    readonly log: string;
    readonly position: number;
    /** How many commands the log has. */
    readonly length: number;
    /** The last command of this page that is safe. */
    readonly acknowledged: number;
    readonly options?: EngineOptions;
    readonly view?: string;
  }
  | {
    readonly kind: "log";
    /** The place of the first entry. */
    readonly position: number;
    readonly entries: readonly LogEntry[];
    /** The last command of this page that is safe, those that changed nothing included. */
    readonly acknowledged: number;
  }
  /** What another page could not send is safe, up to this number of it. */
  | { readonly kind: "saved"; readonly client: string; readonly number: number }
  /** Everything that the greeting promised was sent: the page is in step. */
  | { readonly kind: "ready" }
  | {
    readonly kind: "pixels";
    readonly channel: number;
    readonly offset: number;
    readonly bytes: Uint8Array;
  }
  /** Options that another page chose. */
  | { readonly kind: "options"; readonly options: EngineOptions }
  | {
    readonly kind: "progress";
    readonly id: number;
    readonly stage: string;
    readonly fraction: number;
  }
  /** What a computation found, packed; `revision` is the page's own, as it asked. */
  | {
    readonly kind: "result";
    readonly id: number;
    readonly revision: number;
    readonly body: Uint8Array;
  }
  | { readonly kind: "features"; readonly id: number; readonly body: Uint8Array }
  /** The channels of a time point, packed. */
  | { readonly kind: "frame"; readonly id: number; readonly body: Uint8Array }
  /** Why a request failed; id 0 for what no request asked for. */
  | { readonly kind: "failed"; readonly id: number; readonly error: ErrorMessage }
  | { readonly kind: "pong" };

/** A message from a server, errors already errors. */
export type ReceivedMessage =
  | Exclude<ServerMessage, { kind: "failed" }>
  | { readonly kind: "failed"; readonly id: number; readonly error: DaubError };

/** A message as bytes. */
export function encodeMessage(message: PageMessage | ServerMessage): Uint8Array<ArrayBuffer> {
  return encode(message, { ignoreUndefined: true }) as Uint8Array<ArrayBuffer>;
}

/**
 * Reads a page's message; nothing in it is believed.
 *
 * @throws {DaubError} `server` when it is too long, damaged, or not as it should be.
 */
export function readPageMessage(data: unknown): PageMessage {
  const fields = readFields(data, MAX_MESSAGE);
  const message = pageMessage(fields);
  fields.end();
  return message;
}

function pageMessage(fields: Fields): PageMessage {
  const kind = fields.any("kind");
  switch (kind) {
    case "hello":
      return {
        kind,
        version: fields.integer("version"),
        client: fields.text("client", 32, CLIENT),
        log: fields.text("log", 32),
        position: fields.integer("position"),
        image: fields.text("image", 64, KEY),
      };
    case "paint":
      return {
        kind,
        first: fields.integer("first", 1),
        commands: fields.list("commands", MAX_COMMANDS, bytesEntry),
        ...(fields.has("client") && { client: fields.text("client", 32, CLIENT) }),
      };
    case "options":
      return { kind, options: readEngineOptions(fields.any("options")) };
    case "view":
      return { kind, view: readView(fields) };
    case "compute":
      return {
        kind,
        id: fields.integer("id", 1),
        revision: fields.integer("revision"),
        frame: fields.integer("frame", 0, MAX_FRAME),
        options: readEngineOptions(fields.any("options")),
        want: readWant(fields.any("want")),
      };
    case "features":
      return {
        kind,
        id: fields.integer("id", 1),
        options: readEngineOptions(fields.any("options")),
      };
    case "frame":
      return { kind, id: fields.integer("id", 1), frame: fields.integer("frame", 0, MAX_FRAME) };
    case "cancel":
      return { kind, id: fields.integer("id", 1) };
    case "ping":
      return { kind };
    default:
      throw protocolError("a known kind", kind, "kind");
  }
}

/**
 * Reads a server's message.
 *
 * @throws {DaubError} `server` when it is damaged or not as it should be.
 */
export function readServerMessage(data: unknown): ReceivedMessage {
  const fields = readFields(data, Infinity);
  const kind = fields.any("kind");
  switch (kind) {
    case "welcome":
      return {
        kind,
        version: fields.integer("version"),
        device: fields.text("device", 1000),
        name: fields.text("name", 1000),
        contentKey: fields.text("contentKey", 64, KEY),
        size: readSize(fields.any("size")),
        channels: fields.list("channels", 4096, readChannel),
        log: fields.text("log", 32),
        position: fields.integer("position"),
        length: fields.integer("length"),
        acknowledged: fields.integer("acknowledged"),
        ...(fields.has("options") && { options: readEngineOptions(fields.any("options")) }),
        ...(fields.has("view") && { view: readView(fields) }),
      };
    case "log":
      return {
        kind,
        position: fields.integer("position"),
        entries: fields.list("entries", MAX_COMMANDS, (value) => {
          const entry = new Fields(value, "an entry of the log");
          return { number: entry.integer("number"), command: entry.bytes("command", Infinity) };
        }),
        acknowledged: fields.integer("acknowledged"),
      };
    case "saved":
      return {
        kind,
        client: fields.text("client", 32, CLIENT),
        number: fields.integer("number"),
      };
    case "pixels":
      return {
        kind,
        channel: fields.integer("channel", 0, 4095),
        offset: fields.integer("offset"),
        bytes: fields.bytes("bytes", Infinity),
      };
    case "options":
      return { kind, options: readEngineOptions(fields.any("options")) };
    case "progress":
      return {
        kind,
        id: fields.integer("id", 1),
        stage: fields.text("stage", 100),
        fraction: fields.number("fraction", 0, 1),
      };
    case "result":
      return {
        kind,
        id: fields.integer("id", 1),
        revision: fields.integer("revision"),
        body: fields.bytes("body", Infinity),
      };
    case "features":
    case "frame":
      return { kind, id: fields.integer("id", 1), body: fields.bytes("body", Infinity) };
    case "failed":
      return { kind, id: fields.integer("id"), error: readError(fields.any("error")) };
    case "ready":
    case "pong":
      return { kind };
    default:
      throw protocolError("a known kind", kind, "kind");
  }
}

/**
 * The fields of a message.
 *
 * @throws {DaubError} `server` when it is longer than `longest` bytes or damaged.
 */
export function readFields(data: unknown, longest: number): Fields {
  const bytes = data instanceof ArrayBuffer
    ? new Uint8Array(data)
    : data instanceof Uint8Array
    ? data
    : undefined;
  if (bytes === undefined) throw protocolError("binary frames", data);
  if (bytes.length > longest) throw protocolError(`at most ${longest} bytes`, bytes.length);
  if (!isHarmless(bytes)) throw protocolError("lists that are there", "lists without end");
  try {
    return new Fields(decode(bytes), "a message");
  } catch (cause) {
    // The decoder throws RangeErrors and errors of its own on damaged bytes.
    if ((cause as Error)?.name === "DaubError") throw cause;
    throw protocolError("MessagePack", `${bytes.length} damaged bytes`);
  }
}

function readView(fields: Fields): string {
  const view = fields.text("view", MAX_VIEW);
  try {
    JSON.parse(view);
    return view;
  } catch {
    throw protocolError("a view in JSON", view, "view");
  }
}

function readChannel(value: unknown): ChannelMessage {
  const fields = new Fields(value, "a channel");
  const size = fields.has("voxelSize")
    ? new Fields(fields.any("voxelSize"), "the voxel size")
    : undefined;
  const length = (name: string) => size!.number(name, 0, Number.MAX_VALUE);
  return {
    type: fields.text("type", 20),
    ...(fields.has("name") && { name: fields.text("name", 1000) }),
    ...(size && {
      voxelSize: {
        x: length("x"),
        y: length("y"),
        z: length("z"),
        unit: size.text("unit", 100),
      },
    }),
  };
}
