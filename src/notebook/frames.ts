import { protocolError } from "./protocol_fields.ts";

/** The most bytes of a message in one frame; sockets refuse frames of 64 MiB. */
export const FRAME_BYTES = 4 * 2 ** 20;
/** The most bytes of a message in several frames. */
const MAX_ASSEMBLED = 2 ** 31;

const MORE = 1;
const LAST = 0;

/** Cuts a message into frames: each is a byte that says whether more follow, and a part. */
export function* framesOf(message: Uint8Array): Generator<Uint8Array<ArrayBuffer>> {
  let at = 0;
  do {
    const end = Math.min(at + FRAME_BYTES, message.length);
    const frame = new Uint8Array(1 + end - at);
    frame[0] = end < message.length ? MORE : LAST;
    frame.set(message.subarray(at, end), 1);
    yield frame;
    at = end;
  } while (at < message.length);
}

/** Puts frames together again. */
export class FrameAssembler {
  #parts: Uint8Array[] = [];
  #length = 0;

  /**
   * Takes a frame.
   *
   * @returns The message, when this was its last frame.
   * @throws {DaubError} `server` when it is no frame or the message is absurdly long.
   */
  add(data: unknown): Uint8Array | undefined {
    if (!(data instanceof ArrayBuffer)) throw protocolError("binary frames", data);
    const frame = new Uint8Array(data);
    if (frame[0] !== MORE && frame[0] !== LAST) throw protocolError("a frame", frame[0]);
    const part = frame.subarray(1);
    this.#length += part.length;
    if (this.#length > MAX_ASSEMBLED) {
      throw protocolError(`at most ${MAX_ASSEMBLED} bytes`, this.#length);
    }
    if (frame[0] === MORE) {
      this.#parts.push(part);
      return undefined;
    }
    if (this.#parts.length === 0) {
      this.#length = 0;
      return part;
    }
    const message = new Uint8Array(this.#length);
    let at = 0;
    for (const each of [...this.#parts, part]) {
      message.set(each, at);
      at += each.length;
    }
    this.#parts = [];
    this.#length = 0;
    return message;
  }
}
