import assert from "node:assert/strict";
import { join } from "node:path";
import { encodeCommand } from "../../../src/notebook/annotation_codec.ts";
import { AnnotationFolder } from "../../../src/notebook/server/annotation_folder.ts";
import { Journal } from "../../../src/notebook/server/journal.ts";
import type { JournalRecord } from "../../../src/notebook/server/journal_record.ts";

const header = { kind: "header", log: "l", imageKey: "k", size: [20, 10, 1, 1] } as const;

function stroke(number: number): JournalRecord {
  const command = encodeCommand({ kind: "stroke", points: [number, 1], size: 1, value: 1 });
  return { kind: "paint", client: "c".repeat(32), number, command };
}

const view = (n: number): JournalRecord => ({ kind: "view", view: `${n}`.padEnd(500) });

/** A system that renames no file that is open and none over one that is, as Windows. */
class StrictSystem implements Disposable {
  /** Renames that were done, and that were refused. */
  readonly done: string[] = [];
  readonly refused: string[] = [];
  readonly #open = new Map<Deno.FsFile, string>();
  readonly #before = { open: Deno.open, rename: Deno.rename };
  readonly #methods = {
    close: Deno.FsFile.prototype.close,
    [Symbol.dispose]: Deno.FsFile.prototype[Symbol.dispose],
  };

  constructor() {
    const opened = this.#open;
    const { close, [Symbol.dispose]: dispose } = this.#methods;
    const { open, rename } = this.#before;
    Object.assign(Deno.FsFile.prototype, {
      close(this: Deno.FsFile) {
        opened.delete(this);
        close.call(this);
      },
      [Symbol.dispose](this: Deno.FsFile) {
        opened.delete(this);
        dispose.call(this);
      },
    });
    Deno.open = async (path, options) => {
      const file = await open(path, options);
      opened.set(file, String(path));
      return file;
    };
    Deno.rename = async (from, to) => {
      const held = [...opened.values()].filter((path) => path === from || path === to);
      (held.length > 0 ? this.refused : this.done).push(...held, `${to}`);
      if (held.length > 0) throw new Deno.errors.PermissionDenied("Access is denied (os error 5)");
      await rename(from, to);
    };
  }

  [Symbol.dispose](): void {
    Object.assign(Deno, this.#before);
    Object.assign(Deno.FsFile.prototype, this.#methods);
  }
}

async function inFolder(run: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("where open files cannot be renamed or replaced, a journal is compacted all the same", () =>
  inFolder(async (folder) => {
    using system = new StrictSystem();
    const path = join(folder, "journal");
    const { journal } = await Journal.open(path, header, { slack: 2000 });
    let longest = 0;
    for (let n = 1; n <= 200; n++) {
      await journal.append([stroke(n), view(n)]);
      longest = Math.max(longest, journal.length);
    }
    await journal.close();
    assert.deepEqual(system.refused, []);
    assert.ok(system.done.length > 5, `renamed ${system.done.length} times`);
    assert.ok(longest < 10_000, `never over ${longest} bytes`);
    const again = await Journal.open(path, header, { slack: 0 });
    const strokes = Array.from({ length: 200 }, (_, i) => stroke(i + 1));
    assert.deepEqual(again.records, [header, ...strokes, view(200)]);
    await again.journal.close();
    assert.deepEqual(system.refused, []);
  }));

Deno.test("where open files cannot be replaced, the label image is written beside an open journal", () =>
  inFolder(async (folder) => {
    using system = new StrictSystem();
    const size = { width: 20, height: 10, depth: 1, frames: 1 };
    const opened = await AnnotationFolder.open(folder, "k", size, { slack: 0 });
    for (let n = 1; n <= 20; n++) {
      await opened.folder.journal.append([stroke(n), view(n)]);
      await opened.folder.saveLabels(Uint8Array.of(n));
    }
    assert.deepEqual(
      await Deno.readFile(join(opened.folder.path, "annotation.tif")),
      Uint8Array.of(20),
    );
    await opened.folder.close();
    assert.deepEqual(system.refused, []);
  }));

Deno.test("a program that holds the journal open only delays its compaction", () =>
  inFolder(async (folder) => {
    using system = new StrictSystem();
    const path = join(folder, "journal");
    const { journal } = await Journal.open(path, header, { slack: 500 });
    {
      // A virus scanner, an indexer, somebody's editor.
      using _other = await Deno.open(path);
      for (let n = 1; n <= 50; n++) await journal.append([stroke(n), view(n)]);
      assert.ok(system.refused.length > 0, "it was tried");
    }
    const long = journal.length;
    for (let n = 51; n <= 200; n++) await journal.append([stroke(n), view(n)]);
    assert.ok(journal.length < long, `${journal.length} of ${long} bytes`);
    await journal.close();
    const again = await Journal.open(path, header);
    assert.deepEqual(again.records.filter(({ kind }) => kind === "paint").length, 200);
    await again.journal.close();
  }));

Deno.test("a journal that is replaced although the system says it is not is written on where it ends", () =>
  inFolder(async (folder) => {
    const path = join(folder, "journal");
    const { journal } = await Journal.open(path, header, { slack: 500 });
    const { rename } = Deno;
    Deno.rename = async (from, to) => {
      await rename(from, to);
      throw new Deno.errors.NotFound("A network file system sent its request twice");
    };
    try {
      for (let n = 1; n <= 50; n++) await journal.append([stroke(n), view(n)]);
    } finally {
      Deno.rename = rename;
    }
    await journal.close();
    const again = await Journal.open(path, header);
    const strokes = Array.from({ length: 50 }, (_, i) => stroke(i + 1));
    assert.deepEqual(again.records.filter(({ kind }) => kind === "paint"), strokes);
    assert.equal(again.torn, 0);
    await again.journal.close();
  }));
