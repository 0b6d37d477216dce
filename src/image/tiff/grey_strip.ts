/**
 * A whole TIFF file around one compressed strip, as if it were 8-bit grey: the smallest file that
 * a TIFF package decompresses, with nothing in it that could lead it astray.
 */
export function greyStripTiff(
  strip: Uint8Array,
  compression: number,
  width: number,
  height: number,
): Uint8Array {
  const fields = [
    [256, width],
    [257, height],
    [258, 8],
    [259, compression],
    [262, 1],
    [273, 0],
    [277, 1],
    [278, height],
    [279, strip.length],
  ];
  const stripOffset = 8 + 2 + fields.length * 12 + 4;
  const file = new Uint8Array(stripOffset + strip.length);
  const view = new DataView(file.buffer);
  view.setUint32(0, 0x49492a00);
  view.setUint32(4, 8, true);
  view.setUint16(8, fields.length, true);
  fields.forEach(([tag, value], i) => {
    const at = 10 + i * 12;
    view.setUint16(at, tag, true);
    view.setUint16(at + 2, 4, true);
    view.setUint32(at + 4, 1, true);
    view.setUint32(at + 8, tag === 273 ? stripOffset : value, true);
  });
  file.set(strip, stripOffset);
  return file;
}
