/** What kind of thing went wrong, for code that reacts to errors rather than shows them. */
export type ErrorTag =
  | "annotation"
  | "backend"
  | "classifier"
  | "features"
  | "file"
  | "image"
  | "notebook"
  | "options"
  | "server"
  | "cancelled";

/** The parts of a {@linkcode DaubError} beside its message. */
export interface ErrorDetails {
  /** What would have been right. */
  expected?: unknown;
  /** What was there instead. */
  found?: unknown;
  /** The file, line, option or argument concerned. */
  where?: string;
  /** The lower-level error behind this one. */
  cause?: unknown;
}

/**
 * An error that a user can act on: one sentence saying what was expected, what was found and what
 * to do, with the same facts as fields.
 *
 * @example React to a kind of error
 * ```ts
 * import { DaubError, parseFeatures } from "../mod.ts";
 *
 * try {
 *   parseFeatures("gausian_blur=1");
 * } catch (error) {
 *   if (!(error instanceof DaubError) || error.tag !== "features") throw error;
 * }
 * ```
 */
export class DaubError extends Error {
  /** Always `"DaubError"`. */
  override readonly name = "DaubError";
  /** What kind of thing went wrong. */
  readonly tag: ErrorTag;
  /** What would have been right. */
  readonly expected?: unknown;
  /** What was there instead. */
  readonly found?: unknown;
  /** The file, line, option or argument concerned. */
  readonly where?: string;

  /** Makes an error; `message` is one sentence for people. */
  constructor(tag: ErrorTag, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.tag = tag;
    this.expected = details.expected;
    this.found = details.found;
    this.where = details.where;
  }
}

/** Throws the `cancelled` error when the caller has given up; cheap enough for inner loops. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) {
    throw new DaubError("cancelled", "The computation was cancelled.", { cause: signal.reason });
  }
}
