import { openBackend } from "../backends/open_backend.ts";
import { DaubError, type ErrorTag, throwIfCancelled } from "../errors.ts";
import { trainClassifier } from "./classifier.ts";
import { FAILED, inImage } from "./failure.ts";
import type { Host } from "./host.ts";
import { ImageSource } from "./image_source.ts";
import type { Options } from "./options.ts";
import { prepare } from "./prepare.ts";
import { Reporter } from "./reporter.ts";
import { segmentInput } from "./segment_input.ts";
import { StageTimes } from "./stage_times.ts";

/**
 * Trains or loads a classifier, segments all images and returns the exit code.
 *
 * @throws {DaubError} At the first image that fails, unless the run is to go on.
 */
export async function segmentImages(options: Options, host: Host): Promise<number> {
  const { inputs, problems, annotation, saved, save, ...shared } = await prepare(options);
  const { signal, onTemporary } = host;
  await using backend = await openBackend(options.backend, {
    onFallback: (reason) => host.err(`note: ${reason}`),
  });
  using reporter = new Reporter(options, host, backend, inputs.length + problems.length);
  for (const problem of problems) reporter.failed(problem);
  let classifier = saved;
  /** A trained classifier that still has to be saved, with the first results. */
  const unsaved = new Map<string, string>();
  if (classifier) await reporter.explain(classifier);
  for (const { source: name, stem } of inputs) {
    try {
      throwIfCancelled(signal);
      const times = new StageTimes();
      const source = await times.measure("read", () => ImageSource.open(name, signal));
      source.expectFormat(options.format);
      await reporter.begin(source);
      if (!classifier) {
        const strokes = await times.measure("read", () => ImageSource.open(annotation!, signal));
        const run = { backend, signal, onStage: times.add };
        const training = await trainClassifier(source, strokes, options, run)
          .catch((error) => {
            throw isAbout("annotation", error) ? inImage(error, annotation!) : error;
          });
        reporter.trained(annotation!, training);
        classifier = training.classifier;
        unsaved.set(save!, classifier.toString());
        await reporter.explain(classifier);
      }
      const work = { ...shared, options, classifier, backend, signal, onTemporary };
      const findings = await segmentInput(source, stem, work, unsaved, times);
      unsaved.clear();
      reporter.found(findings, classifier);
    } catch (error) {
      const isOfStrokes = isAbout("annotation", error) || names(error, annotation);
      const failure = isOfStrokes ? error : inImage(error, name);
      // Without a classifier there is nothing to go on with.
      const goesOn = options.continueOnError && classifier && !isAbout("cancelled", error);
      if (!goesOn) throw failure;
      reporter.failed(failure);
    }
  }
  return reporter.finish() === 0 ? 0 : FAILED;
}

/** Whether an error already says that it is about a certain file. */
function names(error: unknown, file: string | undefined): boolean {
  return file !== undefined && error instanceof DaubError && error.message.includes(file);
}

function isAbout(tag: ErrorTag, error: unknown): boolean {
  return error instanceof DaubError && error.tag === tag;
}
