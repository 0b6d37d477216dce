import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readImage } from "../../src/image/read.ts";
import { pythonTest } from "./python.ts";

const script = fileURLToPath(new URL("./make_tiffs.py", import.meta.url));

pythonTest(
  "all sample types, compressions, predictors and layouts that libtiff writes are read exactly",
  ["numpy", 'ctypes; ctypes.CDLL("libtiff.so.6")'],
  async (python) => {
    const folder = await Deno.makeTempDir();
    try {
      await python(script, folder);
      let files = 0;
      for await (const { name } of Deno.readDir(folder)) {
        if (!name.endsWith(".tif")) continue;
        const expected = await Deno.readFile(join(folder, name.replace(".tif", ".bin")));
        const channels = await readImage(join(folder, name));
        const found = new Uint8Array(expected.length);
        let at = 0;
        for (const { data } of channels) {
          found.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
          at += data.byteLength;
        }
        assert.equal(at, expected.length, name);
        assert.equal(found.findIndex((byte, i) => byte !== expected[i]), -1, name);
        files++;
      }
      assert.ok(files > 900, `only ${files} files were made`);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);
