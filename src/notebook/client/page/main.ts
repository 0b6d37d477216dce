/// <reference lib="dom" />
import { library } from "npm:@observablehq/notebook-kit@2.1.8/runtime";
import { NotebookView, type PageCell } from "./notebook_view.ts";

/** What the server says about the notebook. */
export interface PageContent {
  readonly name: string;
  readonly title: string;
  readonly version: string;
  readonly cells: readonly PageCell[];
  readonly notebooks: readonly string[];
}

const content = JSON.parse(document.getElementById("notebook")!.textContent!) as PageContent;
const inputs = "https://cdn.jsdelivr.net/npm/@observablehq/inputs/+esm";
const view = new NotebookView(document.querySelector("main")!, {
  ...library,
  // The kit's own copy wants a style sheet as a module.
  Inputs: () => import(inputs),
});
const cells = content.cells.map((cell) => view.insert(cell));
await Promise.all(cells.map((cell, place) => view.run(cell, content.cells[place])));
