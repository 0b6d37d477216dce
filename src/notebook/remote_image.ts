import type { Image } from "../image/image.ts";
import type { EngineImage } from "./engine.ts";
import { arrayOfType } from "./packing.ts";
import type { ServerMessage } from "./protocol.ts";
import { protocolError } from "./protocol_fields.ts";

type Welcome = Extract<ServerMessage, { kind: "welcome" }>;

/** An image that arrives in parts. */
export class ArrivingImage {
  readonly #channels: readonly Image[];
  readonly #missing: number[];

  constructor(readonly welcome: Welcome) {
    const { width, height, depth } = welcome.size;
    this.#channels = welcome.channels.map(({ type, name, voxelSize }) => ({
      width,
      height,
      depth,
      data: arrayOfType(type, width * height * depth),
      ...(name !== undefined && { name }),
      ...(voxelSize && { voxelSize }),
    }));
    this.#missing = this.#channels.map(({ data }) => data.byteLength);
  }

  /**
   * Takes a part; they come in order.
   *
   * @throws {DaubError} `server` when it is not the next one.
   */
  add({ channel, offset, bytes }: { channel: number; offset: number; bytes: Uint8Array }): void {
    const data = this.#channels[channel]?.data;
    const expected = data && data.byteLength - this.#missing[channel];
    if (data === undefined || offset !== expected || bytes.length > this.#missing[channel]) {
      throw protocolError(`pixels from ${expected} on`, offset, "pixels");
    }
    new Uint8Array(data.buffer).set(bytes, offset);
    this.#missing[channel] -= bytes.length;
  }

  /**
   * The image, when all of it is there.
   *
   * @throws {DaubError} `server` when something is missing.
   */
  finish(): EngineImage {
    const missing = this.#missing.reduce((a, b) => a + b, 0);
    if (missing > 0) throw protocolError("all pixels", `${missing} missing bytes`, "pixels");
    const { name, contentKey, size } = this.welcome;
    return { name, contentKey, size, channels: this.#channels };
  }
}
