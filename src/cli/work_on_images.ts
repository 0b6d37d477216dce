import { throwIfCancelled } from "../errors.ts";
import type { Tool } from "./classifier.ts";
import { inImage, isCancelled } from "./failure.ts";
import type { Finding } from "./finding.ts";
import type { Input } from "./inputs.ts";
import { LocalComputer } from "./local_computer.ts";
import { type Extra, publishImage, type PublishingRun } from "./publish_image.ts";
import type { Reporter } from "./reporter.ts";
import type { Computer } from "./task.ts";
import type { Backend } from "../backend.ts";
import { WorkerComputer } from "./worker_computer.ts";

/**
 * Fewer images are done before further threads would have started. From here on, on two cores, two
 * images at a time took 0.6 to 1.1 of the time of one after the other, from 256² to 2048² pixels.
 */
const MIN_SHARED_IMAGES = 4;

/** What all images of a run have in common. */
export interface ImagesRun {
  readonly publishing: PublishingRun;
  readonly tool: Tool | undefined;
  readonly backend: Backend;
  readonly reporter: Reporter;
  readonly keyOf: (input: Input) => Promise<string>;
  /** How many images at a time were asked for. */
  readonly jobs?: number;
  /** Whether to go on where an image fails. */
  readonly goesOn: boolean;
  /** Aborted when the run is to stop. */
  readonly signal?: AbortSignal;
}

/**
 * Works on images, several at a time, the first alone while there is a classifier to be saved with
 * it.
 *
 * @returns What was found in each image.
 * @throws {DaubError} At the first image that fails, unless the run is to go on.
 */
export async function workOnImages(
  inputs: readonly Input[],
  unsaved: Extra | undefined,
  run: ImagesRun,
): Promise<Map<Input, readonly Finding[]>> {
  const { tool, backend, goesOn, reporter } = run;
  const { task } = run.publishing;
  const cores = navigator.hardwareConcurrency;
  const jobs = run.jobs ?? (inputs.length < MIN_SHARED_IMAGES ? 1 : cores);
  const controller = new AbortController();
  const signal = AbortSignal.any([controller.signal, ...run.signal ? [run.signal] : []]);
  const local = () => new LocalComputer(task, tool, backend, signal);
  const threads = Math.max(1, Math.floor(cores / jobs));
  const temporary = new Map<Input, readonly string[]>();
  const found = new Map<Input, readonly Finding[]>();
  const pending = [...inputs];
  let extra = unsaved;
  let failure: { error: unknown } | undefined;

  const workOn = async (computer: Computer, input: Input): Promise<void> => {
    try {
      throwIfCancelled(signal);
      reporter.begin(input);
      const publishing: PublishingRun = {
        ...run.publishing,
        signal,
        onTemporary(paths) {
          temporary.set(input, paths);
          run.publishing.onTemporary?.([...temporary.values()].flat());
        },
      };
      const key = await run.keyOf(input);
      const own = await publishImage(
        input,
        key,
        extra ?? { files: new Map() },
        computer,
        publishing,
      );
      extra = undefined;
      found.set(input, own);
      reporter.found(own, tool);
    } catch (error) {
      const told = inImage(error, input.source);
      if (goesOn && !isCancelled(error)) return reporter.failed(told);
      failure ??= { error: told };
      controller.abort(run.signal?.reason);
    }
  };
  const workOnAll = async (computer: Computer, isEnough = () => false): Promise<void> => {
    while (!failure && !isEnough() && pending.length > 0) await workOn(computer, pending.shift()!);
  };

  if (extra || jobs === 1) await workOnAll(local(), () => jobs > 1 && extra === undefined);
  await Promise.all(Array.from({ length: Math.min(jobs, pending.length) }, async () => {
    try {
      await using computer = await WorkerComputer.start(task, threads, signal);
      await workOnAll(computer);
    } catch (error) {
      failure ??= { error };
      controller.abort(run.signal?.reason);
    }
  }));
  if (failure) throw failure.error;
  return found;
}
