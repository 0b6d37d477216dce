import type { Objects } from "./objects.ts";
import type { Column } from "./table.ts";

/** What a property is measured in. */
export type Unit = "none" | "length" | "area" | "intensity" | "angle";

/** A measurement that can be asked for by name. */
export interface Property {
  /** The name; one that ends in `=` or `_d` is followed by a number. */
  readonly name: string;
  readonly unit: Unit;
  /** Default a number per object with fractions. */
  readonly type?: "uint32" | "int32";
  /** Whether it is measured in every channel of an image. */
  readonly ofIntensity?: true;
  /** Undefined, hence NaN, for volumes. */
  readonly onlyFlat?: true;
  /** Whether it is in the unit of the voxel size rather than in pixels. */
  readonly physical?: true;
  /** What a backend has to add up for it beside areas, boxes, centroids and intensities. */
  readonly sums?: "moments" | "distances";
  /** What the number behind the name may be. */
  readonly parameter?: { readonly minimum: number; readonly maximum: number; readonly step?: 1 };
  /** Its values, one per object; `channel` counts from 0. */
  values(objects: Objects, channel: number, parameter: number): ArrayLike<number>;
}

/** A column of the property's own type. */
export function columnOf(values: ArrayLike<number>, type: Property["type"]): Column {
  if (type === "uint32") return values instanceof Uint32Array ? values : Uint32Array.from(values);
  if (type === "int32") return values instanceof Int32Array ? values : Int32Array.from(values);
  return values instanceof Float64Array ? values : Float64Array.from(values);
}

/**
 * The unit of a property in words; undefined for what has none.
 *
 * @param length What lengths are measured in.
 */
export function describeUnit(
  { unit }: Property,
  length: string,
  dimensions: 2 | 3,
): string | undefined {
  switch (unit) {
    case "length":
      return length;
    case "area":
      return `${length}${dimensions === 3 ? "³" : "²"}`;
    case "angle":
      return "radian";
    default:
      return undefined;
  }
}
