import type { Backend } from "../backend.ts";
import { evaluateClasses } from "../evaluation/evaluate_classes.ts";
import { evaluate } from "../evaluation/evaluate.ts";
import { throwIfCancelled } from "../errors.ts";
import { measure } from "../flow/measure.ts";
import type { Image } from "../image/image.ts";
import { sampleTypeOfPixels } from "../image/sample_type.ts";
import type { LabelImage } from "../labeling/labels.ts";
import { formatCsv } from "../measurement/csv.ts";
import { formatGeoJson } from "../measurement/geojson.ts";
import { encodeParquet } from "../measurement/parquet.ts";
import { readLabels } from "../measurement/read_labels.ts";
import type { Table } from "../measurement/table.ts";
import { segmentImage } from "../segment.ts";
import type { ObjectTool, PixelTool, Tool } from "./classifier.ts";
import { encodeResult, type Found } from "./encode.ts";
import type { Scores } from "./finding.ts";
import type { PixelKind } from "./kinds.ts";
import { resultsOf } from "./result_names.ts";
import type { StageTimes } from "./stage_times.ts";
import type { FrameResult, ResultFile, Task } from "./task.ts";

/** What is read of one time frame. */
export interface Frame {
  readonly image: string;
  /** Its number, where the image has several. */
  readonly frame?: number;
  /** The intensities; none where there are labels only. */
  readonly channels?: readonly Image[];
  readonly labels?: Image;
  readonly truth?: Image;
}

/** Where and how a frame is computed. */
export interface FrameRun {
  readonly backend: Backend;
  readonly signal?: AbortSignal;
  readonly times: StageTimes;
}

/** Finds, measures and compares what a task asks for, and encodes it. */
export async function computeFrame(
  frame: Frame,
  task: Task,
  tool: Tool | undefined,
  { backend, signal, times }: FrameRun,
): Promise<Omit<FrameResult, "frame">> {
  const { channels, labels, truth } = frame;
  throwIfCancelled(signal);
  const run = { backend, signal, onStage: times.add };
  const found = labels
    ? await workOnObjects(labels, channels, tool as ObjectTool | undefined, run)
    : await workOnPixels(channels!, task, tool as PixelTool, run);
  const files: ResultFile[] = [];
  const [background] = tool?.classes ?? [0];
  for (const kind of resultsOf[task.purpose]) {
    await times.measure(kind.endsWith("overlay") ? "overlay" : "encode", async () => {
      const shown = channels ?? [labels!];
      const bytes = await encodeResult(kind, shown, found, task.format, background);
      files.push({ kind, bytes });
    });
  }
  if (task.measure) {
    const start = performance.now();
    files.push(...await measureFound(found, channels, task.measure, backend, signal));
    times.add("measure", performance.now() - start);
  }
  const scores = truth &&
    await times.measure("evaluate", () => Promise.resolve(compare(found, truth)));
  const pixels = channels ?? [labels!];
  const { width, height, depth } = pixels[0];
  return {
    finding: {
      image: frame.image,
      ...(frame.frame !== undefined && { frame: frame.frame }),
      size: { width, height, depth },
      channels: pixels.length,
      type: sampleTypeOfPixels(pixels[0].data).name,
      ...(found.objects && { objects: found.objects.count }),
      ...(found.counts && { classes: found.counts }),
      ...(scores && { scores }),
      ms: times.total(),
    },
    files,
  };
}

interface Run {
  readonly backend: Backend;
  readonly signal?: AbortSignal;
  readonly onStage: StageTimes["add"];
}

async function workOnPixels(
  channels: readonly Image[],
  task: Task,
  tool: PixelTool,
  run: Run,
): Promise<Found> {
  const kind = task.purpose as PixelKind;
  const { classes, probabilities, labels } = await segmentImage(channels, tool, {
    want: { classes: true, probabilities: kind === "probability", labels: kind === "object" },
    connectivity: task.connectivity,
    ...run,
  });
  const counts = countClasses(classes!.data, tool.classes);
  return { classes, probabilities, objects: labels, counts };
}

async function workOnObjects(
  labels: Image,
  image: readonly Image[] | undefined,
  tool: ObjectTool | undefined,
  run: Run,
): Promise<Found> {
  const numbers = readNumbers(labels);
  const isEmpty = numbers.count === 0;
  if (!tool) return { objects: numbers };
  const nothing = { ...numbers, data: new Uint8Array(labels.data.length) };
  switch (tool.className) {
    case "ObjectClassifier": {
      if (isEmpty) return { objects: numbers, classes: nothing, counts: count([], tool.classes) };
      const { labels: all, classes: found, table } = await tool.classify(labels, image, run);
      const byLabel = new Map(Array.from(all, (label, i) => [label, found[i]]));
      const data = new Uint8Array(numbers.data.length);
      for (let i = 0; i < data.length; i++) data[i] = byLabel.get(numbers.data[i]) ?? 0;
      return {
        objects: numbers,
        classes: { ...labels, data },
        counts: count(found, tool.classes),
        classOf: { column: Uint32Array.from(found), count: table.rowCount },
      };
    }
    case "ObjectSelector":
    case "ObjectMerger":
      return { objects: isEmpty ? numbers : await tool.predict(labels, image, run) };
  }
}

/** Labels as 32-bit numbers, and how many different ones there are. */
function readNumbers(labels: Image): LabelImage {
  const data = readLabels(labels);
  const seen = new Set<number>();
  let last = 0;
  for (const label of data) if (label !== last) seen.add(last = label);
  seen.delete(0);
  return { ...labels, data, count: seen.size };
}

async function measureFound(
  { objects, classOf }: Found,
  channels: readonly Image[] | undefined,
  format: NonNullable<Task["measure"]>,
  backend: Backend,
  signal: AbortSignal | undefined,
): Promise<ResultFile[]> {
  const measured = await measure(objects!, channels, { backend, signal });
  const table: Table = classOf
    ? { ...measured, columns: { ...measured.columns, class: classOf.column } }
    : measured;
  const text = (content: string) => new TextEncoder().encode(content);
  const files: ResultFile[] = [{ kind: "csv", bytes: text(formatCsv(table)) }];
  if (format === "parquet") files.push({ kind: "parquet", bytes: await encodeParquet(table) });
  if (format === "geojson") {
    const classes = classOf?.column;
    files.push({ kind: "geojson", bytes: text(formatGeoJson(objects!, { table, classes })) });
  }
  return files;
}

/** How well what was found agrees with the truth: objects where there are objects, else classes. */
function compare({ objects, classes }: Found, truth: Image): Scores {
  if (objects) {
    const result = evaluate(objects, truth);
    const [{ precision, recall, f1 }] = result.thresholds;
    const { meanAveragePrecision, aggregatedJaccard, foregroundIou, statement } = result;
    return {
      values: { precision, recall, f1, meanAveragePrecision, aggregatedJaccard, foregroundIou },
      statement,
    };
  }
  const { accuracy, meanIou, perClass } = evaluateClasses(classes!, truth);
  const ious = Object.fromEntries(perClass.map((scores) => [`iou_${scores.class}`, scores.iou]));
  return {
    values: { accuracy, meanIou, ...ious },
    statement: `${(100 * accuracy).toFixed(1)} % of the pixels have the true class; mean ` +
      `intersection over union of the classes ${meanIou.toFixed(3)} (` +
      perClass.map((scores) => `class ${scores.class}: ${scores.iou.toFixed(3)}`).join(", ") + ").",
  };
}

type Counts = readonly (readonly [value: number, count: number])[];

/** The number of pixels of every class the classifier knows. */
function countClasses(data: Uint8Array, classes: readonly number[]): Counts {
  const counts = new Uint32Array(256);
  for (let i = 0; i < data.length; i++) counts[data[i]]++;
  return classes.map((value) => [value, counts[value]] as const);
}

/** The number of objects of every class; of class 0 are those with a feature that is not defined. */
function count(found: ArrayLike<number>, classes: readonly number[]): Counts {
  const counts = new Uint32Array(256);
  for (let i = 0; i < found.length; i++) counts[found[i]]++;
  const undefinedOnes = counts[0] > 0 ? [[0, counts[0]] as const] : [];
  return [...undefinedOnes, ...classes.map((value) => [value, counts[value]] as const)];
}
