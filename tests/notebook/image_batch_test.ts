import assert from "node:assert/strict";
import { DaubError } from "../../src/errors.ts";
import type { AppliedImage } from "../../src/notebook/applied_image.ts";
import { applyInTurn, type BatchImage, joinTables } from "../../src/notebook/image_batch.ts";
import { noServer } from "../../src/notebook/remote_errors.ts";
import { rejectsDaub } from "../support/errors.ts";

function images(...names: string[]): BatchImage[] {
  return names.map((name) => ({ name, state: "waiting", fraction: 0 }));
}

function foundIn(name: string, frames = 1): AppliedImage {
  const frame = { count: name.length, labels: Uint8Array.of(1), table: `label\n${name.length}\n` };
  return { width: 1, height: 1, depth: 1, frames: Array(frames).fill(frame), milliseconds: 2 };
}

const states = (all: readonly BatchImage[]) => all.map(({ state }) => state);

Deno.test("images come one after the other; a bad one is told of, and the others go on", async () => {
  const all = images("a", "bad", "ccc");
  let underWay = 0;
  const changes: string[] = [];
  await applyInTurn(all, async ({ name }, { onProgress }) => {
    assert.equal(++underWay, 1);
    onProgress!({ stage: "segment", fraction: 0.5 });
    await Promise.resolve();
    underWay--;
    if (name === "bad") throw new DaubError("image", "Expected an image.");
    return foundIn(name);
  }, { onChange: ({ name, state, fraction }) => changes.push(`${name} ${state} ${fraction}`) });
  assert.deepEqual(states(all), ["done", "failed", "done"]);
  assert.equal(all[1].error?.message, "Expected an image.");
  assert.deepEqual(all.map(({ found }) => found?.frames[0].count), [1, undefined, 3]);
  assert.deepEqual(changes.slice(0, 4), [
    "a running 0",
    "a running 0.5",
    "a done 1",
    "bad running 0",
  ]);
});

Deno.test("the one that is cancelled waits again, and none follows", async () => {
  const all = images("a", "b", "c");
  const controller = new AbortController();
  await rejectsDaub("cancelled", /cancelled/, () =>
    applyInTurn(all, ({ name }, { signal }) => {
      if (name !== "b") return Promise.resolve(foundIn(name));
      controller.abort();
      assert.ok(signal!.aborted);
      return Promise.reject(new DaubError("cancelled", "The computation was cancelled."));
    }, { signal: controller.signal, onChange: () => {} }));
  assert.deepEqual(states(all), ["done", "waiting", "waiting"]);
});

Deno.test("where the server is gone, the others are not tried", async () => {
  const all = images("a", "b");
  let tries = 0;
  const apply = () => {
    tries++;
    return Promise.reject(noServer(""));
  };
  await rejectsDaub("server", /did not/, () => applyInTurn(all, apply, { onChange: () => {} }));
  assert.deepEqual(states(all), ["waiting", "waiting"]);
  assert.equal(tries, 1);
});

Deno.test("one table has the objects of all images, with their time points where there are several", async () => {
  const all = images("a.tif", "b.tif");
  const run = async (frames: number) => {
    await applyInTurn(all, ({ name }) => Promise.resolve(foundIn(name, frames)), {
      onChange: () => {},
    });
    const done = all.map(({ name, found }) => ({ name, found: found! }));
    return await (await joinTables(done)).text();
  };
  assert.equal(await run(1), "file,label\na.tif,5\nb.tif,5\n");
  assert.equal(
    await run(2),
    "file,frame,label\na.tif,0,5\na.tif,1,5\nb.tif,0,5\nb.tif,1,5\n",
  );
});
