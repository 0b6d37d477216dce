import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { DaubError } from "../../src/errors.ts";
import { Annotation } from "../../src/notebook/annotation.ts";
import { decodeCommand, encodeCommand } from "../../src/notebook/annotation_codec.ts";
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

Deno.test("the bytes of all commands bring back pixels, undo and redo", () => {
  fc.assert(
    fc.property(anyCommands, (commands) => {
      const before = new Annotation(SIZE);
      for (const command of commands) before.apply(command);
      const after = new Annotation(SIZE);
      for (const bytes of before.log.map(encodeCommand)) after.apply(decodeCommand(bytes));
      assert.deepEqual([after.undoDepth, after.redoDepth], [before.undoDepth, before.redoDepth]);
      do {
        assert.deepEqual(after.snapshot().toUint8Array(), before.snapshot().toUint8Array());
        before.undo();
      } while (after.undo());
    }),
    { numRuns: 30 },
  );
});

Deno.test("bytes that are no command end in an annotation error", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
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
