/// <reference lib="dom" />
import { DaubError } from "../../errors.ts";
import { planFeatures } from "../../features/plan.ts";
import { predefinedFeatureSets, resolveFeatures } from "../../features/presets.ts";
import { dimensions, type Image, pixelCount, type Size } from "../../image/image.ts";
import type { Connectivity } from "../../labeling/labels.ts";
import type { EngineOptions } from "../engine.ts";
import { estimateEngineMemory } from "../engine_memory.ts";
import { defaultEngineOptions, sameOptions } from "../engine_options.ts";
import {
  type FeatureChoice,
  presetOf,
  presetTitle,
  readFeatureChoice,
  writeFeatureChoice,
} from "../feature_choice.ts";
import css from "./options_form.css" with { type: "text" };
import { FeatureTable } from "./options_form_features.ts";
import { choiceField, type Field, numberField, numbersField } from "./options_form_fields.ts";
import { element } from "./painter/element.ts";
import { StyleSheet } from "./style_sheet.ts";

/** What {@linkcode classifierOptions} needs to know of the image. */
export interface OptionsImage {
  readonly size: Size;
  /** Their names are shown where there are several. */
  readonly channels?: readonly Image[];
}

/**
 * The options of a classifier as a view: an element with a `value` that tells of the user's changes
 * by `input` events that bubble. Setting the value, in part or whole, is silent.
 */
export interface OptionsForm extends HTMLElement {
  get value(): EngineOptions;
  set value(value: Partial<EngineOptions>);
}

const styles = new StyleSheet(css);

/**
 * A form for everything that decides a segmentation beside the strokes: the table of filters and
 * sigmas of APOC's panel with its presets, the forest, and what makes an object.
 *
 * @param image The image that is segmented, for its dimensions, channels and memory.
 * @param value Options to begin with; APOC's unless given.
 */
export function classifierOptions(
  image: OptionsImage,
  { value: initial = {} }: { readonly value?: Partial<EngineOptions> } = {},
): OptionsForm {
  let value: EngineOptions = defaultEngineOptions(image.size);
  const set = (change: Partial<EngineOptions>) => {
    const next = { ...value, ...change };
    const isNew = !sameOptions(value, next);
    value = next;
    show();
    if (isNew) root.dispatchEvent(new Event("input", { bubbles: true }));
  };
  /** Takes a specification; one that cannot be used is explained and changes nothing. */
  const setFeatures = (text: string) => {
    try {
      set({ features: checkFeatures(text, image) });
    } catch (error) {
      if (!(error instanceof DaubError)) throw error;
      complain(error.message);
    }
  };
  const choose = (choice: FeatureChoice) => {
    const text = writeFeatureChoice(choice);
    if (text !== "") return setFeatures(text);
    show();
    complain("A classifier needs at least one feature.");
  };

  const table = new FeatureTable(choose);
  const preset = presetField((name) => setFeatures(name));
  const specification = element("textarea", {
    rows: 2,
    spellcheck: "false",
    autocapitalize: "off",
    "aria-label": "Feature specification",
    change: () => setFeatures(specification.value),
  });
  const problem = element("p", { class: "daub-form-problem", role: "alert" });
  const estimate = element("output", { class: "daub-form-estimate" });
  const complain = (message: string) => {
    problem.textContent = message;
    specification.setAttribute("aria-invalid", String(message !== ""));
  };
  const fields = settingFields(image, set);
  const group = (title: string, ...names: (keyof typeof fields)[]) =>
    element(
      "fieldset",
      {},
      element("legend", {}, title),
      ...names.map((name) => fields[name]?.element),
    );
  const root = element(
    "form",
    {
      class: "daub daub-form",
      "aria-label": "Classifier options",
      submit: (event: Event) => event.preventDefault(),
    },
    element(
      "div",
      { class: "daub-form-body" },
      element(
        "div",
        { class: "daub-form-main" },
        preset.element,
        table.element,
        element(
          "details",
          {},
          element("summary", {}, "As text, with any other filter"),
          specification,
        ),
        problem,
      ),
      element(
        "div",
        { class: "daub-form-side" },
        group("Forest", "maxDepth", "numTrees", "votes", "randomState"),
        group("Objects", "positiveClass", "connectivity"),
        fields.channels?.element,
        estimate,
      ),
    ),
  ) as HTMLElement as OptionsForm;

  const show = () => {
    complain("");
    table.show(readFeatureChoice(value.features));
    preset.show(presetOf(value.features));
    if (specification.value !== value.features) specification.value = value.features;
    for (const [name, field] of Object.entries(fields)) {
      (field as Field<unknown> | undefined)?.show(value[name as keyof EngineOptions]);
    }
    estimate.textContent = describeMemory(value, image);
  };
  Object.defineProperty(root, "value", {
    get: () => value,
    set: (change: Partial<EngineOptions>) => {
      const features = change.features && checkFeatures(change.features, image);
      value = { ...value, ...change, ...(features && { features }) };
      show();
    },
  });
  // What the controls tell of themselves is no news about the options.
  for (const type of ["input", "change"]) {
    for (const part of root.children) {
      part.addEventListener(type, (event) => event.stopPropagation());
    }
  }
  root.value = initial;
  styles.follow(root);
  return root;
}

function presetField(change: (name: string) => void): Field<string> {
  const names = Object.keys(predefinedFeatureSets).filter((name) => name !== "custom");
  names.unshift(...names.splice(names.indexOf("v070"), 1));
  return choiceField(
    "Preset",
    [["custom", "Custom"], ...names.map((name) => [name, presetTitle(name)] as const)],
    (name) => name !== "custom" && change(name),
  );
}

function settingFields(image: OptionsImage, set: (change: Partial<EngineOptions>) => void) {
  const isVolume = dimensions(image.size) === 3;
  const joined: (readonly [Connectivity, string])[] = isVolume
    ? [[6, "6, faces"], [26, "26, faces, edges and corners"]]
    : [[4, "4, sides"], [8, "8, sides and corners"]];
  const channels = image.channels ?? [];
  return {
    maxDepth: numberField(
      "Depth",
      [1, 32],
      (maxDepth) => set({ maxDepth }),
      "The most decisions from the root of a tree to a leaf",
    ),
    numTrees: numberField("Trees", [1, 10_000], (numTrees) => set({ numTrees })),
    votes: choiceField(
      "Votes",
      [["fraction", "fractions"], ["count", "counts"]],
      (votes) => set({ votes }),
      "Fractions as scikit-learn votes; counts as APOC did with scikit-learn before 1.4",
    ),
    randomState: numberField(
      "Seed",
      [0, 2 ** 32 - 1],
      (randomState) => set({ randomState }),
      "Equal seeds and strokes give equal forests",
    ),
    positiveClass: numberField(
      "Class",
      [1, 255],
      (positiveClass) => set({ positiveClass }),
      "The class that objects are made of",
    ),
    connectivity: choiceField(
      "Connectivity",
      joined,
      (connectivity) => set({ connectivity }),
      "Which neighbours belong to one object",
    ),
    channels: channels.length < 2 ? undefined : numbersField(
      "Channels",
      channels.map(({ name }, i) => name ?? `Channel ${i + 1}`),
      (channels) => set({ channels }),
    ),
  };
}

/** A specification in full that suits the image. @throws {DaubError} `features`. */
function checkFeatures(text: string, { size }: OptionsImage): string {
  const features = resolveFeatures(text);
  planFeatures(features, { dimensions: dimensions(size) });
  return features;
}

/** How many features there are, what they take in memory, and what computing takes in all. */
function describeMemory({ features, channels }: EngineOptions, { size }: OptionsImage): string {
  const { features: planes } = planFeatures(features, {
    numChannels: channels.length,
    dimensions: dimensions(size),
  });
  const need = estimateEngineMemory({
    numPixels: pixelCount(size),
    numChannels: channels.length,
    numFeatures: planes.length,
  });
  const count = `${planes.length} feature${planes.length === 1 ? "" : "s"}`;
  const most = `computing takes about ${describeBytes(need.most)} of memory at most`;
  return need.kept > 0
    ? `${count}: ${describeBytes(need.kept)} kept between strokes; ${most}.`
    : `${count} of ${describeBytes(need.planes)} in all: too many to keep, so every stroke ` +
      `computes them again, piece by piece; ${most}.`;
}

function describeBytes(bytes: number): string {
  const [unit, name] = bytes < 1e9 ? [1e6, "MB"] : [1e9, "GB"];
  const value = bytes / unit;
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${name}`;
}
