import { basename } from "node:path";
import type { Backend } from "../backend.ts";
import { throwIfCancelled } from "../errors.ts";
import type { Image } from "../image/image.ts";
import { segmentImage } from "../segment.ts";
import type { Classifier } from "./classifier.ts";
import { encodeResult } from "./encode.ts";
import type { ImageSource } from "./image_source.ts";
import type { Options } from "./options.ts";
import { Publication, type PublicationOptions } from "./publication.ts";
import { resultsOf } from "./result_names.ts";
import { type Destination, findExisting, refuseInputs, resultPaths } from "./result_paths.ts";
import type { SampleRecord } from "./sample.ts";
import { StageTimes } from "./stage_times.ts";
import { existingError } from "./write_error.ts";

/** What all images of a run have in common. */
export interface Work extends PublicationOptions {
  readonly options: Options;
  readonly destination: Destination;
  readonly classifier: Classifier;
  readonly backend: Backend;
  /** The identities of the files being read, which no result may replace. */
  readonly reading: ReadonlySet<string>;
  /** Where the results of the bundled sample are remembered. */
  readonly record?: SampleRecord;
}

/** What was found in an image, or in one of its time frames. */
export interface Finding {
  readonly image: string;
  /** Where the image has several. */
  readonly frame?: number;
  readonly channels: readonly Image[];
  /** The number of objects, where objects were looked for. */
  readonly objects?: number;
  /** The number of pixels of every class. */
  readonly classes: ReadonlyMap<number, number>;
  /** Milliseconds per stage. */
  readonly ms: Readonly<Record<string, number>>;
  /** The files written. */
  readonly files: readonly string[];
}

/**
 * Segments an image frame by frame and writes its results, all of them or none.
 *
 * @param extra Further files that belong to the results, such as the classifier.
 * @param times The stages before, which count to the first frame.
 */
export async function segmentInput(
  source: ImageSource,
  stem: string,
  work: Work,
  extra: ReadonlyMap<string, string> = new Map(),
  times = new StageTimes(),
): Promise<Finding[]> {
  const { destination, mayReplace } = work;
  const perFrame = resultsOf[destination.kind].length;
  const paths = resultPaths(stem, source.frames, destination);
  await refuseInputs([...paths, ...extra.keys()], work.reading);
  const existing = await findExisting([...paths, ...extra.keys()], mayReplace);
  if (existing.length > 0) throw existingError(existing);
  await using publication = new Publication(work);
  const written = new Map<string, Uint8Array>();
  const findings: Finding[] = [];
  for (let frame = 0; frame < source.frames; frame++) {
    const files = paths.slice(frame * perFrame, (frame + 1) * perFrame);
    const finding = await segmentFrame(source, frame, files, work, times, async (path, bytes) => {
      await publication.add(path, bytes);
      if (work.record) written.set(basename(path), bytes);
    });
    findings.push(finding);
    times = new StageTimes();
  }
  for (const [path, text] of extra) {
    const bytes = new TextEncoder().encode(text);
    await publication.add(path, bytes);
    written.set(basename(path), bytes);
  }
  if (work.record) await publication.add(work.record.path, await work.record.renew(written));
  await publication.commit();
  const [first, ...rest] = findings;
  return [{ ...first, files: [...first.files, ...extra.keys()] }, ...rest];
}

async function segmentFrame(
  source: ImageSource,
  frame: number,
  files: readonly string[],
  { options, destination, classifier, backend, signal }: Work,
  times: StageTimes,
  write: (path: string, bytes: Uint8Array) => Promise<void>,
): Promise<Finding> {
  const { kind, format } = destination;
  const channels = await times.measure("read", () => source.read(frame, signal));
  throwIfCancelled(signal);
  const segmentation = await segmentImage(channels, classifier, {
    want: { classes: true, probabilities: kind === "probability", labels: kind === "object" },
    connectivity: options.connectivity,
    backend,
    signal,
    onStage: times.add,
  });
  for (const [i, result] of resultsOf[kind].entries()) {
    const stage = result === "overlay" ? "overlay" : "write";
    await times.measure(stage, async () => {
      const [background] = classifier.classes;
      await write(
        files[i],
        await encodeResult(result, channels, segmentation, format, background),
      );
    });
  }
  return {
    image: source.name,
    ...(source.frames > 1 && { frame }),
    channels,
    ...(segmentation.labels && { objects: segmentation.labels.count }),
    classes: countClasses(segmentation.classes!.data, classifier.classes),
    ms: times.total(),
    files,
  };
}

/** The number of pixels of every class the classifier knows. */
function countClasses(data: Uint8Array, classes: readonly number[]): Map<number, number> {
  const counts = new Uint32Array(256);
  for (let i = 0; i < data.length; i++) counts[data[i]]++;
  return new Map(classes.map((value) => [value, counts[value]]));
}
