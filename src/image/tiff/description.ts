import type { Axis, Role } from "./axes.ts";

/** What the description of a TIFF file tells of its pages and their calibration. */
export interface Description {
  /** The axes of the pages, from the slowest to the fastest. */
  readonly axes: readonly Axis[];
  /** What the samples of a pixel are; default channels. */
  readonly sampleRole?: Role;
  /** For each plane, in the order of the axes, its page; by default they are in order. */
  readonly pageOf?: readonly number[];
  /** Whether planes may lie behind the first page without directories of their own. */
  readonly contiguous?: boolean;
  /** Whether further pages may belong to other images. */
  readonly first?: boolean;
  readonly unit?: string;
  /** In `unit`; where they are not given, the resolution fields tell x and y. */
  readonly x?: number;
  readonly y?: number;
  readonly z?: number;
  readonly channelNames?: readonly string[];
}
