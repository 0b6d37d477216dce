import { DaubError } from "../errors.ts";
import { INTERRUPTED, interruptionCodes } from "./interruption.ts";

/** The exit code of a run in which an image failed. */
export const FAILED = 1;
/** The exit code of a command line that was not understood. */
export const MISUSED = 2;

/** An error that names the image it arose with. */
export function inImage(error: DaubError, image: string): DaubError;
export function inImage(error: unknown, image: string): unknown;
export function inImage(error: unknown, image: string): unknown {
  if (!(error instanceof DaubError)) {
    return new Error(`${image}: ${error instanceof Error ? error.message : error}`, {
      cause: error,
    });
  }
  if (error.tag === "cancelled" || error.message.includes(image)) return error;
  const { tag, expected, found } = error;
  const message = `${image}: ${error.message}`;
  return new DaubError(tag, message, { expected, found, where: image, cause: error });
}

/** Whether an error is that of an interruption. */
export function isCancelled(error: unknown): boolean {
  return error instanceof DaubError && error.tag === "cancelled";
}

/** What is printed about an error: a sentence, and where it arose when debugging. */
export function describeFailure(error: unknown, debug: boolean): string {
  const sentence = error instanceof DaubError
    ? error.tag === "cancelled" ? INTERRUPTED : error.message
    : describeDenial(error) ??
      `Expected no fault of the program itself but found one (${
        error instanceof Error ? error.message : error
      }). Run again with --debug and report what that prints.`;
  return `error: ${sentence}` + (debug ? `\n${Deno.inspect(error)}` : "");
}

/** Which permission Deno was not given, as it says itself; undefined of other errors. */
function describeDenial(error: unknown): string | undefined {
  if (!(error instanceof Deno.errors.NotCapable)) return undefined;
  const [, access, flag] = /^Requires (.+), run again with the (--allow-\w+) flag/
    .exec(error.message) ?? [];
  if (flag === undefined) return undefined;
  return `Expected ${access} but Deno is not allowed that. Run it again with ${flag}, or with -A ` +
    "for all permissions.";
}

/** The exit code that an error leads to. */
export function exitCodeOf(error: unknown, signal?: AbortSignal): number {
  if (!(error instanceof DaubError)) return FAILED;
  if (error.tag === "cancelled") return interruptionCodes[String(signal?.reason)] ?? FAILED;
  return error.tag === "options" ? MISUSED : FAILED;
}
