/// <reference lib="dom" />
import {
  applyClassifier as applyHere,
  type ApplyClassifierOptions,
  type ClassifierApplication,
} from "../apply_classifier.ts";
import type { PageLine } from "../page_line.ts";
import { program } from "./program.ts";
import { startEngine } from "./start_engine.ts";

export type { AppliedResult } from "../applied_result.ts";
export type { ClassifierApplication };

/**
 * A form for any web page that applies a saved classifier to images that are chosen in the browser;
 * they go nowhere else.
 *
 * @param invalidation When it settles, everything under way is given up.
 */
export function applyClassifier(
  { invalidation }: Pick<ApplyClassifierOptions, "invalidation"> = {},
): ClassifierApplication {
  return applyHere({ invalidation, server: false, openLine });
}

function openLine(): PageLine {
  const started = startEngine(program);
  return {
    line: started.then(({ line }) => line),
    end: () => void started.then(({ stop }) => stop()),
  };
}
