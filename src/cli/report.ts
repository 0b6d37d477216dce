import type { Backend } from "../backend.ts";
import { describeTrees } from "../classifiers/classifier.ts";
import { DEFAULT_FEATURES } from "../classifiers/model.ts";
import { describeSize, dimensions } from "../image/image.ts";
import { kindOf, type Tool } from "./classifier.ts";
import type { Finding, Scores } from "./finding.ts";
import { isObjectKind } from "./kinds.ts";
import type { Options } from "./options.ts";
import type { Training } from "./train.ts";

/** A line of the report: what it is about, padded, and what there is to say. */
function line(subject: string, text: string): string {
  return `${subject.padEnd(12)}${text}`;
}

/** The strokes a classifier was trained on. */
export function describeTraining(
  { annotations, labelled }: Training,
  ms: Readonly<Record<string, number>>,
): string[] {
  const total = [...labelled.values()].reduce((a, b) => a + b, 0);
  const classes = [...labelled].map(([value, count]) => `class ${value}: ${format(count)}`);
  const names = annotations.length === 1 ? annotations[0] : `${annotations.length} images`;
  return [
    line("Strokes", `${names}: ${format(total)} labelled pixels (${classes.join(", ")})`),
    line("Training", describeTimes(ms)),
  ];
}

/** Features, forest and backend: what all images of a run have in common. */
export function describeMeans(
  classifier: Tool,
  backend: Backend,
  options: Options,
): string[] {
  const { forest, featureSpecification, classes, className } = classifier;
  const specification = featureSpecification.trim().split(/\s+/).join(" ");
  const named = options.features ?? (isObjectKind(kindOf(classifier)) ? "" : DEFAULT_FEATURES);
  const preset = options.classifier === undefined && /^\w+$/.test(named) && named !== specification;
  return [
    ...(options.classifier === undefined
      ? []
      : [line("Classifier", `${options.classifier} (${className})`)]),
    line("Features", `${preset ? `${named}: ` : ""}${specification}`),
    line(
      "Forest",
      `${describeTrees(forest)} for classes ` +
        `${classes.join(", ")}, votes by ${forest.votes}` +
        (forest.randomState === undefined ? "" : `, random state ${forest.randomState}`),
    ),
    line("Backend", `${backend.kind} (${backend.device}): ${backend.reason}`),
  ];
}

/** What was found in an image, how long it took and where it is. */
export function describeFinding(
  finding: Finding,
  classifier: Tool | undefined,
  options: Options,
): string[] {
  const { image, size, type, channels, objects, classes, scores, ms, files } = finding;
  const counts = classes?.map(([value, count]) => `class ${value}: ${format(count)}`).join(", ");
  const connectivity = options.connectivity ?? (dimensions(size) === 3 ? 6 : 4);
  const isOfPixels = classifier !== undefined && !isObjectKind(kindOf(classifier));
  const positive = classifier && "positiveClass" in classifier
    ? ` of class ${classifier.positiveClass}`
    : "";
  return [
    line(
      "Image",
      `${image}: ${describeSize(size)} pixels, ${channels} channel${channels === 1 ? "" : "s"}, ` +
        type,
    ),
    ...(counts && isOfPixels ? [line("Pixels", counts)] : []),
    ...(objects === undefined ? [] : [
      line(
        "Objects",
        `${format(objects)}${positive}${isOfPixels ? `, ${connectivity}-connected` : ""}` +
          (counts && !isOfPixels ? ` (${counts})` : ""),
      ),
    ]),
    ...(scores ? [line("Truth", scores.statement)] : []),
    line("Time", describeTimes(ms)),
    ...files.map((file, i) => line(i === 0 ? "Written" : "", file)),
  ];
}

function describeTimes({ total, ...stages }: Readonly<Record<string, number>>): string {
  const times = Object.entries(stages).map(([stage, time]) => `${stage} ${milliseconds(time)}`);
  return `${times.join(", ")}; ${milliseconds(total)} ms in all`;
}

/** All about one of many images, in a line. */
export function summarizeFinding(finding: Finding, isKept = false): string {
  const { image, frame, size, objects, classes, scores, ms, files } = finding;
  const found = objects === undefined
    ? (classes ?? []).map(([value, count]) => `class ${value}: ${format(count)}`).join(", ")
    : `${format(objects)} object${objects === 1 ? "" : "s"}`;
  const time = frame === undefined ? "" : `, frame ${frame}`;
  const truth = scores ? `, ${describeScores(scores)}` : "";
  const done = isKept ? "kept, made in the same way before" : `${milliseconds(ms.total)} ms`;
  return `${image}${time}: ${describeSize(size)}, ${found}${truth}, ${done}` +
    (files.length > 0 ? `, ${files.join(", ")}` : "");
}

/** The mean scores of several images; nothing where no truth is known. */
export function summarizeScores(findings: readonly Finding[]): string[] {
  const all = findings.flatMap(({ scores }) => scores ? [scores.values] : []);
  if (all.length < 2) return [];
  const names = Object.keys(all[0]);
  const mean = (name: string) =>
    all.reduce((sum, values) => sum + (values[name] ?? 0), 0) / all.length;
  const values = Object.fromEntries(names.map((name) => [name, mean(name)]));
  return [`Truth: mean of ${all.length} images ${describeScores({ values, statement: "" })}`];
}

function describeScores({ values }: Scores): string {
  const { f1, aggregatedJaccard, accuracy, meanIou } = values;
  return f1 === undefined
    ? `accuracy ${accuracy.toFixed(3)}, mean IoU ${meanIou.toFixed(3)}`
    : `F1 ${f1.toFixed(3)}, aggregated Jaccard ${aggregatedJaccard.toFixed(3)}`;
}

/** A finding for programs, on a line of its own. */
export function findingAsJson(finding: Finding, backend: Backend, isKept = false): string {
  const { image, frame, size, objects, classes, scores, ms, files } = finding;
  const { width, height, depth } = size;
  return JSON.stringify({
    image,
    ...(frame !== undefined && { frame }),
    size: depth > 1 ? [width, height, depth] : [width, height],
    objects: objects ?? null,
    ...(classes && { classes: Object.fromEntries(classes) }),
    ...(scores && { scores: scores.values }),
    ...(isKept && { kept: true }),
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
