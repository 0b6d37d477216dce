import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { dirname, join } from "node:path";
import fc from "npm:fast-check@4.10.2";
import { encodeCommand } from "../../../src/notebook/annotation_codec.ts";
import { concat, encodeJournal } from "../../../src/notebook/server/compact_journal.ts";
import { Journal } from "../../../src/notebook/server/journal.ts";
import {
  encodeRecord,
  JOURNAL_SIGNATURE,
  type JournalRecord,
  readRecords,
} from "../../../src/notebook/server/journal_record.ts";
import { rejectsDaub } from "../../support/errors.ts";
import { QUICK, until } from "./support/serve.ts";

const KEY = "a".repeat(64);
const header = { kind: "header", log: "l", imageKey: KEY, size: [20, 10, 1, 1] } as const;

function stroke(number: number): JournalRecord {
  const command = encodeCommand({ kind: "stroke", points: [number, 1], size: 1, value: 1 });
  return { kind: "paint", client: "c".repeat(32), number, command };
}

function view(n: number): JournalRecord {
  return { kind: "view", view: JSON.stringify({ n, s: "x".repeat(999) }) };
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

Deno.test("a journal opened again is compacted: every stroke, the last options and view", () =>
  inFolder(async (path) => {
    const { journal } = await Journal.open(path, header, { slack: Infinity });
    await journal.append([stroke(1), { kind: "options", options: QUICK }]);
    for (let n = 0; n < 100; n++) await journal.append([view(n)]);
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

Deno.test("a journal is compacted while it is written, and nothing is lost, moved or doubled", () =>
  inFolder(async (path) => {
    const { journal } = await Journal.open(path, header, { slack: 500 });
    const painted: JournalRecord[] = [];
    let bytes = 0;
    const appended: Promise<void>[] = [];
    for (let n = 1; n <= 2000; n++) {
      // Two painters in turn, the first one's strokes in runs; numbers of the other one skip.
      const record = n % 7 === 0 ? { ...stroke(2 * n), client: "d".repeat(32) } : stroke(n);
      painted.push(record);
      for (const each of [record, view(n)]) bytes += encodeRecord(each).length;
      appended.push(journal.append([record, view(n)]));
      // Sometimes one after the other, sometimes many while the file is replaced.
      if (n % 50 < 25) await appended.at(-1);
    }
    await Promise.all(appended);
    assert.ok(journal.length < bytes / 10, `${journal.length} of ${bytes} bytes`);
    assert.equal((await Deno.stat(path)).size, journal.length);
    await journal.close();
    const again = await Journal.open(path, header);
    const found = again.records.filter(({ kind }) => kind === "paint");
    assert.equal(JSON.stringify(found), JSON.stringify(painted));
    assert.deepEqual(again.records.filter(({ kind }) => kind === "view"), [view(2000)]);
    await again.journal.close();
    const names = await Array.fromAsync(Deno.readDir(dirname(path)), ({ name }) => name);
    assert.deepEqual(names, ["journal"]);
  }));

Deno.test("a compaction that fails or is cut off by a crash leaves the journal as it was", () =>
  inFolder(async (path) => {
    const { journal } = await Journal.open(path, header, { slack: 0 });
    const { rename } = Deno;
    let refused = 0;
    Deno.rename = () => (refused++, Promise.reject(new Error("No space left on device")));
    try {
      for (let n = 1; n <= 100; n++) await journal.append([stroke(n), view(n)]);
    } finally {
      Deno.rename = rename;
    }
    assert.ok(refused > 0, "it was tried");
    await journal.close();
    const strokes = Array.from({ length: 100 }, (_, i) => stroke(i + 1));
    // What the crash left beside it is half a file.
    const left = await Deno.readFile(`${path}.new`);
    await Deno.writeFile(`${path}.new`, left.subarray(0, left.length / 2));
    const again = await Journal.open(path, header, { slack: 0 });
    assert.deepEqual(again.records, [header, ...strokes, view(100)]);
    await again.journal.append([stroke(101)]);
    await again.journal.close();
    const third = await Journal.open(path, header);
    assert.equal(third.records.length, 103);
    await third.journal.close();
  }));

Deno.test("the file that takes the place of another is safe before anything is added to it", () =>
  inFolder(async (path) => {
    const steps: string[] = [];
    const { journal } = await Journal.open(path, header, { slack: 0 });
    const { rename } = Deno;
    const { sync, syncData, write } = Deno.FsFile.prototype;
    const note = (name: string, method: (...all: never[]) => unknown) =>
      function (this: unknown, ...all: never[]) {
        steps.push(name);
        return method.apply(this, all);
      } as never;
    Deno.rename = note("rename", rename);
    Object.assign(Deno.FsFile.prototype, {
      sync: note("sync folder", sync),
      syncData: note("sync", syncData),
      write: note("write", write as never),
    });
    try {
      await journal.append([stroke(1), view(1)]);
      await journal.append([view(2), view(3), view(4)]);
      await journal.append([stroke(2)]);
    } finally {
      Deno.rename = rename;
      Object.assign(Deno.FsFile.prototype, { sync, syncData, write });
    }
    await journal.close();
    const replaced = ["write", "sync", "rename", "sync folder"];
    const at = steps.indexOf("rename") - 2;
    assert.deepEqual(steps.slice(at, at + 4), replaced, steps.join());
    assert.deepEqual(steps.slice(-2), ["write", "sync"]);
  }));

Deno.test("records survive their dense form, whoever painted and whatever is between", () => {
  const record = fc.oneof(
    fc.record({
      kind: fc.constant("paint" as const),
      client: fc.constantFrom("c".repeat(32), "d".repeat(32), ""),
      number: fc.integer({ min: 0, max: 9 }),
      command: fc.uint8Array({ maxLength: 300_000 }),
    }),
    fc.constant(view(1)),
  );
  fc.assert(
    fc.property(fc.array(record, { maxLength: 30 }), (records) => {
      // Numbers in a row, as they come, and now and then others.
      const all = [
        header,
        ...records.map((each, i) =>
          each.kind === "paint" && each.number > 1 ? { ...each, number: i } : each
        ),
      ];
      const bytes = encodeJournal(all);
      const { records: found, end } = readRecords(bytes);
      return end === bytes.length && found.length === all.length &&
        found.every((each, i) => Buffer.compare(encodeRecord(each), encodeRecord(all[i])) === 0);
    }),
    { numRuns: 100 },
  );
});

Deno.test("a journal of an earlier version is read, and written on as one of this version", async () => {
  for (const version of [1, 2]) {
    await inFolder(async (path) => {
      const old = [JOURNAL_SIGNATURE.with(7, version), ...[header, stroke(1)].map(encodeRecord)];
      await Deno.writeFile(path, concat(old));
      const { journal, records } = await Journal.open(path, header);
      assert.deepEqual(records, [header, stroke(1)]);
      await journal.append([stroke(2)]);
      await journal.close();
      const bytes = await Deno.readFile(path);
      assert.deepEqual(
        bytes.subarray(0, 8),
        JOURNAL_SIGNATURE,
        "so that an earlier one refuses it",
      );
      const again = await Journal.open(path, header);
      assert.deepEqual(again.records, [header, stroke(1), stroke(2)]);
      await again.journal.close();
    });
  }
});

Deno.test("a journal of a later version is refused and stays as it is", () =>
  inFolder(async (path) => {
    const later = JOURNAL_SIGNATURE.with(7, JOURNAL_SIGNATURE[7] + 1);
    const bytes = concat([later, ...[header, stroke(1)].map(encodeRecord), Uint8Array.of(1, 2)]);
    await Deno.writeFile(path, bytes);
    await rejectsDaub("file", /those of a later one/, () => Journal.open(path, header));
    assert.deepEqual(await Deno.readFile(path), bytes);
  }));

Deno.test("whole strokes that cannot be understood are refused, not cut off", () =>
  inFolder(async (path) => {
    const odd = { ...stroke(2), client: 5 as unknown as string };
    const records = [header, stroke(1), odd as JournalRecord, stroke(3)];
    const bytes = concat([JOURNAL_SIGNATURE, ...records.map(encodeRecord)]);
    await Deno.writeFile(path, bytes);
    await rejectsDaub("file", /mean nothing, from byte/, () => Journal.open(path, header));
    assert.deepEqual(await Deno.readFile(path), bytes);
  }));

Deno.test("options that are not known any more do not cost the strokes behind them", () =>
  inFolder(async (path) => {
    const options = { ...QUICK, numTrees: "many" as unknown as number };
    const records = [header, stroke(1), { kind: "options", options } as const, stroke(2)];
    await Deno.writeFile(path, concat([JOURNAL_SIGNATURE, ...records.map(encodeRecord)]));
    const { journal, records: found } = await Journal.open(path, header);
    assert.deepEqual(found, [header, stroke(1), stroke(2)]);
    await journal.close();
    assert.deepEqual(readRecords(await Deno.readFile(path)).records, found);
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
    const onFailure = ({ message }: Error) => void failures.push(message);
    const { journal } = await Journal.open(path, header, { onFailure });
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
