import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { ObjectSegmenter } from "../../src/classifiers/object_segmenter.ts";
import { readImage } from "../../src/image/read.ts";

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** What the kernel told of one cell. */
interface Ran {
  readonly outputs: readonly {
    /** What was printed. */
    readonly text?: string;
    /** What the cell's value is shown as, by type. */
    readonly data?: Readonly<Record<string, string>>;
    /** What went wrong. */
    readonly evalue?: string;
  }[];
}

Deno.test("Jupyter runs the notebook with Deno's kernel and shows its images", async () => {
  const { code, stdout, stderr } = await new Deno.Command("/usr/bin/python3", {
    args: [path("./run_notebook.py"), Deno.execPath(), path("../../notebooks/segment.ipynb")],
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  const cells: readonly Ran[] = JSON.parse(new TextDecoder().decode(stdout));
  const errors = cells.flatMap(({ outputs }) => outputs.flatMap(({ evalue }) => evalue ?? []));
  assert.deepEqual(errors, []);
  const shown = cells.map(({ outputs }) => outputs.find(({ data }) => data)?.data ?? {});

  const [image] = await readImage(path("../../samples/blobs.tif"));
  const [annotation] = await readImage(path("../../samples/blobs_annotation.tif"));
  const segmenter = await ObjectSegmenter.train({ image, annotation, backend: "cpu" });
  const labels = await segmenter.predict(image, { backend: "cpu" });
  const texts = ["256 × 254, uint8", "256 × 254, uint8", `256 × 254, ${labels.count} objects`];
  assert.deepEqual(shown.slice(0, 3).map((data) => data["text/plain"]), texts);
  for (const data of shown.slice(0, 3)) {
    const png = Uint8Array.from(atob(data["image/png"]), (byte) => byte.charCodeAt(0));
    const [red] = await readImage(png);
    assert.deepEqual([red.width, red.height], [256, 254]);
  }
  assert.equal(stripVTControlCharacters(shown[3]["text/plain"]), String(labels.count));
  const printed = cells[3].outputs.find(({ text }) => text)?.text;
  assert.ok(printed?.includes("ObjectSegmenter"), printed);
});
