import type { Region } from "../backend.ts";
import { type Extent, placePlane, planExtents, uniteExtents } from "./layout_cpu.ts";
import type { Pass } from "./passes_cpu.ts";
import { uniteRegions } from "./regions.ts";
import { chooseAxis, cutRegion, findEarlyPasses, planStrips } from "./strips_cpu.ts";

/** Strips, and what is computed for all of them before. */
export interface Section {
  /** The planes of passes that are computed before the strips. */
  readonly early: ReadonlyMap<number, Extent>;
  /** The parts in which that is done. */
  readonly earlyStrips: readonly Region[];
  readonly strips: readonly Region[];
}

/** How sections and strips are cut. */
export interface SectionCut {
  readonly numThreads: number;
  /** How many planes are kept to the end of a strip. */
  readonly numKept: number;
  /** What the results that are computed before the strips of a section may take. */
  readonly earlyBytes: number;
}

/** How a region is computed. */
export interface Sections {
  /** The planes of passes that need no computing. */
  readonly inputs: ReadonlyMap<number, Extent>;
  /** The passes that are computed before strips. */
  readonly early: ReadonlySet<number>;
  readonly sections: readonly Section[];
}

/**
 * Divides a region into sections of strips: what is computed before the strips of a section is
 * bounded, and what two sections both need is computed twice.
 */
export function planSections(
  passes: readonly Pass[],
  wanted: ReadonlySet<number>,
  core: Region,
  whole: Region,
  { numThreads, numKept, earlyBytes }: SectionCut,
): Sections {
  const all = planExtents(passes, wanted, core, whole);
  const axis = chooseAxis(core, all);
  const early = findEarlyPasses(passes, all, axis);
  const isInput = (pass: number) => passes[pass].kind === "input";
  const bytes = Array.from(
    early,
    (pass) => placePlane(0, all[pass]!.region, all[pass]!.padded).bytes,
  )
    .reduce((sum, size) => sum + size, 0);
  const inputs = new Map<number, Extent>();
  const sections = cutRegion(core, axis, Math.ceil(bytes / earlyBytes)).map((part): Section => {
    const late = planExtents(passes, wanted, part, whole, early);
    const region = Array.from(early, (pass) => late[pass]!.region).reduce(uniteRegions, part);
    const before = planExtents(passes, early, region, whole);
    const planes = new Map<number, Extent>();
    passes.forEach((_, pass) => {
      for (const extent of [late[pass], before[pass]]) {
        if (!extent) continue;
        const kept = isInput(pass) ? inputs : early.has(pass) ? planes : undefined;
        kept?.set(pass, uniteExtents(kept.get(pass), extent));
      }
    });
    const strips = (of: Region, extents: (Extent | undefined)[], numKept: number) =>
      planStrips(of, passes, extents, { axis, numThreads, numKept });
    return {
      early: planes,
      earlyStrips: early.size === 0
        ? []
        : strips(region, before.map((extent, pass) => isInput(pass) ? undefined : extent), 1),
      strips: strips(
        part,
        late.map((extent, pass) => isInput(pass) || early.has(pass) ? undefined : extent),
        numKept,
      ),
    };
  });
  return { inputs, early, sections };
}
