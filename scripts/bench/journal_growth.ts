/**
 * How the journal of strokes grows, and how long it takes to open it again.
 *
 *     deno run -A scripts/bench/journal_growth.ts [STROKES]     default 10000
 *
 * A stroke is what half a second of painting sends: 20 commands of three points, one undo step;
 * after every tenth the view is moved.
 *
 * @module
 */
import { join } from "node:path";
import { encodeCommand } from "../../src/notebook/annotation_codec.ts";
import { AnnotationFolder } from "../../src/notebook/server/annotation_folder.ts";
import type { JournalRecord } from "../../src/notebook/server/journal_record.ts";
import { Random } from "../samples/random.ts";

const SIZE = { width: 2048, height: 2048, depth: 1, frames: 1 };
const PIECES = 20;
const client = "c".repeat(32);

/** What came of so many strokes. */
export interface JournalGrowth {
  readonly strokes: number;
  /** Bytes of the journal with and without compaction. */
  readonly bytes: number;
  readonly sparseBytes: number;
  /** Milliseconds to append them all, and to open the folder again with all its undo steps. */
  readonly appending: number;
  readonly opening: number;
  readonly undoDepth: number;
}

/** Journals so many strokes and opens the journal again. */
export async function measureJournal(strokes: number): Promise<JournalGrowth> {
  const data = await Deno.makeTempDir();
  try {
    const key = "a".repeat(64);
    const sparse = await append(data, "b".repeat(64), strokes, Infinity);
    const dense = await append(data, key, strokes);
    const started = performance.now();
    const { folder, annotation } = await AnnotationFolder.open(data, key, SIZE);
    const opening = performance.now() - started;
    await folder.close();
    return {
      strokes,
      bytes: dense.bytes,
      sparseBytes: sparse.bytes,
      appending: Math.round(dense.milliseconds),
      opening: Math.round(opening),
      undoDepth: annotation.undoDepth,
    };
  } finally {
    await Deno.remove(data, { recursive: true });
  }
}

async function append(data: string, key: string, strokes: number, slack?: number) {
  const random = new Random(1);
  const options = slack === undefined ? {} : { slack };
  const { folder } = await AnnotationFolder.open(data, key, SIZE, options);
  const started = performance.now();
  let number = 0;
  for (let step = 1; step <= strokes; step++) {
    const records: JournalRecord[] = [];
    let [x, y] = [0, 1].map(() => Math.floor(random.uniform() * 4000));
    for (let piece = 0; piece < PIECES; piece++) {
      const points: number[] = [];
      for (let point = 0; point < 3; point++) {
        x = Math.min(4095, Math.max(0, x + Math.round((random.uniform() - 0.5) * 16)));
        y = Math.min(4095, Math.max(0, y + Math.round((random.uniform() - 0.5) * 16)));
        points.push(x, y);
      }
      const value = 1 + step % 2;
      const command = encodeCommand({ kind: "stroke", points, size: 5, value, step });
      records.push({ kind: "paint", client, number: ++number, command });
    }
    if (step % 10 === 0) records.push({ kind: "view", view: JSON.stringify({ step, x, y }) });
    await folder.journal.append(records);
  }
  const milliseconds = performance.now() - started;
  await folder.close();
  const { size } = await Deno.stat(join(data, "annotations", key, "journal"));
  return { bytes: size, milliseconds };
}

if (import.meta.main) {
  console.log(JSON.stringify(await measureJournal(Number(Deno.args[0] ?? 10_000))));
}
