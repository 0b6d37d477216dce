import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type QualityCase, type QualityScores, scoreClasses } from "./case.ts";

/** How scikit-image's trainable segmentation does on the same strokes; nothing where it is absent. */
export async function scorePeer(
  cases: readonly QualityCase[],
): Promise<QualityScores[] | undefined> {
  const folder = await Deno.makeTempDir();
  try {
    const jobs = await Promise.all(cases.map(async ({ image, strokes }, i) => {
      const { width, height, depth } = strokes;
      const pixels = new Float32Array(strokes.data.length * image.length);
      image.forEach(({ data }, channel) => {
        for (let p = 0; p < data.length; p++) pixels[p * image.length + channel] = Number(data[p]);
      });
      const [imageFile, strokesFile, result] = ["image", "strokes", "result"]
        .map((name) => join(folder, `${name}_${i}.raw`));
      await Deno.writeFile(imageFile, new Uint8Array(pixels.buffer));
      await Deno.writeFile(strokesFile, strokes.data);
      const shape = depth > 1 ? [depth, height, width] : [height, width];
      return { image: imageFile, strokes: strokesFile, result, shape, channels: image.length };
    }));
    const seconds = await runPython(JSON.stringify(jobs));
    if (!seconds) return undefined;
    const scores: QualityScores[] = [];
    for (const [i, job] of jobs.entries()) {
      const data = await Deno.readFile(job.result);
      const { width, height, depth } = cases[i].strokes;
      scores.push(await scoreClasses(cases[i], { data, width, height, depth }, seconds[i]));
    }
    return scores;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function runPython(input: string): Promise<number[] | undefined> {
  const script = fileURLToPath(new URL("./trainable_segmenter.py", import.meta.url));
  try {
    const process = new Deno.Command("/usr/bin/python3", {
      args: [script],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const [{ success, stdout }] = await Promise.all([
      process.output(),
      new Blob([input]).stream().pipeTo(process.stdin),
    ]);
    return success ? JSON.parse(new TextDecoder().decode(stdout)) : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
