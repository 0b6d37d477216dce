import assert from "node:assert/strict";
import { planPasses } from "../../src/features/passes_gpu.ts";
import { planFeatures } from "../../src/features/plan.ts";
import { predefinedFeatureSets } from "../../src/features/presets.ts";
import {
  planTileFilters,
  type TilePlan,
  type TilePlane,
} from "../../src/features/tile_plan_gpu.ts";

function passesOf(specification: string, dimensions: 2 | 3 = 2) {
  const plan = planFeatures(specification, { dimensions });
  const steps = plan.features.map(({ step }) => step);
  const { passes, passOfStep } = planPasses(plan, steps, () => 1);
  return { passes, features: steps.map((step) => passOfStep[step]) };
}

/** Runs a plan with the numbers of passes instead of values, and checks what every step reads. */
function checkMemory(
  { passes, features }: ReturnType<typeof passesOf>,
  { shape, memory, steps }: TilePlan,
): void {
  const owners = new Int32Array(memory).fill(-1);
  const planes = new Map<number, TilePlane | undefined>();
  const cells = ({ start, stride, halo }: TilePlane) => {
    const rows = Array.from({ length: shape.height + 2 * halo[1] }, (_, row) => row);
    return rows.flatMap((row) =>
      Array.from({ length: shape.width + 2 * halo[0] }, (_, x) => start + row * stride + x)
    );
  };
  const write = (plane: TilePlane, pass: number) => {
    for (const cell of cells(plane)) {
      assert.ok(cell >= 0 && cell < memory, `cell ${cell}`);
      owners[cell] = pass;
    }
  };
  const featurePlane = (start: number): TilePlane => ({ start, stride: shape.width, halo: [0, 0] });
  for (const { pass, isLoaded, halo, plane, feature, copies } of steps) {
    const step = passes[pass];
    if (!isLoaded && step.kind === "kernel") {
      for (const input of step.inputs) {
        const source = planes.get(input)!;
        assert.ok(cells(source).every((cell) => owners[cell] === input), `${pass} reads ${input}`);
        assert.ok(source.halo[0] >= halo[0] + step.reach[0], "halo along x");
        assert.ok(source.halo[1] >= halo[1] + step.reach[1], "halo along y");
      }
    }
    planes.set(pass, plane);
    if (plane) write(plane, pass);
    if (feature !== undefined) write(featurePlane(feature), pass);
    for (const copy of copies) write(featurePlane(copy), pass);
  }
  const area = shape.width * shape.height;
  features.forEach((pass, place) => {
    const found = cells(featurePlane(place * area));
    assert.ok(found.every((cell) => owners[cell] === pass), `feature ${place}`);
  });
}

const SPECIFICATIONS = [
  ...Object.values(predefinedFeatureSets).filter((text) => text !== ""),
  "original original gaussian_blur=1 gaussian_blur=1 sobel_of_gaussian_blur=1",
  "top_hat_box=5 closing_box=3 divide_by_gaussian_background=9 median_box=2 sobel_of_median_box=2",
  Array.from({ length: 30 }, (_, i) => `sobel_of_gaussian_blur=${(i + 2) / 4}`).join(" "),
];

Deno.test("no plane is overwritten before it is read, and features stay to the end", () => {
  for (const specification of SPECIFICATIONS) {
    const program = passesOf(specification);
    for (const memories of [[4096], [4096, 8192], [2500], [20_000]]) {
      const plan = planTileFilters(program.passes, program.features, memories);
      if (!plan) continue;
      assert.ok(memories.includes(plan.memory));
      checkMemory(program, plan);
    }
  }
});

Deno.test("every predefined feature set fits the memory that all devices have", () => {
  for (const specification of Object.values(predefinedFeatureSets)) {
    if (specification === "") continue;
    const { passes, features } = passesOf(specification);
    assert.ok(planTileFilters(passes, features, [4096]), specification);
  }
});

Deno.test("narrow blurs need no pass of their own, wide ones one along x, very wide ones two", () => {
  for (const [sigma, expected] of [[1, 0], [1.5, 0], [5, 1], [25, 2]]) {
    const { passes, features } = passesOf(`sobel_of_gaussian_blur=${sigma}`);
    const plan = planTileFilters(passes, features, [4096])!;
    assert.equal(plan.isSeparate.filter(Boolean).length, expected, `sigma ${sigma}`);
  }
});

Deno.test("what the kernel of tiles cannot do, and what that needs, is done before", () => {
  const { passes, features } = passesOf("sobel_of_median_box=1");
  const { isSeparate } = planTileFilters(passes, features, [4096])!;
  const names = passes.map((pass) => pass.kind === "kernel" ? pass.kernel.name : "input");
  assert.deepEqual(names.filter((_, i) => isSeparate[i]), ["median"]);
});

Deno.test("there is no plan when the features alone exceed the memory", () => {
  const many = Array.from({ length: 65 }, (_, i) => `power=${1 + i / 64}`).join(" ");
  const { passes, features } = passesOf(many);
  assert.equal(planTileFilters(passes, features, [4096]), undefined);
  assert.ok(planTileFilters(passes, features, [8192]));
});
