import type { Region } from "../backend.ts";
import { pixelCount } from "../image/image.ts";
import type { Plane } from "./plane_cpu.ts";
import type { Vec3 } from "./plan_types.ts";

/** Pixels that a slab should have, so that what is computed of it stays in the processor's cache. */
const SLAB_PIXELS = 1 << 16;

/**
 * Divides a plane into slabs, whole slices of a volume or whole rows of a slice, each a plane that
 * shares its memory. Slabs are at least twice as thick as the filter reaches, so that most of what
 * they read is their own.
 */
export function slabsOf({ data, region }: Plane, [, ry, rz]: Vec3): Plane[] {
  const slabs: Plane[] = [];
  const { width, height, depth } = region;
  const alongZ = depth > 1;
  const length = alongZ ? depth : height;
  const layer = pixelCount(region) / length;
  const thickness = Math.max(2 * (alongZ ? rz : ry), Math.ceil(SLAB_PIXELS / layer));
  for (let start = 0; start < length; start += thickness) {
    const size = Math.min(thickness, length - start);
    const part: Region = alongZ
      ? { ...region, z: region.z + start, depth: size }
      : { ...region, y: region.y + start, height: size };
    const offset = start * (alongZ ? width * height : width);
    slabs.push({ data: data.subarray(offset, offset + pixelCount(part)), region: part });
  }
  return slabs;
}

/** A copy of part of a plane with a margin, in which filters need not look for edges. */
export interface Padded<Pixels> {
  readonly data: Pixels;
  /** From a row to the next, in pixels. */
  readonly stride: number;
  /** From a slice to the next, in pixels. */
  readonly slice: number;
  /** The index of the first pixel inside the margin. */
  readonly origin: number;
}

/** Copies a region and the margin that a filter reads; beyond the plane its edge is repeated. */
export function padRegion<Pixels extends Float32Array | Float64Array>(
  { data: source, region: from }: Plane,
  region: Region,
  [rx, ry, rz]: Vec3,
  allocate: (length: number) => Pixels,
): Padded<Pixels> {
  const stride = region.width + 2 * rx;
  const slice = stride * (region.height + 2 * ry);
  const data = allocate(slice * (region.depth + 2 * rz));
  const start = region.x - from.x - rx;
  const first = Math.max(0, -start);
  const end = Math.min(stride, from.width - start);
  let to = 0;
  for (let k = -rz; k < region.depth + rz; k++) {
    const z = clamp(region.z - from.z + k, from.depth);
    for (let j = -ry; j < region.height + ry; j++) {
      const y = clamp(region.y - from.y + j, from.height);
      const row = (z * from.height + y) * from.width;
      data.fill(source[row], to, to + first);
      for (let i = first, p = row + start + first; i < end; i++, p++) data[to + i] = source[p];
      data.fill(source[row + from.width - 1], to + end, to + stride);
      to += stride;
    }
  }
  return { data, stride, slice, origin: rz * slice + ry * stride + rx };
}

function clamp(position: number, length: number): number {
  return Math.min(length - 1, Math.max(0, position));
}

/** Hands out one array again and again, as large as the largest that was asked for. */
export function reusable<Pixels extends Float32Array | Float64Array>(
  create: (length: number) => Pixels,
): (length: number) => Pixels {
  let memory: Pixels | undefined;
  return (length) => {
    if (!memory || memory.length < length) memory = create(length);
    return memory;
  };
}
