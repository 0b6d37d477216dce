/// <reference lib="dom" />
import type { Viewport } from "../viewport.ts";
import type { Settings, Tool } from "./settings.ts";
import type { Tools } from "./tools.ts";

/** What keys can do beside changing settings. */
export interface KeyActions {
  undo(): void;
  redo(): void;
  resetView(): void;
  /** Zooms to the pointer. */
  zoom(factor: number): void;
  showKeys(): void;
  /** Closes what is open over the image; false when nothing is. */
  close(): boolean;
}

/** One line of the sheet of keys, and what it does; lines without `run` only explain. */
export interface KeyBinding {
  /** Keys as `KeyboardEvent.key` in lower case, with `ctrl+` and `shift+` in front. */
  readonly keys: readonly string[];
  /** As shown to people. */
  readonly shown: string;
  readonly does: string;
  readonly group: "Tools" | "Classes" | "Brush" | "View" | "History" | "Keyboard only";
  readonly run?: (key: string) => void;
}

/** What the digits do in the preset for people who come from napari. */
const NAPARI_DIGITS: readonly Tool[] = ["eraser", "brush", "polygon", "fill", "pick", "pan"];

/** How far a key zooms. */
const ZOOM = 1.5;

/** All keys of the painter: those of napari's Labels layer, and the digits for classes. */
export function keyBindings(
  settings: Settings,
  tools: Tools,
  actions: KeyActions,
): readonly KeyBinding[] {
  const tool = (name: Tool) => () => settings.change({ tool: name });
  const grow = (by: 1 | -1) => () => {
    const { size } = settings.now;
    const step = size < 10 || (size === 10 && by < 0) ? 1 : Math.max(1, Math.round(size / 10));
    settings.change({ size: size + by * step });
  };
  const digit = (key: string) => {
    const number = Number(key);
    const { classes, digits } = settings.now;
    if (digits === "napari") {
      if (NAPARI_DIGITS[number - 1]) settings.change({ tool: NAPARI_DIGITS[number - 1] });
    } else if (classes.some(({ value }) => value === number)) {
      settings.change({ value: number });
    }
  };
  return [
    { group: "Tools", keys: ["p"], shown: "P", does: "brush", run: tool("brush") },
    { group: "Tools", keys: ["e"], shown: "E", does: "eraser", run: tool("eraser") },
    { group: "Tools", keys: ["f"], shown: "F", does: "fill", run: tool("fill") },
    { group: "Tools", keys: ["g"], shown: "G", does: "polygon", run: tool("polygon") },
    { group: "Tools", keys: ["l"], shown: "L", does: "pick a class", run: tool("pick") },
    { group: "Tools", keys: ["z"], shown: "Z", does: "pan and zoom", run: tool("pan") },
    { group: "Tools", keys: [], shown: "Shift or right button", does: "erase while drawing" },
    {
      group: "Classes",
      keys: ["1", "2", "3", "4", "5", "6", "7", "8", "9"],
      shown: "1 – 9",
      does: "class (tools, with napari's digits)",
      run: digit,
    },
    { group: "Classes", keys: ["="], shown: "=", does: "next", run: () => settings.cycle(1) },
    { group: "Classes", keys: ["-"], shown: "−", does: "previous", run: () => settings.cycle(-1) },
    { group: "Classes", keys: ["m"], shown: "M", does: "new", run: () => settings.addClass() },
    {
      group: "Classes",
      keys: ["x"],
      shown: "X",
      does: "swap with nothing, which erases",
      run: () => {
        const { value, otherValue } = settings.now;
        settings.change({ value: value === 0 ? otherValue || 1 : 0 });
      },
    },
    {
      group: "Classes",
      keys: ["b"],
      shown: "B",
      does: "preserve labels",
      run: () => settings.change({ preserve: !settings.now.preserve }),
    },
    { group: "Brush", keys: ["["], shown: "[", does: "smaller", run: grow(-1) },
    { group: "Brush", keys: ["]"], shown: "]", does: "larger", run: grow(1) },
    { group: "Brush", keys: [], shown: "Alt + drag", does: "size" },
    { group: "Brush", keys: ["enter"], shown: "Enter", does: "close the polygon" },
    {
      group: "Brush",
      keys: ["backspace"],
      shown: "Backspace",
      does: "drop the last corner",
      run: () => tools.dropCorner(),
    },
    {
      group: "Brush",
      keys: ["escape"],
      shown: "Esc",
      does: "drop the polygon",
      run: () => void (tools.cancel() || actions.close()),
    },
    { group: "View", keys: [], shown: "Wheel or pinch", does: "zoom to the pointer" },
    { group: "View", keys: ["+"], shown: "+", does: "zoom in", run: () => actions.zoom(ZOOM) },
    { group: "View", keys: ["_"], shown: "_", does: "zoom out", run: () => actions.zoom(1 / ZOOM) },
    { group: "View", keys: [], shown: "Space + drag", does: "move" },
    {
      group: "View",
      keys: ["ctrl+r", "home"],
      shown: "Ctrl + R or Home",
      does: "reset the view",
      run: actions.resetView,
    },
    ...sliceKeys(tools.stage.viewport),
    {
      group: "View",
      keys: ["v"],
      shown: "V",
      does: "show or hide the annotation",
      run: () => settings.change({ visible: !settings.now.visible }),
    },
    {
      group: "View",
      keys: ["?", "shift+?"],
      shown: "?",
      does: "this sheet",
      run: actions.showKeys,
    },
    { group: "History", keys: ["ctrl+z"], shown: "Ctrl + Z", does: "undo", run: actions.undo },
    {
      group: "History",
      keys: ["ctrl+shift+z", "ctrl+y"],
      shown: "Ctrl + Shift + Z",
      does: "redo",
      run: actions.redo,
    },
    { group: "Keyboard only", keys: [], shown: "Arrows", does: "move the pointer (Shift: by 10)" },
    {
      group: "Keyboard only",
      keys: [],
      shown: "Enter",
      does: "put the brush down, lift it; click",
    },
  ];
}

/** ImageJ's keys for slices, and the same with Shift for time points; where there are some. */
function sliceKeys(viewport: Viewport): KeyBinding[] {
  const { depth, frames = 1 } = viewport.size;
  const move = (axis: "z" | "t", by: number) => () =>
    viewport.view = { [axis]: viewport.view[axis] + by };
  const keys = (axis: "z" | "t", back: string, on: string, name: string): KeyBinding[] => [
    { group: "View", keys: [back], shown: back, does: `previous ${name}`, run: move(axis, -1) },
    { group: "View", keys: [on], shown: on, does: `next ${name}`, run: move(axis, 1) },
  ];
  return [
    ...(depth > 1 ? keys("z", ",", ".", "slice") : []),
    ...(frames > 1 ? keys("t", "<", ">", "time point") : []),
  ];
}

/** A key with its modifiers, as bindings write it. */
export function keyName(event: KeyboardEvent): string {
  const control = event.ctrlKey || event.metaKey ? "ctrl+" : "";
  const key = event.key.toLowerCase();
  return control + (event.shiftKey ? "shift+" : "") + key;
}
