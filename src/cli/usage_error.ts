import { DaubError } from "../errors.ts";

/** A command line that cannot be understood. */
export function usageError(
  message: string,
  details: { expected?: unknown; found?: unknown; where?: string } = {},
): DaubError {
  return new DaubError("options", message, details);
}
