import type { DaubError } from "../errors.ts";
import { ImageSource } from "./image_source.ts";
import type { Input } from "./inputs.ts";
import { isPath } from "./inputs.ts";
import type { Journal, Kept } from "./journal.ts";
import { type Destination, findExisting, resultPaths } from "./result_paths.ts";
import { existingError } from "./write_error.ts";

/** What is there already, found before anything is computed. */
export interface Earlier {
  /** Images whose results are whole and were made in the same way. */
  readonly kept: ReadonlyMap<Input, Kept>;
  /** Images that are left out, because of results that may not be replaced. */
  readonly refused: ReadonlyMap<Input, DaubError>;
  /** Files of ours that may be made anew. */
  readonly own: ReadonlySet<string>;
}

/** How earlier results are dealt with. */
export interface EarlierOptions {
  readonly destination: Destination;
  readonly mayReplace: (path: string) => boolean;
  readonly journal?: Journal;
  /** What tells the work on an image from other work; none while the classifier is not known. */
  readonly keyOf?: (input: Input) => Promise<string>;
  /** Leave out an image whose results are there. */
  readonly goesOn: boolean;
  /** Where the classifier is to be saved. */
  readonly save?: string;
}

/**
 * Looks which images are done already, and refuses to replace anything else.
 *
 * @throws {DaubError} `file` when results are there that may not be replaced.
 */
export async function findEarlier(
  inputs: readonly Input[],
  options: EarlierOptions,
): Promise<Earlier> {
  const { destination, journal, keyOf, goesOn, save } = options;
  const names = await namesIn(destination.out);
  const kept = new Map<Input, Kept>();
  const refused = new Map<Input, DaubError>();
  const own = new Set<string>();
  const mayReplace = (path: string) => options.mayReplace(path) || own.has(path);
  const found = save === undefined ? [] : await findExisting([save], mayReplace);
  for (const input of inputs) {
    // Nothing can be a result of it, so its file need not be opened.
    if (!names.some((name) => name.startsWith(`${input.stem}_`))) continue;
    if (journal && keyOf) {
      const key = await keyOf(input);
      const whole = await journal.findKept(key);
      if (whole) {
        kept.set(input, whole);
        continue;
      }
      for (const path of await journal.findOwn(new Set([key]))) own.add(path);
    }
    // What cannot be opened, or lies elsewhere, is dealt with at its turn.
    const frames = isPath(input.source)
      ? await ImageSource.open(input.source).then((source) => source.frames, () => 1)
      : 1;
    const existing = await findExisting(resultPaths(input.stem, frames, destination), mayReplace);
    if (existing.length === 0) continue;
    if (goesOn && input.annotation === undefined) refused.set(input, existingError(existing));
    else found.push(...existing);
  }
  if (found.length > 0) throw existingError(found);
  return { kept, refused, own };
}

async function namesIn(folder: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(folder)) names.push(name);
  } catch {
    // There is no such folder yet.
  }
  return names;
}
