import type { Backend } from "../backend.ts";
import { DaubError } from "../errors.ts";
import type { Tool } from "./classifier.ts";
import { computeFrame, type Frame } from "./compute_frame.ts";
import { ImageSource } from "./image_source.ts";
import type { Input } from "./inputs.ts";
import { StageTimes } from "./stage_times.ts";
import type { Task, TaskListener } from "./task.ts";

/** Does a task with one image, frame by frame. */
export async function computeImage(
  input: Input,
  task: Task,
  tool: Tool | undefined,
  backend: Backend,
  listener: TaskListener,
  signal?: AbortSignal,
): Promise<void> {
  let times = new StageTimes();
  const open = (name: string | undefined, channels?: readonly number[]) =>
    name === undefined
      ? undefined
      : times.measure("read", () => ImageSource.open(name, signal, channels));
  const isLabelsOnly = input.labels === input.source;
  const image = (await open(input.source, input.channels))!;
  image.expectFormat(task.format);
  const labels = isLabelsOnly ? image : await open(input.labels);
  const truth = await open(input.truth);
  for (const other of [labels, truth]) if (other) expectFrames(other, image);
  const sizes = [image, labels, truth].map((source) => source?.bytes ?? 0);
  await listener.opened(image.info, sizes.reduce((a, b) => a + b));
  for (let number = 0; number < image.frames; number++) {
    const frame: Frame = await times.measure("read", async () => ({
      image: image.name,
      ...(image.frames > 1 && { frame: number }),
      ...(!isLabelsOnly && { channels: await image.read(number, signal) }),
      ...(labels && { labels: await labels.readOnly("labels", number, signal) }),
      ...(truth && { truth: await truth.readOnly("truth", number, signal) }),
    }));
    const result = await computeFrame(frame, task, tool, { backend, signal, times });
    await listener.done({ frame: number, ...result });
    times = new StageTimes();
  }
}

function expectFrames(other: ImageSource, image: ImageSource): void {
  if (other.frames === 1 || other.frames === image.frames) return;
  throw new DaubError(
    "image",
    `Expected ${other.name} to have 1 or ${image.frames} time frames, like the image, but found ` +
      `${other.frames}. Choose the file that belongs to ${image.name}.`,
    { expected: image.frames, found: other.frames, where: other.name },
  );
}
