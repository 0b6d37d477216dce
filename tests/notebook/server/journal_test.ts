import assert from "node:assert/strict";
import { join } from "node:path";
import { encodeCommand } from "../../../src/notebook/annotation_codec.ts";
import { Journal } from "../../../src/notebook/server/journal.ts";
import type { JournalRecord } from "../../../src/notebook/server/journal_record.ts";
import { rejectsDaub } from "../../support/errors.ts";
import { QUICK, until } from "./support/serve.ts";

const KEY = "a".repeat(64);
const header = { kind: "header", log: "l", imageKey: KEY, size: [20, 10, 1, 1] } as const;

function stroke(number: number): JournalRecord {
  const command = encodeCommand({ kind: "stroke", points: [number, 1], size: 1, value: 1 });
  return { kind: "paint", client: "c".repeat(32), number, command };
}

async function inFolder(run: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await run(join(folder, "journal"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a journal that is opened again says what was appended", () =>
  inFolder(async (path) => {
    const first = await Journal.open(path, header);
    const records = [stroke(1), stroke(2), { kind: "view", view: "{}" } as const];
    await Promise.all([
      first.journal.append(records.slice(0, 2)),
      first.journal.append(records.slice(2)),
    ]);
    await first.journal.close();
    const again = await Journal.open(path, { ...header, log: "another" });
    assert.deepEqual(again.records, [header, ...records]);
    assert.equal(again.torn, 0);
    await again.journal.close();
  }));

Deno.test("wherever a crash cuts a journal, the whole records are kept and it goes on", () =>
  inFolder(async (path) => {
    const { journal } = await Journal.open(path, header);
    await journal.append([stroke(1)]);
    const middle = journal.length;
    await journal.append([stroke(2)]);
    await journal.close();
    const bytes = await Deno.readFile(path);
    for (let cut = middle; cut < bytes.length; cut++) {
      await Deno.writeFile(path, bytes.subarray(0, cut));
      const torn = await Journal.open(path, header);
      assert.deepEqual(torn.records, [header, stroke(1)], `cut at ${cut}`);
      assert.equal(torn.torn, cut - middle);
      await torn.journal.append([stroke(3)]);
      await torn.journal.close();
      const again = await Journal.open(path, header);
      assert.deepEqual(again.records, [header, stroke(1), stroke(3)], `cut at ${cut}`);
      await again.journal.close();
    }
  }));

Deno.test("a bit that flipped in the last record is noticed by the checksum", () =>
  inFolder(async (path) => {
    const { journal } = await Journal.open(path, header);
    await journal.append([stroke(1)]);
    const middle = journal.length;
    await journal.append([stroke(2)]);
    await journal.close();
    const bytes = await Deno.readFile(path);
    for (let at = middle; at < bytes.length; at++) {
      const damaged = bytes.slice();
      damaged[at] ^= 0x10;
      await Deno.writeFile(path, damaged);
      const again = await Journal.open(path, header);
      assert.deepEqual(again.records, [header, stroke(1)], `byte ${at}`);
      await again.journal.close();
    }
  }));

Deno.test("compaction keeps every stroke and the last options and view", () =>
  inFolder(async (path) => {
    const { journal } = await Journal.open(path, header);
    await journal.append([stroke(1), { kind: "options", options: QUICK }]);
    const view = (n: number) => ({ kind: "view", view: JSON.stringify({ n, s: "x".repeat(999) }) });
    for (let n = 0; n < 100; n++) await journal.append([view(n) as JournalRecord]);
    await journal.append([stroke(2), { kind: "options", options: { ...QUICK, maxDepth: 3 } }]);
    const before = journal.length;
    await journal.close();
    const options = { kind: "options", options: { ...QUICK, maxDepth: 3 } } as const;
    const kept = [header, stroke(1), view(99), stroke(2), options];
    for (let time = 0; time < 2; time++) {
      const again = await Journal.open(path, header);
      assert.deepEqual(again.records, kept);
      assert.ok(again.journal.length < before / 20, `${again.journal.length} of ${before} bytes`);
      await again.journal.append([]);
      await again.journal.close();
    }
  }));

Deno.test("a file that is no journal is put aside, not overwritten", () =>
  inFolder(async (path) => {
    await Deno.writeTextFile(path, "something of the user's");
    const { journal, records } = await Journal.open(path, header);
    assert.deepEqual(records, [header]);
    await journal.close();
    const kept: string[] = [];
    for await (const { name } of Deno.readDir(join(path, ".."))) {
      if (name.startsWith("journal.damaged")) {
        kept.push(await Deno.readTextFile(join(path, "..", name)));
      }
    }
    assert.deepEqual(kept, ["something of the user's"]);
  }));

Deno.test("the journal of another image is refused", () =>
  inFolder(async (path) => {
    const { journal } = await Journal.open(path, header);
    await journal.close();
    await rejectsDaub("file", /another image/, () =>
      Journal.open(path, { ...header, imageKey: "b".repeat(64) }));
  }));

Deno.test("records that cannot be written are reported, kept, and written when that is possible", async () => {
  // The device takes no bytes, as a full disk does.
  const failures: string[] = [];
  await inFolder(async (path) => {
    const { journal } = await Journal.open(path, header, ({ message }) => failures.push(message));
    const file = Reflect.get(Deno.FsFile.prototype, "syncData");
    let full = true;
    Deno.FsFile.prototype.syncData = function () {
      if (full) return Promise.reject(new Error("No space left on device (os error 28)"));
      return file.call(this);
    };
    try {
      const appended = journal.append([stroke(1)]);
      await until(() => failures.length === 1, "the failure is reported");
      assert.match(failures[0], /No space left/);
      const later = journal.append([stroke(2)]);
      full = false;
      await Promise.all([appended, later]);
    } finally {
      Deno.FsFile.prototype.syncData = file;
    }
    await journal.close();
    const again = await Journal.open(path, header);
    assert.deepEqual(again.records, [header, stroke(1), stroke(2)]);
    await again.journal.close();
  });
});
