import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { ObjectSegmenter, readImage } from "../../mod.ts";
import { defaultEngineOptions } from "../../src/notebook/engine_options.ts";
import { generateCode } from "../../src/notebook/generated_code.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const OPTIONS = {
  ...defaultEngineOptions({ width: 256, height: 254, depth: 1 }),
  numTrees: 10,
  connectivity: 8 as const,
};

async function run(command: string, args: string[], cwd: string): Promise<string> {
  const output = await new Deno.Command(command, { args, cwd }).output();
  const text = new TextDecoder().decode(output.stdout);
  assert.equal(output.code, 0, text + new TextDecoder().decode(output.stderr));
  return text;
}

async function expectedLabels(): Promise<number[]> {
  const image = await readImage(join(ROOT, "samples/blobs.tif"));
  const annotation = await readImage(join(ROOT, "samples/blobs_annotation.tif"));
  const segmenter = await ObjectSegmenter.train({ image, annotation, backend: "cpu", ...OPTIONS });
  const { data } = await segmenter.predict(image, { backend: "cpu", connectivity: 8 });
  return Array.from(data);
}

async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    for (const name of ["blobs.tif", "blobs_annotation.tif"]) {
      await Deno.copyFile(join(ROOT, "samples", name), join(folder, name));
    }
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("programs and commands, trained and applied, give the labels on the screen", async () => {
  const expected = await expectedLabels();
  await withFolder(async (folder) => {
    const names = {
      image: "blobs.tif",
      classifier: "it's mine.cl",
      module: pathToFileURL(join(ROOT, "mod.ts")).href,
    };
    const training = generateCode(OPTIONS, { ...names, annotation: "blobs_annotation.tif" });
    const program = join(folder, "program.ts");
    const labels = async (path: string) =>
      Array.from((await readImage(join(folder, path)))[0].data, Number);
    for (const { typescript } of [training, generateCode(OPTIONS, names)]) {
      await Deno.writeTextFile(program, typescript);
      const output = await run(Deno.execPath(), ["run", "-A", "--no-lock", program], folder);
      assert.match(output, /\d+ objects/);
      assert.deepEqual(await labels("blobs_labels.tif"), expected);
    }
    const { command } = generateCode(OPTIONS, names);
    const here = command.replace("scripts/", `${join(ROOT, "scripts")}/`);
    await run("sh", ["-c", `${here} --quiet`], folder);
    assert.deepEqual(await labels("out/blobs_labels.tif"), expected);
  });
});

Deno.test("the Python program says the same in APOC's words", () => {
  const { python } = generateCode({ ...OPTIONS, channels: [0, 2] }, {
    image: "data/cells.tif",
    annotation: 'strokes "1".tif',
  });
  assert.equal(
    python,
    `import apoc
from skimage.io import imread, imsave

image = imread("data/cells.tif")
segmenter = apoc.ObjectSegmenter(
    opencl_filename="ObjectSegmenter.cl",
    max_depth=2,
    num_ensembles=10,
    positive_class_identifier=2,
)
annotation = imread("strokes \\"1\\".tif")
segmenter.train("${OPTIONS.features}", annotation, [image[0], image[2]])
# APOC joins 4 neighbours; here 8 were joined.
labels = segmenter.predict(image=[image[0], image[2]])
imsave("cells_labels.tif", labels)
`,
  );
  const applied = generateCode({ ...OPTIONS, connectivity: 4 }).python;
  assert.match(applied, /ObjectSegmenter\(opencl_filename="ObjectSegmenter.cl"\)/);
  assert.doesNotMatch(applied, /train|joins/);
});

Deno.test("the command trains with every option, quoted for the shell", () => {
  const { command } = generateCode(OPTIONS, {
    image: "my cells.tif",
    annotation: "$HOME.tif",
    classifier: "-o.cl",
  });
  assert.equal(
    command,
    "deno run -A scripts/segment.ts 'my cells.tif' --annotation '$HOME.tif' " +
      `--features '${OPTIONS.features}' --class 2 --depth 2 --trees 10 --random-state 0 ` +
      "--votes fraction --save './-o.cl' --connectivity 8",
  );
  assert.match(generateCode({ ...OPTIONS, channels: [1] }).command, /^# .*channel 2 only/);
});
