import assert from "node:assert/strict";
import { join } from "node:path";
import { digest, Journal } from "../../src/cli/journal.ts";
import { writeTiff } from "./support/fixtures.ts";
import { namesIn, withFolder } from "./support/folder.ts";
import { assertDone, assertRefused, quietEnvironment, script, segment } from "./support/segment.ts";

const size = { width: 900, height: 900, depth: 1 };
const numImages = 6;

/** Discs on a grid, shifted from image to image; strokes on the first of them and between. */
function draw(shift: number) {
  const isDisc = (i: number) => {
    const [x, y] = [(i % 900 + shift) % 30 - 15, Math.floor(i / 900) % 30 - 15];
    return x * x + y * y < 64;
  };
  return {
    image: { ...size, data: Uint8Array.from({ length: 810_000 }, (_, i) => isDisc(i) ? 200 : 20) },
    strokes: {
      ...size,
      data: Uint8Array.from({ length: 810_000 }, (_, i) => i > 27_000 ? 0 : isDisc(i) ? 2 : 1),
    },
  };
}

/** Runs a function with a folder of images and a classifier for them. */
async function withImages(
  use: (paths: { folder: string; images: string; classifier: string }) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    const images = join(folder, "images");
    await Deno.mkdir(images);
    for (let i = 0; i < numImages; i++) await writeTiff(images, `${i}.tif`, draw(4 * i).image);
    const strokes = await writeTiff(folder, "strokes.tif", draw(0).strokes);
    const out = join(folder, "trained");
    const argv = [join(images, "0.tif"), "--annotation", strokes, "--out", out, "--trees=20"];
    assertDone(await segment(argv));
    await use({ folder, images, classifier: join(out, "ObjectSegmenter.cl") });
  });
}

/** Runs the script, ends it as soon as one image is done, and tells how many were reported. */
async function interrupt(argv: string[], sent: Deno.Signal): Promise<number> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-lock", script, ...argv],
    env: quietEnvironment,
    stdout: "piped",
    stderr: "null",
  }).spawn();
  let [stdout, isSent] = ["", false];
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    stdout += text;
    if (isSent || !/ ms, /.test(stdout)) continue;
    child.kill(sent);
    isSent = true;
  }
  const { code } = await child.status;
  assert.equal(code, sent === "SIGINT" ? 130 : 137);
  return stdout.match(/ ms, /g)!.length;
}

async function contents(folder: string): Promise<Record<string, string>> {
  // What was being written when the program was killed had no name yet but a hidden one.
  const names = (await namesIn(folder)).filter((name) => !name.startsWith("."));
  const read = async (
    name: string,
  ) => [name, await digest(await Deno.readFile(join(folder, name)))];
  return Object.fromEntries(await Promise.all(names.map(read)));
}

Deno.test("second names of finished files go, the only name of a file stays", async () => {
  await withFolder(async (folder) => {
    const named = join(folder, "a_labels.tif");
    await Deno.writeTextFile(named, "labels");
    await Deno.link(named, join(folder, ".01234567-89ab.tmp"));
    await Deno.writeTextFile(join(folder, ".11234567-89ab.tmp"), "replaced");
    await Deno.link(named, join(folder, ".mine.tmp"));
    await Journal.removeSecondNames(folder);
    assert.deepEqual(await namesIn(folder), [".11234567-89ab.tmp", ".mine.tmp", "a_labels.tif"]);
    await Journal.removeSecondNames(join(folder, "nothing"));
  });
});

for (const sent of ["SIGINT", "SIGKILL"] as const) {
  Deno.test({
    name: `a run over many images that ${sent} ended goes on and ends as if nothing had happened`,
    ignore: Deno.build.os === "windows",
    async fn() {
      await withImages(async ({ folder, images, classifier }) => {
        const run = (out: string) => [
          ...[images, "--classifier", classifier, "--out", join(folder, out)],
          ...["--measure", "--jobs=2", "--backend=cpu"],
        ];
        const reported = await interrupt(run("a"), sent);
        assert.ok(reported < numImages, "it was interrupted");
        const again = await segment(run("a"));
        assertDone(again);
        const kept = Number(/images done, (\d+) of them before$/.exec(again.stdout)![1]);
        assert.ok(kept >= reported && kept < numImages, `${kept} kept, ${reported} were reported`);
        assertDone(await segment(run("b")));
        const [a, b] = [await contents(join(folder, "a")), await contents(join(folder, "b"))];
        assert.deepEqual(a, b);
      });
    },
  });
}

Deno.test("results of another classifier are not taken for those of this one", async () => {
  await withImages(async ({ folder, images, classifier }) => {
    const out = join(folder, "out");
    const run = (file: string) => [images, "--classifier", file, "--out", out];
    assertDone(await segment(run(classifier)));
    const other = join(folder, "other.cl");
    const text = await Deno.readTextFile(classifier);
    await Deno.writeTextFile(other, text.replace(/num_trees = 20/, "num_trees  = 20"));
    assert.notEqual(await Deno.readTextFile(other), text);
    assertRefused(await segment(run(other)), 1, /no earlier results but found .* 10 more/);
    const renewed = await segment([...run(other), "--overwrite"]);
    assertDone(renewed);
    assert.doesNotMatch(renewed.stdout, /kept|before/);
  });
});
