import assert from "node:assert/strict";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { findInputs, stemOf } from "../../src/cli/inputs.ts";
import { rejectsDaub } from "../support/errors.ts";
import { withFolder } from "./support/folder.ts";

/** Runs a function in a new folder with empty files of these names. */
async function withFiles(names: string[], use: (folder: string) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    for (const name of names) {
      await Deno.mkdir(join(folder, name, ".."), { recursive: true });
      await Deno.writeTextFile(join(folder, name), "");
    }
    await use(folder);
  });
}

async function namesOf(names: string[], others?: string[]): Promise<string[]> {
  const { inputs, problems } = await findInputs(names, others);
  assert.deepEqual(problems, []);
  return inputs.map(({ source }) => basename(source));
}

Deno.test("a folder stands for the images directly in it, as people count", async () => {
  const names = ["a10.tif", "a2.TIFF", "a1.png", "b.jpeg", "c.jpg", "notes.txt", "deep/d.tif"];
  await withFiles(names, async (folder) => {
    assert.deepEqual(await namesOf([folder]), ["a1.png", "a2.TIFF", "a10.tif", "b.jpeg", "c.jpg"]);
  });
});

Deno.test("folders and globs leave out results, hidden files and the strokes", async () => {
  const names = [
    "a.tif",
    "a_labels.tif",
    "a_overlay.png",
    "a_t0001_labels.tif",
    "._a.tif",
    "strokes.tif",
  ];
  await withFiles(names, async (folder) => {
    const strokes = [join(folder, "strokes.tif")];
    assert.deepEqual(await namesOf([folder], strokes), ["a.tif"]);
    assert.deepEqual(await namesOf([join(folder, "*")], strokes), ["a.tif"]);
  });
});

Deno.test("a result named by itself is an image like any other", async () => {
  await withFiles(["a_labels.tif"], async (folder) => {
    assert.deepEqual(await namesOf([join(folder, "a_labels.tif")]), ["a_labels.tif"]);
  });
});

Deno.test("a folder that is hidden but named is looked into", async () => {
  await withFiles([".hidden/a.tif"], async (folder) => {
    assert.deepEqual(await namesOf([join(folder, ".hidden")]), ["a.tif"]);
    assert.deepEqual(await namesOf([join(folder, ".hidden/*.tif")]), ["a.tif"]);
  });
});

Deno.test("globs that the shell left alone are expanded, across folders with two stars", async () => {
  await withFiles(["x/a1.tif", "x/a2.tif", "x/y/b.tif", "x/c.png"], async (folder) => {
    assert.deepEqual(await namesOf([join(folder, "x/*.tif")]), ["a1.tif", "a2.tif"]);
    assert.deepEqual(await namesOf([join(folder, "**/*.tif")]), ["a1.tif", "a2.tif", "b.tif"]);
    assert.deepEqual(await namesOf([join(folder, "x/a?.tif")]), ["a1.tif", "a2.tif"]);
  });
});

Deno.test("a file whose name looks like a glob is taken as it is", async () => {
  await withFiles(["cells [1].tif", "cells 1.tif"], async (folder) => {
    assert.deepEqual(await namesOf([join(folder, "cells [1].tif")]), ["cells [1].tif"]);
  });
});

Deno.test("a file named twice is one image", async () => {
  await withFiles(["a.tif"], async (folder) => {
    const path = join(folder, "a.tif");
    const address = pathToFileURL(path).href;
    assert.deepEqual(await namesOf([path, folder, `${folder}/./a.tif`, address]), ["a.tif"]);
  });
});

Deno.test("two images of one name are refused by name", async () => {
  await withFiles(["x/a.tif", "y/a.png"], async (folder) => {
    await rejectsDaub(
      "options",
      /different names.*x.a\.tif and .*y.a\.png\. Rename one/,
      () => findInputs([join(folder, "x"), join(folder, "y")]),
    );
  });
});

Deno.test("whatever stands for nothing is reported beside what was found", async () => {
  await withFiles(["a.tif", "empty/notes.txt", "done/b_labels.tif"], async (folder) => {
    const { inputs, problems } = await findInputs(
      ["a.tif", "b.tif", "empty", "done", "z*.tif"].map((name) => join(folder, name)),
    );
    assert.deepEqual(inputs.map(({ stem }) => stem), ["a"]);
    const messages = [
      /Expected an image at .*b\.tif but found no such file/,
      /images in the folder .*empty but found none/,
      /in the folder .*done but found only results of earlier runs/,
      /images in files that match .*z\*\.tif but found none/,
    ];
    assert.equal(problems.length, messages.length);
    problems.forEach(({ error }, i) => assert.match(error.message, messages[i]));
  });
});

Deno.test("an address is an image named after its last part", async () => {
  const address = "https://example.org/data/my%20cells.tif?version=2";
  const { inputs } = await findInputs([address]);
  assert.deepEqual(inputs, [{ source: address, stem: "my cells" }]);
});

Deno.test("a name loses its ending, and that of OME-TIFF whole", () => {
  for (
    const [source, stem] of [
      ["a/b.tif", "b"],
      ["a.b.tiff", "a.b"],
      ["cells.ome.tif", "cells"],
      ["cells.OME.TIFF", "cells"],
      ["noending", "noending"],
      ["https://example.org/", "image"],
      ["https://example.org/a/b.png#c", "b"],
    ]
  ) assert.equal(stemOf(source), stem);
});

Deno.test("an address cannot choose the folder that results go to", () => {
  for (
    const address of [
      "https://example.org/..%2F..%2Fetc%2Fcron.tif",
      "https://example.org/a%5C..%5Cb.tif",
      "https://example.org/%2e%2e.tif",
      "https://example.org/C%3A%00.tif",
      "https://example.org/%ZZ.tif",
    ]
  ) assert.doesNotMatch(stemOf(address), /[/\\:\0]|^\.+$/);
});
