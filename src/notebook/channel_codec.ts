import { decode, encode } from "npm:@msgpack/msgpack@3.1.3";
import { type Image, pixelCount, type Size } from "../image/image.ts";
import { arrayOfType, typeName } from "./packing.ts";
import { Fields, protocolError } from "./protocol_fields.ts";

/** The channels of a time point as bytes. */
export function encodeChannels(channels: readonly Image[]): Uint8Array<ArrayBuffer> {
  const parts = channels.map(({ data, name }) => ({
    type: typeName(data),
    name: name?.slice(0, 1000),
    bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  }));
  return encode({ channels: parts }, { ignoreUndefined: true }) as Uint8Array<ArrayBuffer>;
}

/**
 * Reads what {@linkcode encodeChannels} wrote, for an image of a known size.
 *
 * @throws {DaubError} `server` when it is damaged.
 */
export function decodeChannels(bytes: Uint8Array, image: Size): readonly Image[] {
  const { width, height, depth } = image;
  let body: unknown;
  try {
    body = decode(bytes);
  } catch {
    throw protocolError("MessagePack", `${bytes.length} damaged bytes`);
  }
  const fields = new Fields(body, "a time point");
  const channels = fields.list("channels", 4096, (value): Image => {
    const channel = new Fields(value, "a channel");
    const data = arrayOfType(channel.text("type", 20), pixelCount(image));
    const pixels = channel.bytes("bytes", Infinity);
    if (pixels.length !== data.byteLength) {
      throw protocolError(`${data.byteLength} bytes`, pixels.length);
    }
    new Uint8Array(data.buffer).set(pixels);
    const name = channel.has("name") ? channel.text("name", 1000) : undefined;
    channel.end();
    return { width, height, depth, data, ...(name !== undefined && { name }) };
  });
  fields.end();
  return channels;
}
