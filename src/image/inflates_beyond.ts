/** Deflate makes up to a thousand bytes of one, so that this much is inflated at a time. */
const PIECE = 2 ** 14;

/**
 * Whether compressed bytes hold more than `most`: they are inflated piece by piece and thrown away,
 * so that those of a hostile file never fill the memory.
 */
export async function inflatesBeyond(
  compressed: readonly Uint8Array[],
  most: number,
): Promise<boolean> {
  const pieces = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      for (const part of compressed) {
        for (let at = 0; at < part.length; at += PIECE) {
          controller.enqueue(part.slice(at, at + PIECE));
        }
      }
      controller.close();
    },
  });
  let length = 0;
  try {
    for await (const part of pieces.pipeThrough(new DecompressionStream("deflate"))) {
      length += part.length;
      if (length > most) return true;
    }
  } catch {
    // Damage is the decoder's to describe; it comes no further than here.
  }
  return false;
}
