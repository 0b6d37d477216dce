/// <reference lib="dom" />
import type { Image } from "../../../image/image.ts";
import { colormapGradient, COLORMAPS } from "./colormap.ts";
import { type Contrast, measureContrast } from "./contrast.ts";
import { element } from "./element.ts";
import type { PainterSettings, Settings } from "./settings.ts";
import { switchButton } from "./toolbar.ts";

/** Steps of the contrast sliders. */
const STEPS = 1000;

/** How image and annotation are shown: opens from the toolbar, over the image's corner. */
export class DisplayPanel {
  readonly element: HTMLElement;
  readonly #settings: Settings;

  constructor(settings: Settings, channels: readonly Image[], signal: AbortSignal) {
    this.#settings = settings;
    this.element = element(
      "div",
      { class: "daub-panel", role: "group", "aria-label": "Display", hidden: true },
      heading("Annotation"),
      this.#slider("Opacity", 0, 1, 0.01, "opacity", (v) => `${Math.round(100 * v)} %`, signal),
      this.#slider("Contour", 0, 10, 1, "contour", (v) => v === 0 ? "filled" : `${v} px`, signal),
      element(
        "div",
        { class: "daub-row daub-wrap" },
        this.#toggle("Selected only", "Show only the class that is chosen", signal),
        switchButton(
          "Shuffle colours",
          "Give the classes other colours",
          () => settings.change({ seed: settings.now.seed + 1 }),
        ),
        this.#paletteButton(signal),
      ),
      heading("Image"),
      channels.length > 1 &&
        this.#choice(
          "Channel",
          channels.map(({ name }, i) => [String(i), name ?? `Channel ${i + 1}`]),
          () => String(settings.now.channel),
          (value) => {
            const channel = Number(value);
            settings.change({ channel, ...measureContrast(channels[channel]).auto });
          },
          signal,
        ),
      this.#choice(
        "Colormap",
        COLORMAPS.map((name) => [name, name]),
        () => settings.now.colormap,
        (colormap) => settings.change({ colormap }),
        signal,
      ),
      this.#contrast(channels, signal),
      heading("Keys"),
      this.#choice(
        "Digits",
        [["classes", "choose classes"], ["napari", "choose tools, as in napari"]],
        () => settings.now.digits,
        (digits) => settings.change({ digits: digits as PainterSettings["digits"] }),
        signal,
      ),
    );
  }

  #slider(
    name: string,
    min: number,
    max: number,
    step: number,
    field: "opacity" | "contour",
    show: (value: number) => string,
    signal: AbortSignal,
  ): HTMLElement {
    const settings = this.#settings;
    const output = element("output");
    const slider = element("input", {
      type: "range",
      min,
      max,
      step,
      "aria-label": name,
      input: () => settings.change({ [field]: Number(slider.value) }),
    });
    settings.follow(() => {
      slider.value = String(settings.now[field]);
      output.textContent = show(settings.now[field]);
    }, signal);
    return element("label", { class: "daub-row" }, element("span", {}, name), slider, output);
  }

  #toggle(name: string, title: string, signal: AbortSignal): HTMLElement {
    const settings = this.#settings;
    const toggle = switchButton(
      name,
      title,
      () => settings.change({ selectedOnly: !settings.now.selectedOnly }),
    );
    settings.follow(
      () => toggle.setAttribute("aria-pressed", String(settings.now.selectedOnly)),
      signal,
    );
    return toggle;
  }

  #paletteButton(signal: AbortSignal): HTMLElement {
    const settings = this.#settings;
    const button = switchButton("Own colours", "Back to the classes' own colours", () => {
      settings.change({ seed: 0 });
    });
    settings.follow(() => button.hidden = settings.now.seed === 0, signal);
    return button;
  }

  #choice(
    name: string,
    options: (readonly [string, string])[],
    get: () => string,
    set: (value: string) => void,
    signal: AbortSignal,
  ): HTMLElement {
    const select = element(
      "select",
      { "aria-label": name, change: () => set(select.value) },
      ...options.map(([value, text]) => element("option", { value }, text)),
    );
    this.#settings.follow(() => select.value = get(), signal);
    return element("label", { class: "daub-row" }, element("span", {}, name), select);
  }

  #contrast(channels: readonly Image[], signal: AbortSignal): HTMLElement {
    const settings = this.#settings;
    let range: Contrast = { low: 0, high: 1 };
    let auto = range;
    let measured = -1;
    const output = element("output");
    const toValue = (slider: HTMLInputElement) =>
      range.low + Number(slider.value) / STEPS * (range.high - range.low);
    const thumb = (name: string, field: "low" | "high"): HTMLInputElement => {
      const slider: HTMLInputElement = element("input", {
        type: "range",
        min: 0,
        max: STEPS,
        "aria-label": name,
        input: () => settings.change({ [field]: toValue(slider) }),
      });
      return slider;
    };
    const low = thumb("Darkest value", "low");
    const high = thumb("Brightest value", "high");
    const bar = element("div", { class: "daub-gradient" });
    settings.follow(() => {
      const now = settings.now;
      if (now.channel !== measured) {
        measured = now.channel;
        ({ range, auto } = measureContrast(channels[now.channel] ?? channels[0]));
      }
      const toSlider = (value: number) =>
        String(Math.round((value - range.low) / (range.high - range.low) * STEPS));
      for (const [thumb, value] of [[low, now.low], [high, now.high]] as const) {
        thumb.value = toSlider(value);
        thumb.setAttribute("aria-valuetext", shortly(value));
      }
      bar.style.backgroundImage = colormapGradient(now.colormap);
      output.textContent = `${shortly(now.low)} – ${shortly(now.high)}`;
    }, signal);
    return element(
      "div",
      { class: "daub-contrast" },
      element(
        "div",
        { class: "daub-row" },
        element("span", {}, "Contrast"),
        output,
        switchButton("Auto", "From the darkest to the brightest 0.2 %", () => {
          settings.change(auto);
        }),
        switchButton("Full", "The whole range of values", () => settings.change(range)),
      ),
      element("div", { class: "daub-thumbs" }, bar, low, high),
    );
  }
}

/** A value in few digits. */
function shortly(value: number): string {
  return String(Number(value.toPrecision(4)));
}

/** A line above controls; no heading of the page, whose order it would disturb. */
function heading(text: string): HTMLElement {
  return element("div", { class: "daub-heading" }, text);
}
