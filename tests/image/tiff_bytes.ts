/** A field of a hand-made TIFF directory. */
export interface TestField {
  readonly tag: number;
  /** 2 ASCII, 3 SHORT, 4 LONG, 5 RATIONAL, 16 LONG8. */
  readonly type: 2 | 3 | 4 | 5 | 16;
  readonly values: readonly number[];
  /** A count other than that of the values, to lie. */
  readonly count?: number;
}

/** A page of a hand-made TIFF file: its strips or tiles go before its directory. */
export interface TestPage {
  readonly fields: readonly TestField[];
  readonly segments: readonly Uint8Array[];
  readonly tiled?: boolean;
  /** Where the chain goes on, instead of the next page. */
  readonly next?: number;
  /** Replaces the offsets of the segments. */
  readonly offsets?: readonly number[];
  /** Replaces their lengths. */
  readonly lengths?: readonly number[];
}

const SIZES = { 2: 1, 3: 2, 4: 4, 5: 4, 16: 8 };

/** Builds a TIFF file byte by byte, by the specification and not by the code under test. */
export function buildTiff(
  pages: readonly TestPage[],
  { littleEndian = true, big = false } = {},
): Uint8Array {
  const bytes: number[] = [];
  const put = (value: number, size: number, at = bytes.length) => {
    for (let i = 0; i < size; i++) {
      const power = littleEndian ? i : size - 1 - i;
      bytes[at + i] = Math.floor(value / 256 ** power) % 256;
    }
  };
  const offsetSize = big ? 8 : 4;
  bytes.push(...(littleEndian ? [0x49, 0x49] : [0x4d, 0x4d]));
  put(big ? 43 : 42, 2);
  if (big) {
    put(8, 2);
    put(0, 2);
  }
  let link = bytes.length;
  put(0, offsetSize);
  for (const page of pages) {
    const offsets = page.segments.map((segment) => {
      const at = bytes.length;
      for (const byte of segment) bytes.push(byte);
      return at;
    });
    const type = big ? 16 : 4;
    const fields = [
      ...page.fields,
      { tag: page.tiled ? 324 : 273, type, values: page.offsets ?? offsets },
      {
        tag: page.tiled ? 325 : 279,
        type,
        values: page.lengths ?? page.segments.map(({ length }) => length),
      },
    ].toSorted((a, b) => a.tag - b.tag) as TestField[];
    const outside = fields.map(({ type, values }) => {
      if (values.length * SIZES[type] <= offsetSize) return undefined;
      const at = bytes.length;
      for (const value of values) put(value, SIZES[type]);
      return at;
    });
    put(bytes.length, offsetSize, link);
    put(fields.length, big ? 8 : 2);
    fields.forEach(({ tag, type, values, count }, i) => {
      put(tag, 2);
      put(type, 2);
      put(count ?? (type === 5 ? values.length / 2 : values.length), offsetSize);
      const at = bytes.length;
      put(0, offsetSize);
      if (outside[i] !== undefined) put(outside[i]!, offsetSize, at);
      else values.forEach((value, k) => put(value, SIZES[type], at + k * SIZES[type]));
    });
    link = bytes.length;
    put(page.next ?? 0, offsetSize);
  }
  return Uint8Array.from(bytes);
}

/** The fields of a grey page of one strip, some of them replaced or added. */
export function greyFields(
  width: number,
  height: number,
  bits: number,
  more: Readonly<Record<number, readonly number[]>> = {},
): TestField[] {
  const values: Record<number, readonly number[]> = {
    256: [width],
    257: [height],
    258: [bits],
    259: [1],
    262: [1],
    277: [1],
    278: [height],
    ...more,
  };
  return Object.entries(values).map(([tag, numbers]): TestField => ({
    tag: Number(tag),
    type: numbers.some((n) => n > 65535) ? 4 : 3,
    values: numbers,
  }));
}

/** A description field. */
export function description(text: string): TestField {
  return { tag: 270, type: 2, values: [...new TextEncoder().encode(text), 0] };
}

/** The bytes of numbers of some size and byte order. */
export function packed(
  values: readonly (number | bigint)[],
  type: "uint" | "int" | "float",
  bits: number,
  littleEndian: boolean,
): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * bits / 8));
  values.forEach((value, i) => {
    const at = i * bits / 8;
    const name = `set${bits === 64 && type !== "float" ? "Big" : ""}${
      type === "uint" ? "Uint" : type === "int" ? "Int" : "Float"
    }${bits}`;
    const setter = (view as unknown as Record<string, (...args: unknown[]) => void>)[name];
    setter.call(view, at, value, littleEndian);
  });
  return new Uint8Array(view.buffer);
}
