import type { LiveState } from "./live.ts";
import type { ValueSource } from "./value_source.ts";

/** What a switch steers: see {@linkcode Pump}. */
export interface SteeredPump {
  readonly state: LiveState;
  states(): AsyncGenerator<LiveState, void, void>;
  update(): void;
  cancel(): void;
}

/**
 * Says whether changes are followed at once. One that has `attach` is told what it steers, so that
 * it can show its state, ask for a single update and cancel what is under way.
 */
export interface LiveSource extends ValueSource<boolean> {
  attach?(pump: SteeredPump): void;
}

/** What went wrong; of strokes that do not suffice yet, only what is to be painted. */
export function explain(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return isHint(error) ? message.slice(message.indexOf(". ") + 1).trim() : message;
}

/** Whether an error only says that the strokes do not suffice yet: no mistake, but the beginning. */
export function isHint(error: unknown): boolean {
  return (error as { tag?: unknown } | undefined)?.tag === "annotation";
}
