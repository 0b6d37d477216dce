/// <reference lib="dom" />
import type { LiveState } from "../live.ts";
import { explain, isHint, type LiveSource, type SteeredPump } from "../live_switch.ts";
import { element, isTyping } from "./painter/element.ts";

/** The element that {@linkcode liveSwitch} makes: a view whose value is whether it is on. */
export interface LiveSwitch extends HTMLElement, LiveSource {
  value: boolean;
  attach(pump: SteeredPump): void;
  addEventListener: HTMLElement["addEventListener"];
}

/** How {@linkcode liveSwitch} begins. */
export interface LiveSwitchOptions {
  /** Whether it is on. Default true. */
  readonly value?: boolean;
  /** Cleans up when it settles; in a notebook, `invalidation` does. */
  readonly invalidation?: Promise<unknown>;
}

/** What the stages of a computation are called. */
const STAGES: Record<string, string> = {
  samples: "samples",
  features: "features",
  train: "training",
  classes: "classes",
  labels: "objects",
};

/** Only what takes longer than this, in milliseconds, is worth a word. */
const SLOW = 500;

/**
 * A switch that says whether every stroke is followed at once; while it is off, the button beside
 * it or the key U updates once. It shows how the computation fares and cancels it.
 */
export function liveSwitch({ value = true, invalidation }: LiveSwitchOptions = {}): LiveSwitch {
  const controller = new AbortController();
  invalidation?.then(() => controller.abort());
  const { signal } = controller;
  let pump: SteeredPump | undefined;
  let slow: ReturnType<typeof setTimeout> | undefined;

  const toggle = element("button", {
    type: "button",
    role: "switch",
    class: "daub-toggle",
    title: "Follow every stroke and option at once",
    click: () => {
      set(!isOn);
      root.dispatchEvent(new Event("input", { bubbles: true }));
    },
  }, "Live");
  const once = element("button", {
    type: "button",
    class: "daub-switch",
    title: "Update once (U)",
    click: () => update(),
  }, "Update");
  const status = element("output", { class: "daub-live-status", "aria-live": "polite" });
  const stage = element("span", { class: "daub-dim daub-stage-name" });
  const progress = element("progress", { "aria-label": "Progress", max: 1 });
  const busy = element(
    "span",
    { class: "daub-live-busy", hidden: true },
    stage,
    progress,
    element(
      "button",
      { type: "button", class: "daub-switch", click: () => pump?.cancel() },
      "Cancel",
    ),
  );
  const root = element(
    "div",
    { class: "daub-live", role: "group", "aria-label": "Live update" },
    toggle,
    once,
    status,
    busy,
  ) as unknown as LiveSwitch;

  let isOn = value;
  const set = (next: boolean) => {
    isOn = next;
    toggle.setAttribute("aria-checked", String(isOn));
    once.hidden = isOn;
    if (pump) show(pump.state);
  };
  const update = () => pump?.update();
  const showBusy = (isBusy: boolean) => {
    clearTimeout(slow);
    slow = undefined;
    busy.hidden = !isBusy;
    // A line of text and a bar at once would not fit.
    status.hidden = isBusy;
  };
  const show = (state: LiveState) => {
    root.dataset.status = isHint(state.error) ? "stale" : state.status;
    once.disabled = state.status === "running" || state.status === "done";
    if (state.status !== "running") {
      showBusy(false);
      const text = describe(state, isOn);
      // Said again only when it has changed.
      if (status.textContent !== text) status.textContent = text;
      return;
    }
    slow ??= setTimeout(() => showBusy(true), SLOW);
    if (state.progress) progress.value = state.progress.fraction;
    else progress.removeAttribute("value");
    stage.textContent = STAGES[state.progress?.stage ?? ""] ?? "";
  };
  document.addEventListener("keydown", (event) => {
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (event.key.toLowerCase() !== "u" || !isPlain || event.defaultPrevented) return;
    if (isTyping(event.composedPath()[0] as EventTarget)) return;
    event.preventDefault();
    update();
  }, { signal });
  set(value);

  return Object.defineProperties(root, {
    value: { get: () => isOn, set },
    attach: {
      value: (next: SteeredPump) => {
        pump = next;
        show(next.state);
        (async () => {
          for await (const state of next.states()) if (pump === next) show(state);
        })();
      },
    },
  });
}

function describe({ status, error }: LiveState, isOn: boolean): string {
  if (status === "failed") return explain(error);
  if (status !== "stale") return "";
  return isOn
    ? "Cancelled. The next stroke computes again."
    : "Older than your strokes or options.";
}
