import assert from "node:assert/strict";
import { DaubError, type ErrorTag } from "../../src/errors.ts";

function check(error: unknown, tag: ErrorTag, message: RegExp): true {
  assert.ok(error instanceof DaubError, `expected a DaubError but found ${error}`);
  assert.equal(error.tag, tag, error.message);
  assert.match(error.message, message);
  return true;
}

/** Asserts that a function throws a DaubError of this kind. */
export function throwsDaub(tag: ErrorTag, message: RegExp, run: () => unknown): void {
  assert.throws(run, (error) => check(error, tag, message));
}

/** Asserts that a promise is rejected with a DaubError of this kind. */
export async function rejectsDaub(
  tag: ErrorTag,
  message: RegExp,
  run: () => Promise<unknown>,
): Promise<void> {
  await assert.rejects(run, (error: unknown) => check(error, tag, message));
}
