import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { readImageFolders } from "../../src/image/folders.ts";
import { encodeTiff } from "../../src/image/tiff_writer.ts";
import { rejectsDaub } from "../support/errors.ts";

/** Runs a function with a folder that holds files, of one pixel each where a value is given. */
async function withFiles(
  files: Record<string, number | string>,
  use: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "daub_test_" });
  try {
    for (const [name, content] of Object.entries(files)) {
      const path = join(folder, name);
      await Deno.mkdir(join(path, ".."), { recursive: true });
      const pixel = { width: 1, height: 1, depth: 1, data: Uint8Array.of(Number(content)) };
      if (typeof content === "string") await Deno.writeTextFile(path, content);
      else await Deno.writeFile(path, await encodeTiff(pixel));
    }
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function readAll(folders: { image: string | URL; mask: string | URL }) {
  const found = [];
  for await (const { name, image, mask } of readImageFolders(folders)) {
    found.push([name, Number(image[0].data[0]), Number(mask[0].data[0])]);
  }
  return found;
}

Deno.test("images of the same names are read together, from paths and addresses", async () => {
  const files = {
    "images/a2.tif": 2,
    "images/a10.tif": 10,
    "images/.a3.tif": 3,
    "images/notes.txt": "nothing",
    "images/deep/a4.tif": 4,
    "masks/a10.tif": 110,
    "masks/a2.tif": 102,
  };
  await withFiles(files, async (folder) => {
    const [image, mask] = [join(folder, "images"), join(folder, "masks")];
    const expected = [["a2", 2, 102], ["a10", 10, 110]];
    assert.deepEqual(await readAll({ image, mask }), expected);
    assert.deepEqual(await readAll({ image: `${image}/`, mask: pathToFileURL(mask) }), expected);
  });
});

Deno.test("nothing is read when a name is missing in a folder", async () => {
  await withFiles({ "i/a.tif": 1, "i/b.tif": "broken", "m/b.tif": 2 }, async (folder) => {
    await rejectsDaub(
      "file",
      /no mask for a\.tif/,
      () => readAll({ image: join(folder, "i"), mask: join(folder, "m") }),
    );
  });
});

Deno.test("a folder that is missing, a file, or without images is refused", async () => {
  await withFiles({ "i/a.tif": 1, "m/notes.txt": "nothing" }, async (folder) => {
    const image = join(folder, "i");
    for (
      const [mask, message] of [
        ["nowhere", /a folder at .*nowhere but found none/],
        ["i/a.tif", /a folder at .*a\.tif but found a file/],
        ["m", /images in the folder .*m but found none/],
      ] as const
    ) await rejectsDaub("file", message, () => readAll({ image, mask: join(folder, mask) }));
  });
});
