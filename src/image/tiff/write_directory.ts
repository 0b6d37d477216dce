import { MACHINE_IS_LITTLE_ENDIAN } from "./byte_order.ts";

/** A field of a directory to be written; `offset` is as wide as the file's offsets. */
export interface OutputField {
  readonly tag: number;
  readonly type: "ascii" | "short" | "long" | "rational" | "offset";
  /** Characters of ASCII, numerator and denominator of rationals. */
  readonly values: readonly number[];
}

/** TIFF's numbers and sizes of the types in classic and in BigTIFF files. */
function typeOf({ type }: OutputField, big: boolean): { code: number; size: number } {
  switch (type) {
    case "ascii":
      return { code: 2, size: 1 };
    case "short":
      return { code: 3, size: 2 };
    case "rational":
      return { code: 5, size: 4 };
    case "long":
      return { code: 4, size: 4 };
    case "offset":
      return big ? { code: 16, size: 8 } : { code: 4, size: 4 };
  }
}

/** The bytes of a directory and of the values that do not fit into it, a multiple of 8. */
export function directorySize(fields: readonly OutputField[], big: boolean): number {
  const [fixed, perField, inline] = big ? [16, 20, 8] : [6, 12, 4];
  let size = fixed + perField * fields.length;
  for (const field of fields) {
    const bytes = field.values.length * typeOf(field, big).size;
    if (bytes > inline) size = align(size) + bytes;
  }
  return align(size);
}

/**
 * Writes a directory at an offset, the values that do not fit into it behind it.
 *
 * @param next the offset of the next directory, or 0
 */
export function writeDirectory(
  view: DataView,
  offset: number,
  fields: readonly OutputField[],
  next: number,
  big: boolean,
): void {
  const little = MACHINE_IS_LITTLE_ENDIAN;
  const putOffset = (at: number, value: number) =>
    big ? view.setBigUint64(at, BigInt(value), little) : view.setUint32(at, value, little);
  const [countSize, perField, inline] = big ? [8, 20, 8] : [2, 12, 4];
  if (big) view.setBigUint64(offset, BigInt(fields.length), little);
  else view.setUint16(offset, fields.length, little);
  let behind = countSize + perField * fields.length + inline;
  fields.toSorted((a, b) => a.tag - b.tag).forEach((field, i) => {
    const { code, size } = typeOf(field, big);
    const { tag, type, values } = field;
    const at = offset + countSize + i * perField;
    view.setUint16(at, tag, little);
    view.setUint16(at + 2, code, little);
    putOffset(at + 4, type === "rational" ? values.length / 2 : values.length);
    let valuesAt = at + perField - inline;
    if (values.length * size > inline) {
      behind = align(behind);
      putOffset(valuesAt, offset + behind);
      valuesAt = offset + behind;
      behind += values.length * size;
    }
    values.forEach((value, k) => {
      const place = valuesAt + k * size;
      if (size === 1) view.setUint8(place, value);
      else if (size === 2) view.setUint16(place, value, little);
      else if (size === 4) view.setUint32(place, value, little);
      else view.setBigUint64(place, BigInt(value), little);
    });
  });
  putOffset(offset + countSize + perField * fields.length, next);
}

/** The next multiple of 8, so that all numbers lie on boundaries of their own size. */
export function align(offset: number): number {
  return Math.ceil(offset / 8) * 8;
}
