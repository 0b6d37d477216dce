import { ByteReader, ByteWriter } from "./annotation_bytes.ts";
import { protocolError } from "./protocol_fields.ts";

/**
 * A label or class image as runs of one value in raster order: the length of each run, and its
 * value. Background is 0; other values are differences to the last one that was not background,
 * which are small because neighbours in a row have neighbouring numbers.
 */
export function encodeRuns(labels: Uint8Array | Uint32Array): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter();
  const { length } = labels;
  let last = 0;
  for (let i = 0; i < length;) {
    const value = labels[i];
    let end = i + 1;
    while (end < length && labels[end] === value) end++;
    writer.unsigned(end - i);
    if (value === 0) {
      writer.byte(0);
    } else {
      const step = value - last;
      writer.unsigned((step < 0 ? -2 * step - 1 : 2 * step) + 1);
      last = value;
    }
    i = end;
  }
  return writer.finish();
}

/**
 * Reads what {@linkcode encodeRuns} wrote into `labels`, which it must fill.
 *
 * @throws {DaubError} `server` when the runs are damaged; `annotation` when they are cut off.
 */
export function decodeRuns(bytes: Uint8Array, labels: Uint8Array | Uint32Array): void {
  const reader = new ByteReader(bytes);
  const largest = labels instanceof Uint8Array ? 2 ** 8 - 1 : 2 ** 32 - 1;
  let last = 0;
  let at = 0;
  while (reader.left > 0) {
    const length = reader.unsigned();
    const code = reader.unsigned();
    if (length < 1 || length > labels.length - at) {
      throw protocolError(`runs of ${labels.length} pixels`, at + length);
    }
    if (code > 0) {
      const zigzag = code - 1;
      last += zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
      if (last < 1 || last > largest) throw protocolError(`labels from 1 to ${largest}`, last);
      labels.fill(last, at, at + length);
    } else {
      labels.fill(0, at, at + length);
    }
    at += length;
  }
  if (at !== labels.length) throw protocolError(`runs of ${labels.length} pixels`, at);
}
