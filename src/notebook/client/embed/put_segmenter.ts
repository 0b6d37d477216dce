/// <reference lib="dom" />
import { type Segmenter, segmenter, type SegmenterOptions, type StartEngine } from "./segmenter.ts";

/** What is used of a module of Observable's runtime. */
export interface ObservableModule {
  variable(): {
    // deno-lint-ignore no-explicit-any
    define(name: string, inputs: string[], definition: (...inputs: any[]) => unknown): unknown;
  };
}

/** What {@linkcode embed} takes. */
export interface EmbedOptions extends SegmenterOptions {
  /**
   * A module of Observable's runtime, in which the cells `viewof segmenter`, `segmenter`,
   * `annotation`, `labels` and `classifier` are defined, for other cells to use.
   */
  readonly notebook?: ObservableModule;
}

/** Puts a segmenter into an element, if there is one, and its cells into a notebook, if there is one. */
export function putSegmenter(
  element: Element | null | undefined,
  options: EmbedOptions,
  start: StartEngine,
): Segmenter {
  const view = segmenter(options, start);
  element?.append(view);
  if (options.notebook) defineCells(options.notebook, view);
  return view;
}

function defineCells(notebook: ObservableModule, view: Segmenter): void {
  const cell = (name: string, inputs: string[], define: (...inputs: never[]) => unknown) =>
    notebook.variable().define(name, inputs, define);
  cell("viewof segmenter", [], () => view);
  cell("segmenter", ["viewof segmenter"], (of: Segmenter) => values(of));
  for (const part of ["annotation", "labels", "classifier"] as const) {
    cell(part, ["viewof segmenter"], (of: Segmenter) => parts(of, part));
  }
}

/** The values of a view as they come. */
async function* values(view: Segmenter): AsyncGenerator<NonNullable<Segmenter["value"]>> {
  let wake = () => {};
  let isNew = true;
  const note = () => {
    isNew = true;
    wake();
  };
  view.addEventListener("input", note);
  try {
    while (true) {
      if (!isNew) await new Promise<void>((resolve) => wake = resolve);
      isNew = false;
      if (view.value) yield view.value;
    }
  } finally {
    view.removeEventListener("input", note);
  }
}

/** One part of the values, as often as it changes, as soon as there is one. */
async function* parts(view: Segmenter, part: "annotation" | "labels" | "classifier") {
  let last: unknown;
  let revision: number | undefined;
  for await (const value of values(view)) {
    if (part === "annotation") {
      if (value.revision === revision) continue;
      revision = value.revision;
      yield value.annotation;
    } else if (value[part] !== undefined && value[part] !== last) yield last = value[part];
  }
}
