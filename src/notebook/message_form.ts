/** How deep lists and maps of a message may lie in one another; ours need half of it. */
const DEEPEST = 8;

/** Bytes behind a header of MessagePack: lengths, numbers and extensions by their first byte. */
const FIXED: Readonly<Record<number, number>> = {
  ...{ 0xca: 4, 0xcb: 8, 0xcc: 1, 0xcd: 2, 0xce: 4, 0xcf: 8, 0xd0: 1, 0xd1: 2, 0xd2: 4, 0xd3: 8 },
  ...{ 0xd4: 2, 0xd5: 3, 0xd6: 5, 0xd7: 9, 0xd8: 17 },
};
/** Bytes of the length that follows, for texts, bytes and extensions (whose type is one more). */
const LENGTHS: Readonly<Record<number, number>> = {
  ...{ 0xd9: 1, 0xda: 2, 0xdb: 4, 0xc4: 1, 0xc5: 2, 0xc6: 4, 0xc7: 1, 0xc8: 2, 0xc9: 4 },
};
/** Bytes of the count that follows, for lists and maps. */
const COUNTS: Readonly<Record<number, number>> = { 0xdc: 2, 0xdd: 4, 0xde: 2, 0xdf: 4 };

/**
 * Whether MessagePack can be decoded without harm: a list or map that claims more entries than
 * there are bytes, or lies deeper than any message of ours, would make the decoder fill the memory
 * before it notices.
 */
export function isHarmless(bytes: Uint8Array): boolean {
  /** How many entries are still to come in the lists and maps around. */
  const open = [1];
  for (let at = 0; at < bytes.length;) {
    while (open.length > 0 && open[open.length - 1] === 0) open.pop();
    if (open.length === 0) break;
    open[open.length - 1]--;
    const head = bytes[at++];
    const entries = entriesOf(bytes, head, at);
    at += COUNTS[head] ?? 0;
    if (entries > 0) {
      if (entries > bytes.length - at || open.length > DEEPEST) return false;
      open.push(entries);
    } else if (head >= 0xa0 && head <= 0xbf) at += head & 31;
    else if (head in LENGTHS) {
      const size = LENGTHS[head];
      at += size + integer(bytes, at, size) + Number(head >= 0xc7 && head <= 0xc9);
    } else at += FIXED[head] ?? 0;
  }
  return true;
}

/** How many values a list or map holds; 0 for anything else. */
function entriesOf(bytes: Uint8Array, head: number, at: number): number {
  if (head >= 0x80 && head <= 0x8f) return 2 * (head & 15);
  if (head >= 0x90 && head <= 0x9f) return head & 15;
  if (head in COUNTS) return integer(bytes, at, COUNTS[head]) * (head >= 0xde ? 2 : 1);
  return 0;
}

function integer(bytes: Uint8Array, at: number, size: number): number {
  let value = 0;
  for (let i = 0; i < size; i++) value = value * 256 + (bytes[at + i] ?? 0);
  return value;
}
