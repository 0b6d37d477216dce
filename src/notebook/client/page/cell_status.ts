import type { LiveState, LiveStatus } from "../../live.ts";

/** What a live cell's value brings along: the pump that computes it. */
interface LiveValue {
  readonly pump: {
    readonly state: LiveState;
    states(): AsyncGenerator<LiveState, void, void>;
    update(): void;
    cancel(): void;
  };
}

/** The names by which a cell is known to others, and those it needs. */
export interface CellLinks {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** Tells apart values that go on computing by themselves. */
export function isLive(value: unknown): value is LiveValue {
  const pump = (value as Partial<LiveValue> | null | undefined)?.pump;
  return typeof pump?.states === "function";
}

/** The places in `cells` that depend on the cell at `from`, near or far. */
export function dependants(cells: readonly CellLinks[], from: number): Set<number> {
  const found = new Set<number>();
  const waiting = [from];
  while (waiting.length > 0) {
    const { outputs } = cells[waiting.pop()!];
    cells.forEach(({ inputs }, place) => {
      if (place === from || found.has(place)) return;
      if (!inputs.some((input) => outputs.includes(input))) return;
      found.add(place);
      waiting.push(place);
    });
  }
  return found;
}

/** What a cell shows: its own state, or that it waits for what it depends on. */
export function shownStatus(own: LiveStatus, isBehind: boolean): LiveStatus {
  return isBehind && (own === "done" || own === "running") ? "stale" : own;
}
