/**
 * A thread that takes any classifier and does with an image file what its first byte says: `w`ait
 * until it is cancelled, be `s`tuck for ever, `c`rash, and else tell how often it was cancelled.
 */
import type { ToWorker } from "../../../../src/notebook/server/worker_messages.ts";

const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<ToWorker>) => void;
  postMessage(message: unknown): void;
};
const waiting = new Map<number, () => void>();
let cancelled = 0;

scope.onmessage = ({ data }) => {
  if ("cancel" in data) return waiting.get(data.cancel)?.();
  const { id, request } = data;
  if (request.kind === "classifier") {
    const sizes = { numFeatures: 1, dimensions: 2, numChannels: 1 };
    return scope.postMessage({ id, answer: { classes: [1, 2], positiveClass: 2, ...sizes } });
  }
  if (request.kind !== "apply") return;
  const what = String.fromCharCode(request.bytes[0]);
  if (what === "c") {
    setTimeout(() => {
      throw new Error("out of memory");
    });
  } else if (what === "s") { for (;;); }
  else if (what === "w") {
    scope.postMessage({ id, progress: { stage: "segment", fraction: 0.5 } });
    waiting.set(id, () => {
      cancelled++;
      scope.postMessage({ id, error: { tag: "cancelled", message: "The work was stopped." } });
    });
  } else {
    const frame = { count: cancelled, labels: new Uint8Array(100), table: "label\n" };
    const size = { width: 1, height: 1, depth: 1 };
    scope.postMessage({ id, answer: { ...size, frames: [frame], milliseconds: 1 } });
  }
};
