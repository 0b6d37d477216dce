import { openBackend } from "../backends/open_backend.ts";
import { throwIfCancelled } from "../errors.ts";
import { openClassifier, type SavedClassifier } from "./classifier.ts";
import { FAILED, inImage } from "./failure.ts";
import { type EarlierOptions, findEarlier } from "./find_earlier.ts";
import type { Host } from "./host.ts";
import type { Input } from "./inputs.ts";
import { digest, keyOf } from "./journal.ts";
import type { Kind, Purpose } from "./kinds.ts";
import { defaultMemory, MemoryBudget } from "./memory_budget.ts";
import type { Options } from "./options.ts";
import { type Preparation, prepare } from "./prepare.ts";
import type { PublishingRun } from "./publish_image.ts";
import { Reporter } from "./reporter.ts";
import type { Destination } from "./result_paths.ts";
import { StageTimes } from "./stage_times.ts";
import { tellStatistics } from "./statistics.ts";
import type { Task } from "./task.ts";
import { trainClassifier } from "./train.ts";
import { workOnImages } from "./work_on_images.ts";
import { writeTable } from "./write_table.ts";

/**
 * Trains or loads a classifier, works on all images and returns the exit code.
 *
 * @throws {DaubError} At the first image that fails, unless the run is to go on.
 */
export async function segmentImages(options: Options, host: Host): Promise<number> {
  const prepared = await prepare(options);
  const { inputs, problems, purpose, saved, save, journal, reading } = prepared;
  const { signal, onTemporary } = host;
  const destination: Destination = { ...options, purpose };
  const trained = inputs.filter(({ annotation }) => annotation !== undefined);
  const trainingKey = await keyOfTraining(trained, purpose, options);
  const kept = await findKeptClassifier(prepared, trainingKey, options);
  const known = saved ?? kept;
  const ownFiles = await journal?.findOwn(options.bare ? undefined : new Set([trainingKey]));
  const mayReplace = (path: string) =>
    options.overwrite || path === journal?.path || (ownFiles?.has(path) ?? false);
  const isKnown = known !== undefined || purpose === "measure";
  const place: EarlierOptions = {
    destination,
    mayReplace,
    journal: options.bare ? undefined : journal,
    keyOf: isKnown ? keysOf(known, destination, options) : undefined,
    goesOn: options.continueOnError,
    save: known ? undefined : save,
  };
  const earlier = await findEarlier(inputs, place);

  await using backend = await openBackend(options.backend, {
    onFallback: (reason) => host.err(`note: ${reason}`),
  });
  using reporter = new Reporter(options, host, backend, inputs.length + problems.length);
  for (const problem of problems) reporter.failed(problem);
  let classifier: SavedClassifier | undefined = known;
  if (kept) reporter.note(`${save}: kept, trained on the same strokes before`);
  if (!isKnown) {
    throwIfCancelled(signal);
    const times = new StageTimes();
    const run = { backend, signal, onStage: times.add };
    const training = await trainClassifier(trained, purpose as Kind, options, run);
    reporter.trained(training, times.total());
    classifier = { kind: purpose as Kind, text: training.tool.toString() };
    if (options.statistics) {
      reporter.statistics(await tellStatistics(training.tool, training, signal));
    }
  }
  const tool = classifier && openClassifier(classifier);
  if (tool && known && options.statistics) {
    // What was trained before is trained again, because the file does not hold the samples.
    const again = kept &&
      await trainClassifier(trained, purpose as Kind, options, { backend, signal });
    reporter.statistics(await tellStatistics(again?.tool ?? tool, again ?? {}, signal));
  }
  if (tool) await reporter.explain(tool);
  const task: Task = {
    purpose,
    classifier,
    connectivity: options.connectivity,
    format: options.format,
    measure: options.measure,
    // Threads need not look for a GPU again where there is none.
    backend: backend.kind === "cpu" ? "cpu" : options.backend,
  };
  const publishing: PublishingRun = {
    task,
    destination,
    numClasses: tool?.classes.length ?? 0,
    budget: new MemoryBudget(options.memory ? options.memory * 1e6 : defaultMemory()),
    reading,
    journal,
    mayReplace: (path) => mayReplace(path) || earlier.own.has(path),
    signal,
    onTemporary,
  };
  for (const { findings } of earlier.kept.values()) reporter.kept(findings);
  for (const [{ source }, error] of earlier.refused) reporter.failed(inImage(error, source));
  const left = inputs.filter((input) => !earlier.kept.has(input) && !earlier.refused.has(input));
  const unsaved = isKnown
    ? undefined
    : { key: trainingKey, files: new Map([[save!, classifier!.text]]) };
  const found = await workOnImages(left, unsaved, {
    publishing,
    tool,
    backend,
    reporter,
    keyOf: keysOf(classifier, destination, options),
    jobs: options.jobs,
    goesOn: options.continueOnError,
    signal,
  });
  const all = inputs.flatMap((input) =>
    found.get(input) ?? earlier.kept.get(input)?.findings ?? []
  );
  if (options.measure && inputs.length > 1) {
    reporter.note(await writeTable(all, destination, { ...publishing, reading }));
  }
  reporter.summarize(all);
  return reporter.finish() === 0 ? 0 : FAILED;
}

/** The classifier that was trained in the same way before, where it is as it was saved. */
async function findKeptClassifier(
  { journal, save, purpose }: Preparation,
  key: string,
  { bare }: Options,
): Promise<SavedClassifier | undefined> {
  if (bare || save === undefined) return undefined;
  const kept = await journal?.findKept(key);
  if (!kept?.files.includes(save)) return undefined;
  return { kind: purpose as Kind, text: await Deno.readTextFile(save), where: save };
}

/** What tells the training of a run from others. */
async function keyOfTraining(
  inputs: readonly Input[],
  purpose: Purpose,
  options: Options,
): Promise<string> {
  const { features, depth, trees, randomState, votes, positiveClass, channels } = options;
  const work = { features, depth, trees, randomState, votes, positiveClass, purpose, channels };
  const files = inputs.flatMap(({ source, annotation, labels }) => [source, annotation, labels]);
  return await keyOf(["train", work], files);
}

/** What tells the work on an image from other work. */
function keysOf(
  classifier: SavedClassifier | undefined,
  { purpose, format, measure }: Destination,
  { connectivity, backend }: Options,
): (input: Input) => Promise<string> {
  const text = digest(classifier?.text ?? "");
  return async ({ source, channels, labels, truth }) => {
    const classified = { classifier: await text, channels };
    const work = { purpose, format, measure, connectivity, backend, ...classified };
    return await keyOf(["image", work], [source, labels, truth]);
  };
}
