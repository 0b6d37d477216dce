import type { Size } from "../image/image.ts";
import type { SampleTypeName } from "../image/sample_type.ts";

/** How well objects or classes agree with the truth. */
export interface Scores {
  /** By name: what is reported, between 0 and 1. */
  readonly values: Readonly<Record<string, number>>;
  /** The outcome in words. */
  readonly statement: string;
}

/** What was found in an image, or in one of its time frames; plain data. */
export interface Finding {
  readonly image: string;
  /** Where the image has several. */
  readonly frame?: number;
  readonly size: Size;
  readonly channels: number;
  readonly type: SampleTypeName;
  /** The number of objects, where there are objects. */
  readonly objects?: number;
  /** The number of pixels, or of objects, of every class; ascending. */
  readonly classes?: readonly (readonly [value: number, count: number])[];
  /** Where the truth is known. */
  readonly scores?: Scores;
  /** Milliseconds per stage. */
  readonly ms: Readonly<Record<string, number>>;
  /** The files written. */
  readonly files: readonly string[];
}
