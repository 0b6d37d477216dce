/// <reference lib="dom" />
import { isTyping } from "./element.ts";
import { type KeyBinding, keyName } from "./keymap.ts";
import type { Overlay } from "./overlay.ts";
import type { Settings } from "./settings.ts";
import type { Stage } from "./stage.ts";
import type { Tools } from "./tools.ts";

const ARROWS: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/**
 * Runs key bindings while the focus is in the painter, or the pointer above it and the focus
 * nowhere else; never while somebody types. On the surface itself, arrows and Enter paint.
 */
export function listenToKeys(
  root: HTMLElement,
  stage: Stage,
  settings: Settings,
  tools: Tools,
  overlay: Overlay,
  bindings: readonly KeyBinding[],
  say: (message: string) => void,
  signal: AbortSignal,
): void {
  const byKey = new Map(bindings.flatMap((binding) => binding.keys.map((key) => [key, binding])));
  let hovered = false;
  let clicked = false;
  let pointer: { x: number; y: number } | undefined;
  let pen: ReturnType<Tools["brush"]> | undefined;

  const isOurs = () => {
    const active = (root.getRootNode() as Document | ShadowRoot).activeElement ??
      document.activeElement;
    // A click leaves the focus on a button or a box; the keys are the painter's all the same.
    const elsewhere = active && active !== document.body && active !== document.documentElement &&
      (!clicked || isTyping(active) || active.closest(".daub-painter"));
    return root.contains(active) || (hovered && !elsewhere);
  };

  const lift = () => {
    if (pen) say("Brush lifted");
    pen = undefined;
  };

  const press = (shift: boolean) => {
    const { tool, value } = settings.now;
    const { x, y } = pointer ??= centre(stage);
    overlay.moveTo(pointer);
    if (tool !== "brush" && tool !== "eraser") return tools.act(x, y, shift);
    if (pen) return lift();
    pen = tools.brush(tool === "eraser" || shift ? 0 : value);
    pen.to([pointer]);
    say("Brush down; move with the arrows, Enter lifts");
  };

  const move = (event: KeyboardEvent, [dx, dy]: readonly [number, number]) => {
    const { width, height } = stage.viewport.size;
    const step = event.shiftKey ? 10 : 1;
    const { x, y } = pointer ?? centre(stage);
    pointer = {
      x: Math.min(width - 0.5, Math.max(0.5, x + step * dx)),
      y: Math.min(height - 0.5, Math.max(0.5, y + step * dy)),
    };
    stage.viewport.reveal(pointer.x, pointer.y, stage.width, stage.height);
    overlay.moveTo(pointer);
    if (pen) pen.to([pointer]);
    else say(`x ${Math.floor(pointer.x)}, y ${Math.floor(pointer.y)}`);
  };

  const onSurface = (event: KeyboardEvent): boolean => {
    if (event.composedPath()[0] !== stage.canvas || event.ctrlKey || event.metaKey) return false;
    const arrow = ARROWS[event.key];
    if (arrow) move(event, arrow);
    else if (event.key === "Enter" && tools.sketch.corners.length > 2) tools.closePolygon();
    else if (event.key === "Enter") press(event.shiftKey);
    else return false;
    return true;
  };

  document.addEventListener("pointerdown", () => clicked = true, { signal, capture: true });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Tab") clicked = false;
    // Of an event from a shadow root, `target` tells only the host.
    const [target] = event.composedPath();
    if (event.defaultPrevented || isTyping(target) || !isOurs()) return;
    const onControl = target instanceof HTMLButtonElement || target instanceof HTMLInputElement;
    // After a click on a button its focus is not meant for the keyboard.
    const onFocused = onControl && target.matches(":focus-visible");
    if (event.key === " " && !onFocused) {
      tools.spaceHeld = true;
      stage.element.dataset.space = "";
      overlay.update();
      return event.preventDefault();
    }
    if (onSurface(event)) return event.preventDefault();
    if (event.key === "Enter" && !onControl && tools.sketch.corners.length > 2) {
      tools.closePolygon();
      return event.preventDefault();
    }
    const name = keyName(event);
    const binding = byKey.get(name) ??
      (event.shiftKey && !/[a-z]$/.test(event.key.toLowerCase())
        ? byKey.get(name.replace("shift+", ""))
        : undefined);
    if (!binding?.run || event.altKey || (onControl && event.key === "Home")) return;
    // Without focus in the painter, Ctrl+R is the browser's.
    if (name === "ctrl+r" && !root.contains(target as Node)) return;
    lift();
    binding.run(event.key);
    event.preventDefault();
  }, { signal });
  const release = () => {
    tools.spaceHeld = false;
    delete stage.element.dataset.space;
    overlay.update();
  };
  document.addEventListener("keyup", (event) => event.key === " " && release(), { signal });
  globalThis.addEventListener("blur", release, { signal });
  root.addEventListener("pointerenter", () => hovered = true, { signal });
  root.addEventListener("pointerleave", () => hovered = false, { signal });
  stage.canvas.addEventListener("blur", lift, { signal });
  stage.canvas.addEventListener("pointerdown", lift, { signal });
  stage.canvas.addEventListener("pointermove", () => pointer = undefined, { signal });
}

function centre(stage: Stage): { x: number; y: number } {
  const { scale, left, top } = stage.transform;
  const { width, height } = stage.viewport.size;
  const x = Math.floor((stage.width / 2 - left) / scale) + 0.5;
  const y = Math.floor((stage.height / 2 - top) / scale) + 0.5;
  return {
    x: Math.min(width - 0.5, Math.max(0.5, x)),
    y: Math.min(height - 0.5, Math.max(0.5, y)),
  };
}
