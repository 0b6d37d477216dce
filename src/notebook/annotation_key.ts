import { asChannels, type Image } from "../image/image.ts";

/** Bytes hashed at a time, so that hashing an image does not hold a second copy of it. */
const CHUNK = 1 << 24;

/**
 * A name for an image by its content: the same pixels have the same key wherever the file lies and
 * whatever it is called, so that an annotation is found again after a move.
 *
 * @returns 64 hexadecimal digits: SHA-256 over size, pixel type and pixels of all channels.
 */
export async function imageKey(image: Image | readonly Image[]): Promise<string> {
  const hashes: Uint8Array[] = [];
  const add = async (bytes: Uint8Array<ArrayBuffer>) =>
    void hashes.push(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
  for (const { width, height, depth, data } of asChannels(image)) {
    await add(
      new TextEncoder().encode(`${data.constructor.name} ${width} ${height} ${depth}`),
    );
    const { buffer, byteOffset, byteLength } = data;
    for (let at = 0; at < byteLength; at += CHUNK) {
      const length = Math.min(CHUNK, byteLength - at);
      await add(new Uint8Array(new Uint8Array(buffer, byteOffset + at, length)));
    }
  }
  const all = new Uint8Array(hashes.length * 32);
  hashes.forEach((hash, i) => all.set(hash, 32 * i));
  const key = new Uint8Array(await crypto.subtle.digest("SHA-256", all));
  return Array.from(key, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
