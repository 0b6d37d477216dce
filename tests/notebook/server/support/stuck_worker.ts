/**
 * A thread that opens images as the real one does but computes as it is told by the options:
 * `features: "wait"` until it is cancelled, `"stuck"` for ever, `"crash"` not at all, and else it
 * counts.
 */
import type { ToWorker, WorkerRequest } from "../../../../src/notebook/server/worker_messages.ts";

const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<ToWorker>) => void;
  postMessage(message: unknown): void;
};
const waiting = new Map<number, () => void>();
let computed = 0;

scope.onmessage = ({ data }) => {
  if ("cancel" in data) return waiting.get(data.cancel)?.();
  const { id, request } = data;
  if (request.kind === "open") return scope.postMessage({ id, answer: opened(request) });
  if (request.kind !== "compute") return scope.postMessage({ id, answer: new Uint8Array(1) });
  const { features } = request.options;
  computed++;
  if (features === "crash") {
    setTimeout(() => {
      throw new Error("out of memory");
    });
  } else if (features === "stuck") { for (;;); }
  else if (features === "wait") {
    scope.postMessage({ id, progress: { stage: "features", fraction: 0.5 } });
    waiting.set(
      id,
      () =>
        scope.postMessage({ id, error: { tag: "cancelled", message: "The work was stopped." } }),
    );
  } else scope.postMessage({ id, answer: Uint8Array.of(computed) });
};

function opened({ name }: Extract<WorkerRequest, { kind: "open" }>): unknown {
  return {
    name,
    contentKey: "c0".repeat(32),
    size: { width: 20, height: 10, depth: 1, frames: 1 },
    device: "a stand-in",
    channels: [{ type: "Uint8Array", bytes: new Uint8Array(200) }],
  };
}
