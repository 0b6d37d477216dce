/// <reference lib="dom" />
import { library } from "npm:@observablehq/notebook-kit@2.1.8/runtime";
import { element } from "../painter/element.ts";
import { Editing } from "./editing.ts";
import { NotebookServer } from "./notebook_server.ts";
import { NotebookView, type PageCell } from "./notebook_view.ts";
import { PageBar } from "./page_bar.ts";

/** What the server says about the notebook. */
interface PageContent {
  readonly name: string;
  readonly title: string;
  readonly version: string;
  readonly cells: readonly PageCell[];
  readonly notebooks: readonly string[];
}

/** How often the file is looked at, in milliseconds. */
const WATCH = 3000;

const content = JSON.parse(document.getElementById("notebook")!.textContent!) as PageContent;
const inputs = "https://cdn.jsdelivr.net/npm/@observablehq/inputs/+esm";
const view = new NotebookView(document.querySelector("main")!, {
  ...library,
  // The kit's own copy wants a style sheet as a module.
  Inputs: () => import(inputs),
});
const views = content.cells.map((cell) => view.insert(cell));

const server = new NotebookServer(content.name);
let version = content.version;
const bar = new PageBar({
  name: content.name,
  notebooks: content.notebooks,
  onSave: save,
  onCode: (isShown) => {
    editing.showsCode = isShown;
    view.element.classList.toggle("shows-code", isShown);
  },
});
document.body.prepend(bar.element);
const first = element(
  "button",
  { type: "button", hidden: views.length > 0, click: () => void editing.add() },
  "New cell",
);
view.element.after(first);
const editing = new Editing(view, server, {
  onChange: () => {
    bar.canSave = editing.isChanged;
    first.hidden = view.cells.length > 0;
  },
  onDelete: (name, run) =>
    bar.say(`Deleted ${name}.`, {
      label: "Put it back",
      run: () => {
        bar.say("");
        run();
      },
    }),
});
const reload = { label: "Reload", run: () => location.reload() };

async function save(): Promise<void> {
  const { texts } = editing;
  try {
    version = await server.save(version, texts);
    editing.settle(texts);
    bar.canSave = editing.isChanged;
    bar.say("Saved");
  } catch (error) {
    bar.say(
      (error as Error).message,
      (error as { tag?: string }).tag === "notebook" ? reload : undefined,
    );
  }
}

let told = version;
setInterval(async () => {
  if (document.hidden) return;
  const before = version;
  const found = await server.version();
  if (found === undefined || before !== version || found === version || found === told) return;
  told = found;
  bar.say(`${content.name} changed on disk.`, reload);
}, WATCH);
addEventListener("beforeunload", (event) => {
  if (editing.isChanged) event.preventDefault();
});

await view.runAll(views, content.cells);
