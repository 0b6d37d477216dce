import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { graphProblem } from "../../src/notebook/client/page/cell_graph.ts";
import { compileCell } from "../../src/notebook/server/compile_cell.ts";
import { NotebookFolder } from "../../src/notebook/server/notebook_folder.ts";
import { formatNotebook, parseNotebook } from "../../src/notebook/server/notebook_file.ts";
import { NotebookPages } from "../../src/notebook/server/notebook_pages.ts";
import { rejectsDaub, throwsDaub } from "../support/errors.ts";

const folder = fileURLToPath(new URL("../../notebooks/", import.meta.url));

function notebook(type: string, code = "1"): string {
  return `<!doctype html><notebook><script type="${type}">${code}</script></notebook>`;
}

Deno.test("the notebooks are as the kit would write them, and every cell can be read", async () => {
  const names = await new NotebookFolder(folder).list();
  assert.ok(names.includes("segment.html"));
  for (const name of names) {
    const text = await Deno.readTextFile(folder + name);
    const { cells } = parseNotebook(text, name);
    assert.equal(formatNotebook(parseNotebook(text)), text, name);
    const compiled = await Promise.all(cells.map(compileCell));
    for (const [place, { cell }] of compiled.entries()) {
      assert.equal(cell.error, undefined, `${name}, cell ${cell.id}`);
      assert.equal(graphProblem(compiled.map(({ cell }) => cell), place), undefined, name);
    }
  }
});

Deno.test("cells that would start a program on the server are refused", () => {
  for (const type of ["application/vnd.node.javascript", "text/x-python", "text/x-r"]) {
    throwsDaub("notebook", /run in the page/, () => parseNotebook(notebook(type), "n.html"));
  }
});

Deno.test("a file without a notebook in it is refused", () => {
  throwsDaub("notebook", /n\.html/, () => parseNotebook("<p>hello</p>", "n.html"));
});

Deno.test("a cell becomes a module with the names that it defines and needs", async () => {
  const { cell, code } = await compileCell(
    parseNotebook(notebook("application/vnd.observable.javascript", "viewof a = paint(image)"))
      .cells[0],
  );
  assert.equal(cell.name, "a");
  assert.deepEqual(cell.inputs, ["paint", "image"]);
  assert.equal(cell.output, "viewof$a");
  assert.match(code, /^export default function/);
});

Deno.test("a cell that cannot be read says why, and its module throws that", async () => {
  const { cell, code } = await compileCell(parseNotebook(notebook("module", "1 +")).cells[0]);
  assert.match(cell.error!, /Unexpected token/);
  assert.match(code, /throw new SyntaxError/);
});

Deno.test("names of files outside the folder are no notebooks", async () => {
  const notebooks = new NotebookFolder(folder);
  const outside = ["../README.md", "..%2f", "../notebooks/segment.html", "a\\b.html", "a/b.html"];
  for (const name of [...outside, "C:b.html", ".hidden.html", "a\0.html", "missing.html"]) {
    assert.equal(await notebooks.read(name), undefined);
    await rejectsDaub("notebook", /found none/, () => notebooks.save(name, "", { cells: [] }));
  }
});

Deno.test("a page begins with a notebook, or the server does not start", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(join(folder, "letter.html"), "<p>Dear Ada</p>");
    await Deno.writeTextFile(join(folder, ".hidden.html"), notebook("module", "1"));
    for (
      const [start, message] of [
        ["letter.html", /a <notebook> element but found none in letter.html/],
        [".hidden.html", /does not begin with a dot but found \.hidden\.html/],
      ] as const
    ) {
      await rejectsDaub(
        "notebook",
        message,
        () => NotebookPages.open({ folder, start, samples: folder }),
      );
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a notebook that cannot be written is as it was, and the reason is told", async () => {
  const folder = await Deno.makeTempDir();
  // No file system takes the longer name under which it is written first.
  const name = `${"a".repeat(240)}.html`;
  try {
    await Deno.writeTextFile(join(folder, name), notebook("module", "1"));
    const notebooks = new NotebookFolder(folder);
    const { version } = (await notebooks.read(name))!;
    await rejectsDaub(
      "file",
      /save a+\.html but the system refused.*stays here/,
      () => notebooks.save(name, version, { cells: [] }),
    );
    assert.equal(await notebooks.version(name), version);
    assert.equal((await Array.fromAsync(Deno.readDir(folder))).length, 1);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
