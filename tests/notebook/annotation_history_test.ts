import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { DaubError } from "../../src/errors.ts";
import { Annotation } from "../../src/notebook/annotation.ts";
import { decodeCommand, encodeCommand } from "../../src/notebook/annotation_codec.ts";
import {
  decodeHistory,
  encodeHistory,
  historyHeader,
  historyRecord,
  readHistory,
} from "../../src/notebook/annotation_history.ts";
import { imageKey } from "../../src/notebook/annotation_key.ts";
import { anyCommands, SIZE } from "./annotation_commands.ts";

const withoutGaps = (command: object) => JSON.parse(JSON.stringify(command));

Deno.test("every command comes back from its bytes", () => {
  fc.assert(fc.property(anyCommands, (commands) => {
    for (const command of commands) {
      assert.deepEqual(decodeCommand(encodeCommand(command)), withoutGaps(command));
    }
  }));
});

Deno.test("a history brings back pixels, counts, undo and redo", () => {
  fc.assert(
    fc.property(anyCommands, (commands) => {
      const before = new Annotation(SIZE);
      for (const command of commands) before.apply(command);
      const after = decodeHistory(encodeHistory(before));
      assert.deepEqual(after.size, before.size);
      assert.deepEqual([after.undoDepth, after.redoDepth], [before.undoDepth, before.redoDepth]);
      do {
        assert.deepEqual(after.snapshot().toUint8Array(), before.snapshot().toUint8Array());
        before.undo();
      } while (after.undo());
    }),
    { numRuns: 30 },
  );
});

Deno.test("a journal cut anywhere gives every record that was whole", () => {
  fc.assert(
    fc.property(anyCommands, fc.double({ min: 0, max: 1, noNaN: true }), (commands, at) => {
      const header = historyHeader(SIZE, "key");
      const records = commands.map(historyRecord);
      const bytes = Uint8Array.from([header, ...records].flatMap((part) => [...part]));
      const cut = header.length + Math.floor(at * (bytes.length - header.length));
      const history = readHistory(bytes.subarray(0, cut));
      let whole = 0;
      let end = header.length;
      while (whole < records.length && end + records[whole].length <= cut) {
        end += records[whole++].length;
      }
      assert.equal(history.commands.length, whole);
      assert.equal(history.validBytes, end);
      assert.equal(history.imageKey, "key");
    }),
  );
});

Deno.test("a flipped bit in a record drops it and what follows", () => {
  const header = historyHeader(SIZE);
  const record = historyRecord({ kind: "stroke", points: [9, 9, 14, 9], size: 5, value: 2 });
  for (let bit = 8; bit < 8 * record.length; bit++) {
    const damaged = record.slice();
    damaged[bit >> 3] ^= 1 << (bit & 7);
    const bytes = Uint8Array.from([...header, ...record, ...damaged, ...record]);
    assert.equal(readHistory(bytes).commands.length, 1, `bit ${bit}`);
  }
});

Deno.test("bytes that are no history end in an annotation error", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      for (const read of [decodeHistory, readHistory]) {
        assert.throws(() => read(bytes), (e) => e instanceof DaubError && e.tag === "annotation");
      }
      const command = (() => {
        try {
          return decodeCommand(bytes);
        } catch (error) {
          assert.ok(error instanceof DaubError, String(error));
        }
      })();
      if (command === undefined) return;
      try {
        new Annotation(SIZE).apply(command);
      } catch (error) {
        assert.ok(error instanceof DaubError, String(error));
      }
    }),
    { numRuns: 500 },
  );
});

Deno.test("a long stroke takes about two bytes a point", () => {
  const points = Array.from({ length: 2000 }, (_, i) => 5000 + (i % 2 ? i : 2 * i));
  const bytes = encodeCommand({ kind: "stroke", points, size: 20, value: 1 });
  assert.ok(bytes.length < points.length + 20, `${bytes.length} bytes`);
});

Deno.test("an image's key depends on its pixels, size and type only", async () => {
  const image = { width: 3, height: 2, depth: 1, data: Uint8Array.of(1, 2, 3, 4, 5, 6) };
  const key = await imageKey(image);
  assert.match(key, /^[0-9a-f]{64}$/);
  assert.equal(await imageKey([{ ...image, name: "other", data: image.data.slice() }]), key);
  const others = [
    { ...image, width: 2, height: 3 },
    { ...image, data: Uint8Array.of(1, 2, 3, 4, 5, 7) },
    { ...image, data: new Int8Array(image.data) },
  ];
  for (const other of others) assert.notEqual(await imageKey(other), key);
  assert.notEqual(await imageKey([image, image]), key);
});
