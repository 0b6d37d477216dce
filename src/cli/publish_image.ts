import { throwIfCancelled } from "../errors.ts";
import type { Finding } from "./finding.ts";
import type { Input } from "./inputs.ts";
import type { Journal } from "./journal.ts";
import type { MemoryBudget } from "./memory_budget.ts";
import { estimateMemory } from "./estimate_memory.ts";
import { Publication, type PublicationOptions } from "./publication.ts";
import {
  type Destination,
  fileName,
  findExisting,
  refuseInputs,
  resultPaths,
} from "./result_paths.ts";
import type { Computer, Task } from "./task.ts";
import { existingError } from "./write_error.ts";

/** What publishing the results of an image takes from the run. */
export interface PublishingRun extends PublicationOptions {
  readonly task: Task;
  readonly destination: Destination;
  readonly numClasses: number;
  readonly budget: MemoryBudget;
  /** The identities of the files being read, which no result may replace. */
  readonly reading: ReadonlySet<string>;
  readonly journal?: Journal;
}

/** A trained classifier, which appears with the results of the first image. */
export interface Extra {
  /** What it was made from, for the journal. */
  readonly key?: string;
  /** Its text by its path; none when it is saved already. */
  readonly files: ReadonlyMap<string, string>;
}

/**
 * Works on an image frame by frame and writes its results, all of them or none.
 *
 * @param key What the results are made from, for the journal.
 */
export async function publishImage(
  input: Input,
  key: string,
  extra: Extra,
  computer: Computer,
  run: PublishingRun,
): Promise<Finding[]> {
  const { task, destination, journal, mayReplace, signal } = run;
  const findings: Finding[] = [];
  await using publication = new Publication(run);
  using memory = new DisposableStack();
  let frames = 1;
  await computer.compute(input, {
    opened: async (info, bytes) => {
      frames = info.frames;
      const paths = [...resultPaths(input.stem, frames, destination), ...extra.files.keys()];
      await refuseInputs(paths, run.reading);
      const existing = await findExisting(paths, mayReplace);
      if (existing.length > 0) throw existingError(existing);
      const need = estimateMemory({
        info,
        fileBytes: bytes,
        task,
        numClasses: run.numClasses,
        numLabelImages: [input.labels, input.truth].filter((name) => name !== undefined).length,
        isLabelsOnly: input.labels === input.source,
      });
      memory.use(await run.budget.take(need));
      throwIfCancelled(signal);
    },
    done: async ({ frame, finding, files }) => {
      const start = performance.now();
      const paths = [];
      for (const { kind, bytes } of files) {
        const number = frames > 1 ? frame : undefined;
        const path = fileName(input.stem, kind, destination, number);
        await publication.add(path, bytes);
        paths.push(path);
      }
      const write = performance.now() - start;
      const ms = { ...finding.ms, write, total: finding.ms.total + write };
      findings.push({ ...finding, ms, files: paths });
    },
  });
  const own = new Map(publication.written);
  for (const [path, text] of extra.files) {
    await publication.add(path, new TextEncoder().encode(text));
  }
  findings[0] = { ...findings[0], files: [...findings[0].files, ...extra.files.keys()] };
  if (journal) {
    const others = new Map([...publication.written].filter(([path]) => !own.has(path)));
    if (others.size > 0 && extra.key) await journal.add(extra.key, others);
    await journal.add(key, own, findings);
  }
  await publication.commit();
  return findings;
}
