import { DaubError } from "../errors.ts";

/** Refuses a time frame that a file does not have. */
export function expectFrame(frame: number, frames: number, where: string): void {
  if (Number.isInteger(frame) && frame >= 0 && frame < frames) return;
  const range = frames === 1 ? "frame 0, the only one," : `a frame from 0 to ${frames - 1}`;
  throw new DaubError(
    "options",
    `Expected ${range} of ${where} but found ${frame}. Choose a frame that the file has.`,
    { expected: frames - 1, found: frame, where: "frame" },
  );
}
