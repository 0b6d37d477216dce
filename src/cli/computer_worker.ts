/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
import { openBackend } from "../backends/open_backend.ts";
import type { Backend } from "../backend.ts";
import { openClassifier, type Tool } from "./classifier.ts";
import { computeImage } from "./compute_image.ts";
import type { FromComputer, ToComputer } from "./computer_messages.ts";
import type { Input } from "./inputs.ts";
import { quietWayland } from "./quiet_wayland.ts";
import { type Task, toPlainError } from "./task.ts";

quietWayland();

let task: Task;
let tool: Tool | undefined;
let backend: Backend;
/** Ends the wait for the answer to what was told last. */
let answer: { go(): void; leave(error: Error): void };

self.onmessage = async ({ data }: MessageEvent<ToComputer>) => {
  switch (data.type) {
    case "go":
      return answer.go();
    case "leave":
      return answer.leave(new Error("left"));
    case "start":
      try {
        task = data.task;
        tool = task.classifier && openClassifier(task.classifier);
        backend = await openBackend(task.backend, { threads: data.threads });
        return tell({ type: "ready" });
      } catch (error) {
        return tell({ type: "failed", error: toPlainError(error) });
      }
    case "compute":
      return await compute(data.input);
  }
};

async function compute(input: Input): Promise<void> {
  try {
    await computeImage(input, task, tool, backend, {
      opened: (info, bytes) => ask({ type: "opened", info, bytes }),
      done: (result) => {
        const buffers = result.files.map(({ bytes }) => bytes.buffer as ArrayBuffer);
        return ask({ type: "done", result }, buffers);
      },
    });
    tell({ type: "finished" });
  } catch (error) {
    tell({ type: "failed", error: toPlainError(error) });
  }
}

function tell(message: FromComputer, transfer: ArrayBuffer[] = []): void {
  self.postMessage(message, transfer);
}

/** Tells something and waits until it was dealt with. */
function ask(message: FromComputer, transfer?: ArrayBuffer[]): Promise<void> {
  return new Promise((go, leave) => {
    answer = { go, leave };
    tell(message, transfer);
  });
}
