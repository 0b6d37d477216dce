/// <reference lib="dom" />
import { DaubError } from "../../errors.ts";
import type { LiveContext } from "../live.ts";
import { explain } from "../live_switch.ts";
import { element } from "./painter/element.ts";

/**
 * A view of what was asked for last; null before, because cells wait for a view whose value is
 * undefined.
 */
export interface OnDemand<Result> extends HTMLElement {
  readonly value: Result | null;
}

/**
 * A button for what takes too long to follow every stroke: it shows how far the work has come, and
 * cancels it. As a view its value is the last result.
 *
 * @param label What the button says.
 * @param work Does the work; what it throws is told beside the button.
 * @param invalidation When it settles, the work is given up.
 */
export function onDemand<Result>(
  label: string,
  work: (context: LiveContext) => Promise<Result>,
  invalidation?: Promise<unknown>,
): OnDemand<Result> {
  let value: Result | null = null;
  let controller: AbortController | undefined;
  const status = element("output", { "aria-live": "polite" });
  const progress = element("progress", { "aria-label": `Progress: ${label}`, max: 1 });
  const start = element("button", { type: "button", click: () => void run() }, label);
  const cancel = element(
    "button",
    { type: "button", click: () => controller?.abort("cancelled") },
    "Cancel",
  );
  const root = element("div", { class: "on-demand" }, start, cancel, progress, status);

  const show = (isBusy: boolean) => {
    start.disabled = isBusy;
    cancel.hidden = progress.hidden = !isBusy;
  };
  const run = async () => {
    controller = new AbortController();
    const { signal } = controller;
    status.textContent = "";
    progress.removeAttribute("value");
    show(true);
    try {
      const onProgress = ({ fraction }: { fraction: number }) => void (progress.value = fraction);
      const found = await work({ signal, onProgress });
      if (signal.aborted) throw new DaubError("cancelled", "Cancelled.");
      value = found;
      root.dispatchEvent(new Event("input", { bubbles: true }));
    } catch (error) {
      const wasCancelled = signal.aborted || (error as DaubError).tag === "cancelled";
      status.textContent = wasCancelled ? "Cancelled." : explain(error);
    } finally {
      show(false);
    }
  };
  invalidation?.then(() => controller?.abort("cancelled"));
  show(false);
  return Object.defineProperty(root, "value", { get: () => value }) as unknown as OnDemand<Result>;
}
