import type { PixelArray } from "./image.ts";

/** The numeric type of pixels: `"uint8"`, `"float32"`, …. */
export type SampleTypeName =
  | "uint8"
  | "uint16"
  | "uint32"
  | "uint64"
  | "int8"
  | "int16"
  | "int32"
  | "int64"
  | "float32"
  | "float64";

/** A numeric type with what is needed to store it. */
export interface SampleType {
  readonly name: SampleTypeName;
  readonly kind: "uint" | "int" | "float";
  readonly bytes: 1 | 2 | 4 | 8;
  /** Allocates pixels, or views bytes as pixels. */
  readonly array: PixelArrayConstructor;
}

type PixelArrayConstructor = {
  new (length: number): PixelArray;
  new (buffer: ArrayBuffer, byteOffset?: number, length?: number): PixelArray;
};

const SAMPLE_TYPES: readonly SampleType[] = [
  { name: "uint8", kind: "uint", bytes: 1, array: Uint8Array },
  { name: "uint16", kind: "uint", bytes: 2, array: Uint16Array },
  { name: "uint32", kind: "uint", bytes: 4, array: Uint32Array },
  { name: "uint64", kind: "uint", bytes: 8, array: BigUint64Array },
  { name: "int8", kind: "int", bytes: 1, array: Int8Array },
  { name: "int16", kind: "int", bytes: 2, array: Int16Array },
  { name: "int32", kind: "int", bytes: 4, array: Int32Array },
  { name: "int64", kind: "int", bytes: 8, array: BigInt64Array },
  { name: "float32", kind: "float", bytes: 4, array: Float32Array },
  { name: "float64", kind: "float", bytes: 8, array: Float64Array },
];

/** How many bytes a sample takes. */
export function sampleBytes(name: SampleTypeName): number {
  return SAMPLE_TYPES.find((type) => type.name === name)!.bytes;
}

/** TIFF's numbers for the kinds; 4 is "undefined", which readers take as unsigned. */
const SAMPLE_FORMATS = { uint: [1, 4], int: [2], float: [3] };

/** The type of so many bits in a TIFF sample format, if it is one of ours. */
export function sampleTypeOf(bits: number, format: number): SampleType | undefined {
  return SAMPLE_TYPES.find(({ kind, bytes }) =>
    bytes * 8 === bits && SAMPLE_FORMATS[kind].includes(format)
  );
}

/** The type of a pixel array. */
export function sampleTypeOfPixels(pixels: PixelArray): SampleType {
  return SAMPLE_TYPES.find(({ array }) => pixels instanceof array)!;
}

/** TIFF's number for the kind of a type. */
export function sampleFormat({ kind }: SampleType): number {
  return SAMPLE_FORMATS[kind][0];
}
