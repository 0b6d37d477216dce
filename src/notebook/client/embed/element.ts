/// <reference lib="dom" />
import { embed } from "./embed.ts";
import type { EmbedImage, Segmenter, SegmenterOptions } from "./segmenter.ts";

/** Numbers among the options, by attribute. */
const NUMBERS = {
  "positive-class": "positiveClass",
  connectivity: "connectivity",
  depth: "maxDepth",
  trees: "numTrees",
  seed: "randomState",
} as const;

/** A worker that is started from this module has no elements. */
const PageElement = globalThis.HTMLElement ?? class {} as unknown as typeof HTMLElement;

/**
 * The custom element `<daub-segmenter image="…">`.
 *
 * | attribute | meaning |
 * |---|---|
 * | `image`, `annotation` | addresses of files; another image opens anew |
 * | `features` | a feature specification or the name of a feature set |
 * | `positive-class`, `connectivity`, `depth`, `trees`, `seed` | as the options of `embed` |
 * | `backend` | `auto`, `gpu` or `cpu` |
 * | `keep` | `true` or `false`: whether the browser keeps strokes, options and view |
 * | `live` | `true` or `false`: shows a switch that begins so |
 *
 * What is kept is found again with the same image; by default it is kept, unless an `annotation` is
 * given. While the switch is off, its button or the key U updates once; without the attribute every
 * change is followed at once, and there is no switch.
 *
 * `image` and `annotation` can be set as properties too, for pixels and files; `value` and `options`
 * are those of the segmenter within.
 */
export class DaubSegmenter extends PageElement {
  static readonly observedAttributes = ["image", "annotation", "backend"];
  #view: Segmenter | undefined;
  #given: { image?: EmbedImage; annotation?: EmbedImage } = {};
  #isDue = false;

  connectedCallback(): void {
    this.#openSoon();
  }

  disconnectedCallback(): void {
    // An element that only moves is connected again at once.
    queueMicrotask(() => this.isConnected || this.dispose());
  }

  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (before === after) return;
    if (name === "image" || name === "annotation") delete this.#given[name];
    this.#view?.dispose();
    this.#view?.remove();
    this.#view = undefined;
    this.#openSoon();
  }

  /** The segmenter's value; see {@linkcode Segmenter}. */
  get value(): Segmenter["value"] {
    return this.#view?.value;
  }

  set value(value: Parameters<typeof Object.assign>[0]) {
    if (this.#view) this.#view.value = value as never;
  }

  /** The options in force; may be set in part. */
  get options(): Segmenter["options"] {
    return this.#view?.options;
  }

  set options(options: SegmenterOptions["options"]) {
    if (this.#view) this.#view.options = options;
  }

  /** The image, as attribute or as set. */
  get image(): EmbedImage | undefined {
    return this.#given.image ?? this.getAttribute("image") ?? undefined;
  }

  set image(image: EmbedImage | undefined) {
    this.#give("image", image);
  }

  /** The annotation to begin with, as attribute or as set. */
  get annotation(): EmbedImage | undefined {
    return this.#given.annotation ?? this.getAttribute("annotation") ?? undefined;
  }

  set annotation(annotation: EmbedImage | undefined) {
    this.#give("annotation", annotation);
  }

  /** The segmenter within. */
  get view(): Segmenter | undefined {
    return this.#view;
  }

  /** Ends the computation and frees the memory. */
  dispose(): void {
    this.#view?.dispose();
    this.#view?.remove();
    this.#view = undefined;
  }

  #give(name: "image" | "annotation", value: EmbedImage | undefined): void {
    this.#given[name] = value;
    this.dispose();
    this.#openSoon();
  }

  /** Several changes at once open it once. */
  #openSoon(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    queueMicrotask(() => {
      this.#isDue = false;
      const { image, annotation } = this;
      if (!this.isConnected || this.#view || image === undefined) return;
      const backend = this.getAttribute("backend") as SegmenterOptions["backend"] ?? undefined;
      const [keep, live] = [this.#flag("keep"), this.#flag("live")];
      const options = this.#attributes();
      this.#view = embed(this, { image, annotation, backend, keep, live, options });
    });
  }

  /** True or false as an attribute says; undefined when it says nothing. */
  #flag(name: string): boolean | undefined {
    const text = this.getAttribute(name);
    return text === null ? undefined : text !== "false";
  }

  #attributes(): SegmenterOptions["options"] {
    const features = this.getAttribute("features");
    const numbers = Object.entries(NUMBERS).flatMap(([attribute, name]) => {
      const value = this.getAttribute(attribute);
      return value === null ? [] : [[name, Number(value)]];
    });
    return { ...(features && { features }), ...Object.fromEntries(numbers) };
  }
}
