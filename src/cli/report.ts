import type { Backend } from "../backend.ts";
import { describeSize, dimensions, type Image } from "../image/image.ts";
import type { Classifier, Training } from "./classifier.ts";
import type { Options } from "./options.ts";
import type { Finding } from "./segment_input.ts";

/** A line of the report: what it is about, padded, and what there is to say. */
function line(subject: string, text: string): string {
  return `${subject.padEnd(12)}${text}`;
}

/** The strokes a classifier was trained on. */
export function describeTraining(annotation: string, { labelled }: Training): string {
  const total = [...labelled.values()].reduce((a, b) => a + b, 0);
  const classes = [...labelled].map(([value, count]) => `class ${value}: ${format(count)}`);
  return line(
    "Strokes",
    `${annotation}: ${format(total)} labelled pixels (${classes.join(", ")})`,
  );
}

/** Features, forest and backend: what all images of a run have in common. */
export function describeMeans(
  classifier: Classifier,
  backend: Backend,
  options: Options,
): string[] {
  const { forest, featureSpecification, classes, className } = classifier;
  const specification = featureSpecification.trim().split(/\s+/).join(" ");
  const preset = options.classifier === undefined && !/[\s=]/.test(options.features) &&
    options.features !== specification;
  return [
    ...(options.classifier === undefined
      ? []
      : [line("Classifier", `${options.classifier} (${className})`)]),
    line("Features", `${preset ? `${options.features}: ` : ""}${specification}`),
    line(
      "Forest",
      `${forest.trees.length} trees of depth ${forest.maxDepth} for classes ` +
        `${classes.join(", ")}, votes by ${forest.votes}` +
        (forest.randomState === undefined ? "" : `, random state ${forest.randomState}`),
    ),
    line("Backend", `${backend.kind} (${backend.device}): ${backend.reason}`),
  ];
}

/** The size and pixel type of an image. */
export function describeImage(image: string, channels: readonly Image[]): string {
  const type = channels[0].data.constructor.name.replace(/Big|Array/g, "").toLowerCase();
  const count = channels.length === 1 ? "1 channel" : `${channels.length} channels`;
  return line("Image", `${image}: ${describeSize(channels[0])} pixels, ${count}, ${type}`);
}

/** What was found in an image, how long it took and where it is. */
export function describeFinding(
  finding: Finding,
  classifier: Classifier,
  options: Options,
): string[] {
  const { classes, ms, files, channels } = finding;
  const { total, ...stages } = ms;
  const times = Object.entries(stages).map(([stage, time]) => `${stage} ${milliseconds(time)}`);
  const counts = [...classes].map(([value, count]) => `class ${value}: ${format(count)}`);
  const connectivity = options.connectivity ?? (dimensions(channels[0]) === 3 ? 6 : 4);
  const positive = "positiveClass" in classifier ? ` of class ${classifier.positiveClass}` : "";
  return [
    line("Pixels", counts.join(", ")),
    ...(finding.objects === undefined
      ? []
      : [line("Objects", `${format(finding.objects)}${positive}, ${connectivity}-connected`)]),
    line("Time", `${times.join(", ")}; ${milliseconds(total)} ms in all`),
    ...files.map((file, i) => line(i === 0 ? "Written" : "", file)),
  ];
}

/** All about one of many images, in a line. */
export function summarizeFinding(finding: Finding): string {
  const { image, frame, channels, objects, classes, ms, files } = finding;
  const found = objects === undefined
    ? [...classes].map(([value, count]) => `class ${value}: ${format(count)}`).join(", ")
    : `${format(objects)} object${objects === 1 ? "" : "s"}`;
  const time = frame === undefined ? "" : `, frame ${frame}`;
  return `${image}${time}: ${describeSize(channels[0])}, ${found}, ${milliseconds(ms.total)} ms, ` +
    files.join(", ");
}

/** A finding for programs, on a line of its own. */
export function findingAsJson(finding: Finding, backend: Backend): string {
  const { image, frame, channels, objects, classes, ms, files } = finding;
  const { width, height, depth } = channels[0];
  return JSON.stringify({
    image,
    ...(frame !== undefined && { frame }),
    size: depth > 1 ? [width, height, depth] : [width, height],
    objects: objects ?? null,
    classes: Object.fromEntries(classes),
    backend: backend.kind,
    device: backend.device,
    ms,
    files,
  });
}

function format(count: number): string {
  return count.toLocaleString("en");
}

function milliseconds(ms: number): string {
  return ms < 10 ? ms.toFixed(1) : ms.toFixed(0);
}
