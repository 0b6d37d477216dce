import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { ObjectSegmenter, readImage, writeImage } from "../../mod.ts";
import type { EngineOptions } from "../../src/notebook/engine.ts";
import { defaultEngineOptions } from "../../src/notebook/engine_options.ts";
import { generateCode } from "../../src/notebook/generated_code.ts";
import { samePixels } from "../support/same_pixels.ts";

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
      samePixels(await labels("blobs_labels.tif"), expected);
    }
    const { command } = generateCode(OPTIONS, names);
    const here = command.replace("scripts/", `${join(ROOT, "scripts")}/`);
    await run("sh", ["-c", `${here} --quiet`], folder);
    samePixels(await labels("out/blobs_labels.tif"), expected);
  });
});

Deno.test("of an image of several channels, programs and commands take those that were trained on", async () => {
  await withFolder(async (folder) => {
    const blobs = (await readImage(join(ROOT, "samples/blobs.tif")))[0];
    const flat = { ...blobs, data: new Uint8Array(blobs.data.length) };
    await writeImage(join(folder, "stain.tif"), [flat, blobs]);
    const image = { name: "stain.tif", channels: [flat, blobs], size: { ...blobs, frames: 1 } };
    const code = generateCode({ ...OPTIONS, channels: [1] }, {
      image,
      annotation: "blobs_annotation.tif",
      module: pathToFileURL(join(ROOT, "mod.ts")).href,
    });
    await Deno.writeTextFile(join(folder, "program.ts"), code.typescript);
    await run(Deno.execPath(), ["run", "-A", "--no-lock", "program.ts"], folder);
    await Deno.remove(join(folder, "ObjectSegmenter.cl"));
    const command = code.command.replace("scripts/", `${join(ROOT, "scripts")}/`);
    await run("sh", ["-c", `${command} --quiet`], folder);
    const expected = await expectedLabels();
    for (const path of ["stain_labels.tif", "out/stain_labels.tif"]) {
      samePixels(Array.from((await readImage(join(folder, path)))[0].data, Number), expected);
    }
  });
});

/** An image as it is opened, of channels without pixels. */
function opened(name: string, numChannels: number, depth = 1, frames = 1) {
  const channel = { width: 4, height: 4, depth, data: new Uint8Array(16 * depth) };
  return { name, channels: Array(numChannels).fill(channel), size: { ...channel, frames } };
}

Deno.test("the Python program says the same in APOC's words", () => {
  const { python } = generateCode({ ...OPTIONS, channels: [0, 2] }, {
    image: "data/cells.tif",
    annotation: 'strokes "1".tif',
  });
  assert.equal(
    python,
    `import apoc
import numpy as np
from tifffile import imread, imwrite

image = imread("data/cells.tif")
channels = np.moveaxis(image, image.shape.index(3), 0)
segmenter = apoc.ObjectSegmenter(
    opencl_filename="ObjectSegmenter.cl",
    max_depth=2,
    num_ensembles=10,
    positive_class_identifier=2,
)
annotation = imread("strokes \\"1\\".tif")
segmenter.train("${OPTIONS.features}", annotation, [channels[0], channels[2]])
# APOC joins 4 neighbours; here 8 were joined.
labels = segmenter.predict(image=[channels[0], channels[2]])
imwrite("cells_labels.tif", labels)
`,
  );
  const applied = generateCode({ ...OPTIONS, connectivity: 4 }, { image: opened("a.png", 3) });
  assert.equal(
    applied.python,
    `import apoc
import numpy as np
from skimage.io import imread
from tifffile import imwrite

image = imread("a.png")
channels = np.moveaxis(image, image.shape.index(3), 0)
segmenter = apoc.ObjectSegmenter(opencl_filename="ObjectSegmenter.cl")
labels = segmenter.predict(image=channels[0])
imwrite("a_labels.tif", labels)
`,
  );
});

Deno.test("the Python program tells why APOC may find other objects, and only then", () => {
  const comments = (options: Partial<typeof OPTIONS>, depth = 1, annotation?: string) =>
    generateCode({ ...OPTIONS, connectivity: depth > 1 ? 6 : 4, ...options } as EngineOptions, {
      image: opened("a.tif", 1, depth),
      annotation,
    }).python.split("\n").filter((line) => line.startsWith("#")).join("\n");
  assert.equal(comments({}), "");
  assert.match(comments({ connectivity: 8 }), /^# APOC joins 4 neighbours; here 8 were joined.$/);
  assert.match(comments({}, 3), /^# In 3D, sobel and laplace_box are other filters in APOC.*$/);
  assert.equal(comments({ features: "gaussian_blur=1 difference_of_gaussian=1" }, 3), "");
  const original = { features: "original gaussian_blur=1" };
  assert.match(comments(original), /^# APOC decides by <, not by <=.*$/);
  assert.equal(comments({ ...original, votes: "count" }), "");
  assert.equal(
    comments(original, 1, "strokes.tif"),
    "",
    "APOC trains there and decides as it does",
  );
});

Deno.test("of a series the programs take the first time point, and say so", () => {
  const code = generateCode(OPTIONS, { image: opened("a.tif", 1, 1, 5) });
  assert.match(code.python, /^image = imread\("a.tif"\)\[0\] {2}# the first time point$/m);
  assert.match(code.typescript, /readImage\("a.tif"\); \/\/ the first time point$/m);
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
  assert.match(generateCode({ ...OPTIONS, channels: [1] }).command, / --channels 2$/);
  const image = opened("a.tif", 2);
  assert.match(generateCode(OPTIONS, { image }).command, / --channels 1$/);
  const both = generateCode({ ...OPTIONS, channels: [0, 1] }, { image });
  assert.doesNotMatch(both.command, /channels/);
});
