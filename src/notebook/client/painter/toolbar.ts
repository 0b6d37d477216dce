/// <reference lib="dom" />
import { element } from "./element.ts";
import { icon, type IconName } from "./icons.ts";
import { LARGEST_BRUSH, type Settings, type Tool } from "./settings.ts";

/** What the toolbar's buttons do beside changing settings. */
export interface ToolbarActions {
  undo(): void;
  redo(): void;
  resetView(): void;
  toggleDisplay(): void;
  showKeys(): void;
  /** Gives the keyboard back to the image. */
  leave(): void;
}

const TOOL_NAMES: Record<Tool, string> = {
  brush: "Brush (P)",
  eraser: "Eraser (E)",
  fill: "Fill (F)",
  polygon: "Polygon (G)",
  pick: "Pick a class (L)",
  pan: "Pan and zoom (Z)",
};

/** The row of tools above the image. */
export class Toolbar {
  readonly element: HTMLElement;
  readonly displayButton: HTMLButtonElement;
  readonly #tools: [Tool, HTMLButtonElement][];
  readonly #undo: HTMLButtonElement;
  readonly #redo: HTMLButtonElement;

  constructor(settings: Settings, actions: ToolbarActions, volume: boolean, signal: AbortSignal) {
    this.#tools = Object.entries(TOOL_NAMES).map(([tool, title]) => [
      tool as Tool,
      iconButton(tool as IconName, title, () => settings.change({ tool: tool as Tool })),
    ]);
    this.#undo = iconButton("undo", "Undo (Ctrl+Z)", actions.undo);
    this.#redo = iconButton("redo", "Redo (Ctrl+Shift+Z)", actions.redo);
    const eye = iconButton(
      "eye",
      "Show the annotation (V)",
      () => settings.change({ visible: !settings.now.visible }),
    );
    this.displayButton = iconButton("display", "Display", actions.toggleDisplay);
    this.displayButton.setAttribute("aria-expanded", "false");
    const options = toolOptions(settings, actions, volume, signal);
    this.element = element(
      "div",
      { class: "daub-toolbar", role: "toolbar", "aria-label": "Painting tools" },
      element("div", { class: "daub-group" }, ...this.#tools.map(([, button]) => button)),
      options,
      element(
        "div",
        { class: "daub-group daub-right" },
        this.#undo,
        this.#redo,
        eye,
        iconButton("fit", "Reset the view (Ctrl+R)", actions.resetView),
        this.displayButton,
        iconButton("keys", "Keys (?)", actions.showKeys),
      ),
    );
    settings.follow(() => {
      const { tool, visible } = settings.now;
      for (const [name, button] of this.#tools) {
        button.setAttribute("aria-pressed", String(name === tool));
      }
      eye.setAttribute("aria-pressed", String(visible));
      eye.replaceChildren(icon(visible ? "eye" : "hidden"));
    }, signal);
  }

  /** Says whether there is something to take back or to do once more. */
  setHistory(undo: number, redo: number): void {
    for (const [button, depth] of [[this.#undo, undo], [this.#redo, redo]] as const) {
      // Not `disabled`, which would drop the focus while undoing by keyboard.
      button.setAttribute("aria-disabled", String(depth === 0));
    }
  }
}

/** A button with an icon; its title is its name. */
export function iconButton(name: IconName, title: string, click: () => void): HTMLButtonElement {
  const attributes = { type: "button", class: "daub-button", title, "aria-label": title, click };
  return element("button", attributes, icon(name));
}

/** A button that is on or off. */
export function switchButton(text: string, title: string, click: () => void): HTMLButtonElement {
  return element("button", { type: "button", class: "daub-switch", title, click }, text);
}

/** What belongs to the tool in hand: the size of a brush, or how far a fill goes. */
function toolOptions(
  settings: Settings,
  { leave }: ToolbarActions,
  volume: boolean,
  signal: AbortSignal,
): HTMLElement {
  // Fine steps for small brushes, coarse ones for large: the slider is logarithmic.
  const top = 1000;
  const toSlider = (size: number) => Math.round(top * Math.log(size) / Math.log(LARGEST_BRUSH));
  const slider = element("input", {
    type: "range",
    min: 0,
    max: top,
    "aria-label": "Brush size",
    input: () =>
      settings.change({ size: Math.round(LARGEST_BRUSH ** (Number(slider.value) / top)) }),
    keydown: (event: KeyboardEvent) => {
      const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
      if (by === undefined) return;
      // By a pixel, not by a step of the slider, which is far less.
      event.preventDefault();
      settings.change({ size: settings.now.size + by });
      slider.value = String(toSlider(settings.now.size));
    },
  });
  const number = element("input", {
    type: "number",
    min: 1,
    max: LARGEST_BRUSH,
    step: 1,
    "aria-label": "Brush size in pixels",
    change: () => settings.change({ size: Number(number.value) || settings.now.size }),
    keydown: (event: KeyboardEvent) => {
      if (event.key !== "Enter") return;
      settings.change({ size: Number(number.value) || settings.now.size });
      leave();
    },
  });
  const size = element(
    "label",
    { class: "daub-size", title: "Brush size ([ and ], or Alt-drag)" },
    element("span", { class: "daub-dim daub-size-name" }, "Size"),
    slider,
    number,
  );
  const contiguous = switchButton(
    "Connected",
    "Fill only what is connected, or everything of the class",
    () => settings.change({ contiguous: !settings.now.contiguous }),
  );
  const through = switchButton(
    "3D",
    "Fill in this slice, or through all slices",
    () => settings.change({ volume: !settings.now.volume }),
  );
  const hint = element("span", { class: "daub-dim daub-hint" });
  const preserve = iconButton(
    "lock",
    "Preserve labels: paint only where nothing is painted (B)",
    () => settings.change({ preserve: !settings.now.preserve }),
  );
  settings.follow(() => {
    const now = settings.now;
    const brushes = now.tool === "brush" || now.tool === "eraser";
    size.hidden = !brushes;
    contiguous.hidden = now.tool !== "fill";
    through.hidden = now.tool !== "fill" || !volume;
    preserve.hidden = now.tool === "pick" || now.tool === "pan";
    hint.textContent = now.tool === "polygon"
      ? "Enter closes"
      : now.tool === "pick"
      ? "Click a pixel"
      : now.tool === "pan"
      ? "Drag to move"
      : "";
    if (!slider.matches(":focus")) slider.value = String(toSlider(now.size));
    slider.setAttribute("aria-valuetext", `${now.size} pixels`);
    number.value = String(now.size);
    contiguous.setAttribute("aria-pressed", String(now.contiguous));
    through.setAttribute("aria-pressed", String(now.volume));
    preserve.setAttribute("aria-pressed", String(now.preserve));
  }, signal);
  return element("div", { class: "daub-options" }, size, contiguous, through, hint, preserve);
}
