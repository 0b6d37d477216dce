import assert from "node:assert/strict";
import { join } from "node:path";
import { writeTiff } from "./support/fixtures.ts";
import { namesIn, withFolder } from "./support/folder.ts";
import { assertRefused, type Outcome, quietEnvironment, script } from "./support/segment.ts";

/** Runs a program, sends it a signal once it has printed something, and waits for its end. */
async function interrupt(argv: string[], sent: Deno.Signal, printed: string): Promise<Outcome> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-lock", ...argv],
    env: quietEnvironment,
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const errors = new Response(child.stderr).text();
  let stdout = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    if (!stdout.includes(printed) && (stdout + text).includes(printed)) child.kill(sent);
    stdout += text;
  }
  const { code } = await child.status;
  return { code, stdout, stderr: (await errors).trimEnd() };
}

const ignore = Deno.build.os === "windows";

for (const [sent, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  Deno.test({
    name: `${sent} while computing ends the run in a sentence and leaves nothing behind`,
    ignore,
    async fn() {
      await withFolder(async (folder) => {
        const size = { width: 3000, height: 2000, depth: 1 };
        const data = Uint8Array.from({ length: 6_000_000 }, (_, i) => (i * 7919) % 251);
        const strokes = new Uint8Array(data.length);
        for (let i = 0; i < 4000; i++) strokes[i * 7] = 1 + data[i * 7] % 2;
        const image = await writeTiff(folder, "large.tif", { ...size, data });
        const painted = await writeTiff(folder, "strokes.tif", { ...size, data: strokes });
        const argv = [image, "--annotation", painted, "--out", join(folder, "out")];
        const more = ["--backend=cpu", "--features=object_size_1_to_5_px"];
        const outcome = await interrupt([script, ...argv, ...more], sent, "Backend");
        assertRefused(outcome, code, /was interrupted/);
        assert.deepEqual(await namesIn(folder), ["large.tif", "strokes.tif"]);
      });
    },
  });
}

Deno.test({
  name: "a program too busy to hear is ended, and its half files are removed",
  ignore,
  async fn() {
    await withFolder(async (folder) => {
      const program = new URL("./support/deaf.ts", import.meta.url).href;
      const outcome = await interrupt([program, join(folder, "half.tmp")], "SIGINT", "busy");
      assertRefused(outcome, 130, /was interrupted/);
      assert.deepEqual(await namesIn(folder), []);
    });
  },
});
