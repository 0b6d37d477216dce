import type { Size } from "../image/image.ts";
import { forEachRow, type LabelRuns } from "./label_runs.ts";

/**
 * The Euler number of every object: pieces minus holes in 2D; pieces plus cavities minus tunnels
 * in 3D. Pixels are closed, so those that share a corner belong together (8 or 26 neighbours), as
 * in scikit-image's `regionprops`.
 */
export function findEulerNumbers(runs: LabelRuns, count: number, size: Size): Int32Array {
  return size.depth === 1 ? fromRows(runs, count, size) : fromCorners(runs, count, size);
}

/** Every run adds 1, and every pair of runs that touch in neighbouring rows takes 1 away. */
function fromRows(runs: LabelRuns, count: number, size: Size): Int32Array {
  const numbers = new Int32Array(count);
  const { firstOfRow, start, end, label } = runs;
  forEachRow(runs, size, (first, last, y) => {
    for (let run = first; run < last; run++) numbers[label[run] - 1]++;
    if (y === 0) return;
    const lastAbove = firstOfRow[y];
    let a = firstOfRow[y - 1];
    for (let b = first; b < last; b++) {
      while (a < lastAbove && end[a] < start[b]) a++;
      for (let touching = a; touching < lastAbove && start[touching] <= end[b]; touching++) {
        if (label[touching] === label[b]) numbers[label[b] - 1]--;
      }
    }
  });
  return numbers;
}

/** Sums, over the corners of voxels, each corner's share of vertices, edges, faces and cubes. */
function fromCorners(runs: LabelRuns, count: number, { width, height, depth }: Size): Int32Array {
  const eighths = new Float64Array(count);
  const shares = cornerShares();
  const stride = width + 2;
  const plane = () => new Uint32Array(stride * (height + 2));
  let [before, here] = [plane(), plane()];
  const around = new Uint32Array(8);
  for (let z = 0; z <= depth; z++) {
    [before, here] = [here, before];
    here.fill(0);
    if (z < depth) paintPlane(runs, z, height, stride, here);
    for (let y = 0; y <= height; y++) {
      for (let at = y * stride, last = at + width; at <= last; at++) {
        around[0] = before[at];
        around[1] = before[at + 1];
        around[2] = before[at + stride];
        around[3] = before[at + stride + 1];
        around[4] = here[at];
        around[5] = here[at + 1];
        around[6] = here[at + stride];
        around[7] = here[at + stride + 1];
        addCorner(around, shares, eighths);
      }
    }
  }
  return Int32Array.from(eighths, (sum) => Math.round(sum / 8));
}

function paintPlane(
  { firstOfRow, start, end, label }: LabelRuns,
  z: number,
  height: number,
  stride: number,
  plane: Uint32Array,
): void {
  for (let y = 0; y < height; y++) {
    const row = z * height + y;
    const from = (y + 1) * stride + 1;
    for (let run = firstOfRow[row]; run < firstOfRow[row + 1]; run++) {
      plane.fill(label[run], from + start[run], from + end[run]);
    }
  }
}

function addCorner(around: Uint32Array, shares: Int8Array, eighths: Float64Array): void {
  let pending = 0;
  for (let i = 0; i < 8; i++) if (around[i] !== 0) pending |= 1 << i;
  while (pending !== 0) {
    const label = around[31 - Math.clz32(pending)];
    let mask = 0;
    for (let i = 0; i < 8; i++) if (around[i] === label) mask |= 1 << i;
    eighths[label - 1] += shares[mask];
    pending &= ~mask;
  }
}

/**
 * Eight times what a corner adds, by which of the eight voxels around it belong to an object: the
 * corner itself, half of each edge, a quarter of each face and an eighth of each cube that meet
 * there and are part of the object's closure.
 */
function cornerShares(): Int8Array {
  const shares = new Int8Array(256);
  for (let mask = 1; mask < 256; mask++) {
    let edges = 0;
    let faces = 0;
    let cubes = 0;
    for (let voxel = 0; voxel < 8; voxel++) cubes += mask >> voxel & 1;
    for (const axis of [1, 2, 4]) {
      const [u, v] = [1, 2, 4].filter((other) => other !== axis);
      for (const side of [0, axis]) {
        if ([0, u, v, u | v].some((voxel) => mask >> (voxel | side) & 1)) edges++;
      }
      // A face lies between two voxels along one axis, on one side of each other axis.
      for (const place of [0, u, v, u | v]) {
        if (mask >> place & 1 || mask >> (place | axis) & 1) faces++;
      }
    }
    shares[mask] = 8 - 4 * edges + 2 * faces - cubes;
  }
  return shares;
}
