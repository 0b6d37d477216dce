import type { Tile } from "../../src/backend.ts";
import type { FeaturePlan, Operation, Step, Vec3 } from "../../src/features/plan_types.ts";
import type { Size } from "../../src/image/image.ts";

/** Operations applied to the image one after the other; `combine` takes the image as its first. */
export type Chain = readonly Operation[];

/** A plan with one feature per chain, written down without a grammar; only the input is shared. */
export function chainPlan(dimensions: 2 | 3, chains: readonly Chain[]): FeaturePlan {
  const steps: Step[] = [
    { operation: { kind: "input", channel: 0 }, inputs: [], halo: [0, 0, 0], name: "original" },
  ];
  const reductions: number[] = [];
  const features = chains.map((chain) => {
    let step = 0;
    for (const operation of chain) {
      const own = reach(operation, dimensions);
      const { halo } = steps[step];
      if (operation.kind === "gamma" && !reductions.includes(step)) reductions.push(step);
      step = steps.push({
        operation,
        inputs: operation.kind === "combine" ? [0, step] : [step],
        halo: [halo[0] + own[0], halo[1] + own[1], halo[2] + own[2]],
        name: `${operation.kind} ${steps.length}`,
      }) - 1;
    }
    return { name: steps[step].name, step };
  });
  const widest = (axis: number) => Math.max(...features.map(({ step }) => steps[step].halo[axis]));
  return {
    specification: chains.map((chain) => chain.map(({ kind }) => kind).join(">")).join(" "),
    numChannels: 1,
    dimensions,
    steps,
    features,
    halo: [widest(0), widest(1), widest(2)],
    reductions,
  };
}

function reach(operation: Operation, dimensions: 2 | 3): Vec3 {
  switch (operation.kind) {
    case "gaussian": {
      const [x, y, z] = operation.sigma.map((sigma) => Math.floor(Math.floor(8 * sigma) / 2));
      return [x, y, z];
    }
    case "stencil":
      return dimensions === 3 ? [1, 1, 1] : [1, 1, 0];
    case "window":
      return operation.radius;
    default:
      return [0, 0, 0];
  }
}

/** The same value along x and y, and along z in 3D. */
export function isotropic(value: number, dimensions: 2 | 3): Vec3 {
  return [value, value, dimensions === 3 ? value : 0];
}

/** A one-channel tile whose pixels are given by their coordinates. */
export function tileOf(size: Size, pixel: (x: number, y: number, z: number) => number): Tile {
  const { width, height, depth } = size;
  const data = new Float32Array(width * height * depth);
  let i = 0;
  for (let z = 0; z < depth; z++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) data[i++] = pixel(x, y, z);
    }
  }
  return { width, height, depth, channels: [data] };
}

/** Reproducible numbers in [0, 1). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
