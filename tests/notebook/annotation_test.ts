import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { Annotation, type AnnotationCommand } from "../../src/notebook/annotation.ts";
import { pasteCommand } from "../../src/notebook/annotation_runs.ts";
import { DaubError } from "../../src/errors.ts";
import { anyCommands, SIZE } from "./annotation_commands.ts";

const SMALL = { width: 300, height: 20, depth: 1 };

function stroke(x: number, y: number, value: number, more: object = {}): AnnotationCommand {
  return { kind: "stroke", points: [2 * x + 1, 2 * y + 1], size: 3, value, ...more };
}

function replay(commands: readonly AnnotationCommand[]): Annotation {
  const annotation = new Annotation(SIZE);
  for (const command of commands) annotation.apply(command);
  return annotation;
}

function equals(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}

const dense = (annotation: Annotation) => annotation.snapshot().toUint8Array();

/** What can be undone: the commands of a step, and what could be redone before it. */
interface ModelStep {
  readonly id: number | undefined;
  readonly commands: AnnotationCommand[];
  readonly undone: readonly ModelStep[];
}

/** Steps without the commands that change nothing when all are made one after the other. */
function effective(steps: readonly ModelStep[]): ModelStep[] {
  const annotation = new Annotation(SIZE);
  return steps.flatMap(({ id, commands, undone }) => {
    const changing = commands.filter((command) =>
      annotation.apply({ ...command, step: undefined } as AnnotationCommand)
    );
    return changing.length > 0 ? [{ id, commands: changing, undone }] : [];
  });
}

/** What can be undone and redone when a step is cancelled; nothing where there is no such step. */
function modelCancel(steps: readonly ModelStep[], undone: readonly ModelStep[], step: number) {
  const from = steps.findIndex(({ id }) => id === step);
  if (from < 0) return undefined;
  const isOther = ({ id }: ModelStep) => id !== step;
  const later = steps.slice(from).filter(isOther);
  const redone = undone.filter(isOther).reverse();
  const kept = effective([...steps.slice(0, from), ...later]).slice(from);
  const again = effective([...steps.slice(0, from), ...kept, ...redone])
    .slice(from + kept.length);
  const before = steps[from].undone;
  const bare = (list: readonly ModelStep[]) => list.map((each) => ({ ...each, undone: [] }));
  return {
    steps: [
      ...steps.slice(0, from),
      ...bare(kept).map((each, i) => i === 0 ? { ...each, undone: before } : each),
    ],
    undone: kept.length + again.length === 0 ? [...before] : bare(again).reverse(),
  };
}

Deno.test("undo, redo and cancel give what the steps that remain give", () => {
  fc.assert(
    fc.property(anyCommands, (commands) => {
      const annotation = new Annotation(SIZE);
      let steps: ModelStep[] = [];
      let undone: ModelStep[] = [];
      for (const command of commands) {
        const changed = annotation.apply(command);
        const last = steps.at(-1);
        if (command.kind === "undo") undone.push(...steps.splice(-1));
        else if (command.kind === "redo") steps.push(...undone.splice(-1));
        else if (command.kind === "cancel") {
          const cancelled = modelCancel(steps, undone, command.step);
          assert.equal(changed, cancelled !== undefined);
          if (cancelled) ({ steps, undone } = cancelled);
        } else if (changed) {
          const joins = command.step !== undefined && last?.id === command.step &&
            undone.length === 0;
          if (joins) last.commands.push(command);
          else steps.push({ id: command.step, commands: [command], undone });
          undone = [];
        }
        assert.equal(annotation.undoDepth, steps.length);
        assert.equal(annotation.redoDepth, undone.length);
        const remaining = steps.flatMap((step) => step.commands);
        assert.ok(equals(dense(annotation), dense(replay(remaining))));
      }
    }),
    { numRuns: 100 },
  );
});

Deno.test("a stroke that is cancelled leaves what could be undone and redone as it was", () => {
  const annotation = new Annotation(SMALL);
  annotation.apply(stroke(10, 10, 1));
  annotation.apply(stroke(20, 10, 2));
  const whole = dense(annotation);
  annotation.undo();
  annotation.apply(stroke(30, 10, 1, { step: 7 }));
  annotation.apply(stroke(40, 10, 1, { step: 7 }));
  assert.equal(annotation.redoDepth, 0);
  assert.equal(annotation.apply({ kind: "cancel", step: 8 }), false);
  assert.equal(annotation.apply({ kind: "cancel", step: 7 }), true);
  assert.deepEqual([annotation.undoDepth, annotation.redoDepth, annotation.at(30, 10)], [1, 1, 0]);
  assert.equal(annotation.redo(), true);
  assert.deepEqual(dense(annotation), whole);
});

Deno.test("a stroke is cancelled that others painted after, over and under", () => {
  const annotation = new Annotation(SMALL);
  annotation.apply(stroke(10, 10, 1));
  annotation.apply(stroke(20, 10, 1, { step: 7 }));
  annotation.apply(stroke(21, 10, 2, { step: 8 }));
  annotation.apply(stroke(22, 10, 1, { step: 7 }));
  const log = annotation.log;
  assert.equal(annotation.apply({ kind: "cancel", step: 7 }), true);
  assert.deepEqual([annotation.count(1), annotation.count(2), annotation.undoDepth], [9, 9, 2]);
  annotation.undo();
  assert.deepEqual([annotation.count(1), annotation.count(2)], [9, 0]);
  annotation.rewind(log.length);
  assert.deepEqual([annotation.count(1), annotation.count(2), annotation.undoDepth], [21, 3, 4]);
});

Deno.test("a stroke is cancelled when another was painted and taken back since", () => {
  const annotation = new Annotation(SMALL);
  annotation.apply(stroke(20, 10, 1, { step: 7 }));
  annotation.apply(stroke(21, 10, 2, { step: 8 }));
  annotation.undo();
  assert.equal(annotation.apply({ kind: "cancel", step: 7 }), true);
  assert.deepEqual([annotation.snapshot().labelled, annotation.undoDepth], [0, 0]);
  assert.equal(annotation.redo(), true);
  assert.deepEqual([annotation.count(1), annotation.count(2)], [0, 9]);
});

Deno.test("what lies more than 64 steps back is not cancelled any more", () => {
  const annotation = new Annotation(SMALL);
  annotation.apply(stroke(5, 5, 1, { step: 7 }));
  for (let i = 0; i < 63; i++) annotation.apply(stroke(10 + i, 15, 2));
  assert.equal(annotation.apply({ kind: "cancel", step: 7 }), true);
  annotation.apply(stroke(5, 5, 1, { step: 7 }));
  for (let i = 0; i < 64; i++) annotation.apply(stroke(100 + i, 15, 2));
  assert.equal(annotation.apply({ kind: "cancel", step: 7 }), false);
});

Deno.test("counts of labelled pixels are those of the dense image", () => {
  fc.assert(
    fc.property(anyCommands, (commands) => {
      const annotation = replay(commands);
      const counts = new Array(256).fill(0);
      for (const value of dense(annotation)) counts[value]++;
      assert.deepEqual(counts.map((_, value) => annotation.count(value)), counts);
      const { classes, labelled } = annotation.snapshot();
      assert.deepEqual(classes, counts.flatMap((n, value) => n > 0 && value > 0 ? [value] : []));
      assert.equal(labelled, counts.reduce((a, b) => a + b) - counts[0]);
    }),
    { numRuns: 60 },
  );
});

Deno.test("a snapshot keeps the pixels of its revision while painting goes on", () => {
  fc.assert(
    fc.property(anyCommands, (commands) => {
      const annotation = new Annotation(SIZE);
      const taken = commands.map((command) => {
        annotation.apply(command);
        return { snapshot: annotation.snapshot(), pixels: dense(annotation) };
      });
      annotation.rewind(Math.floor(commands.length / 2));
      for (const { snapshot, pixels } of taken) assert.deepEqual(snapshot.toUint8Array(), pixels);
    }),
    { numRuns: 40 },
  );
});

Deno.test("rewinding takes commands out as if they had never been applied", () => {
  fc.assert(
    fc.property(anyCommands, fc.nat(20), (commands, keep) => {
      const annotation = replay(commands);
      const log = annotation.log;
      const taken = annotation.rewind(keep);
      assert.deepEqual([...annotation.log, ...taken], log);
      const shorter = replay(annotation.log);
      assert.deepEqual(dense(annotation), dense(shorter));
      assert.equal(annotation.undoDepth, shorter.undoDepth);
      assert.equal(annotation.redoDepth, shorter.redoDepth);
      for (const command of taken) annotation.apply(command);
      assert.deepEqual(dense(annotation), dense(replay(log)));
    }),
    { numRuns: 60 },
  );
});

Deno.test("regions told to listeners hold every changed pixel", () => {
  fc.assert(
    fc.property(anyCommands, (commands) => {
      const annotation = new Annotation(SIZE);
      let before = dense(annotation);
      let told = 0;
      annotation.listen(({ regions, revision }) => {
        told++;
        assert.equal(revision, annotation.revision);
        const now = dense(annotation);
        const { width, height } = SIZE;
        for (const { slice, x, y, width: w, height: h } of regions) {
          for (let row = y; row < y + h; row++) {
            const at = (slice * height + row) * width + x;
            before.set(now.subarray(at, at + w), at);
          }
        }
        assert.deepEqual(before, now);
        before = now;
      });
      for (const command of commands) annotation.apply(command);
      assert.equal(told, annotation.revision);
    }),
    { numRuns: 40 },
  );
});

Deno.test("the pieces of one stroke are one step of the history", () => {
  const annotation = new Annotation(SMALL);
  annotation.apply(stroke(5, 5, 1));
  for (const x of [250, 255, 260]) annotation.apply(stroke(x, 8, 2, { step: 7 }));
  assert.equal(annotation.undoDepth, 2);
  annotation.undo();
  assert.deepEqual(annotation.snapshot().classes, [1]);
  annotation.redo();
  assert.equal(annotation.count(2), 27);
});

Deno.test("a stroke that another interrupts goes on as a step of its own", () => {
  const annotation = new Annotation(SMALL);
  annotation.apply(stroke(5, 5, 1, { step: 1 }));
  annotation.apply(stroke(15, 5, 2, { step: 2 }));
  annotation.apply(stroke(25, 5, 1, { step: 1 }));
  annotation.undo();
  assert.deepEqual([annotation.count(1), annotation.count(2)], [9, 9]);
});

Deno.test("commands that change nothing leave no trace", () => {
  const annotation = new Annotation(SMALL);
  assert.equal(annotation.undo(), false);
  assert.equal(annotation.apply(stroke(5, 5, 0)), false);
  annotation.apply(stroke(5, 5, 1));
  assert.equal(annotation.apply(stroke(5, 5, 1)), false);
  assert.equal(annotation.revision, 1);
});

Deno.test("preserved labels are not painted over", () => {
  const annotation = new Annotation(SMALL);
  annotation.apply(stroke(5, 5, 1));
  annotation.apply(stroke(6, 5, 2, { over: 0 }));
  assert.deepEqual([annotation.count(1), annotation.count(2)], [9, 3]);
  annotation.apply(stroke(6, 5, 0, { over: 2 }));
  assert.deepEqual([annotation.count(1), annotation.count(2)], [9, 0]);
});

Deno.test("a fill stays in what is connected, across tiles", () => {
  const annotation = new Annotation({ width: 600, height: 520, depth: 1 });
  // A ring of class 1, 4 pixels wide, that crosses the corner where four tiles meet.
  const ring = [200, 200, 800, 200, 800, 800, 200, 800, 200, 200];
  annotation.apply({ kind: "stroke", points: ring, size: 4, value: 1 });
  annotation.apply({ kind: "fill", x: 250, y: 250, value: 2 });
  assert.equal(annotation.count(2), 296 * 296);
  assert.equal(annotation.at(0, 0), 0);
  annotation.apply({ kind: "fill", x: 0, y: 0, value: 3 });
  assert.equal(annotation.count(0), 0);
});

Deno.test("a fill agrees with a flood fill pixel by pixel, in 2D and 3D", () => {
  const place = fc.tuple(fc.nat(SIZE.width - 1), fc.nat(SIZE.height - 1), fc.nat(SIZE.depth - 1));
  fc.assert(
    fc.property(anyCommands, place, fc.boolean(), (commands, [x, y, z], volume) => {
      const annotation = replay(commands);
      const expected = dense(annotation);
      floodFill(expected, x, y, z, volume);
      annotation.apply({ kind: "fill", x, y, z, value: 9, dimensions: volume ? 3 : 2 });
      assert.deepEqual(dense(annotation), expected);
    }),
    { numRuns: 40 },
  );
});

function floodFill(pixels: Uint8Array, x: number, y: number, z: number, volume: boolean): void {
  const { width, height, depth } = SIZE;
  const from = pixels[(z * height + y) * width + x];
  const stack = [[x, y, z]];
  for (let place = stack.pop(); place; place = stack.pop()) {
    const [x, y, z] = place;
    if (x < 0 || y < 0 || z < 0 || x >= width || y >= height || z >= depth) continue;
    const i = (z * height + y) * width + x;
    if (pixels[i] !== from || from === 9) continue;
    pixels[i] = 9;
    stack.push([x - 1, y, z], [x + 1, y, z], [x, y - 1, z], [x, y + 1, z]);
    if (volume) stack.push([x, y, z - 1], [x, y, z + 1]);
  }
}

Deno.test("a fill that is not contiguous takes every pixel of the class in the slice", () => {
  const annotation = new Annotation({ ...SMALL, depth: 2 });
  for (const x of [5, 50, 290]) annotation.apply(stroke(x, 5, 1));
  annotation.apply(stroke(5, 5, 1, { z: 1 }));
  annotation.apply({ kind: "fill", x: 5, y: 5, value: 4, contiguous: false });
  assert.deepEqual([annotation.count(4), annotation.count(1)], [27, 9]);
});

Deno.test("swapping two classes exchanges them everywhere", () => {
  const annotation = new Annotation({ ...SMALL, depth: 2 });
  annotation.apply(stroke(5, 5, 1));
  annotation.apply({ kind: "stroke", points: [101, 21], size: 1, value: 2, z: 1 });
  annotation.apply({ kind: "swap", a: 1, b: 2 });
  assert.deepEqual([annotation.at(5, 5), annotation.at(50, 10, 1)], [2, 1]);
});

Deno.test("a dense annotation comes back as it was pasted", () => {
  const size = { width: 300, height: 270, depth: 2 };
  const data = Uint8Array.from({ length: 300 * 270 * 2 }, (_, i) => (i * i >>> 9) % 5);
  const annotation = new Annotation(size);
  annotation.apply(stroke(100, 100, 7));
  annotation.apply(pasteCommand({ ...size, data }, size));
  assert.deepEqual(annotation.snapshot().toImage().data, data);
  annotation.undo();
  assert.deepEqual(annotation.snapshot().classes, [7]);
});

Deno.test("an image of 10,000 x 10,000 costs only the tiles that are touched", () => {
  const annotation = new Annotation({ width: 10_000, height: 10_000, depth: 1 });
  annotation.apply({ kind: "stroke", points: [1025, 1401, 1125, 1401], size: 10, value: 1 });
  assert.equal(annotation.tiles.tileCount, 2);
  annotation.apply({ kind: "fill", x: 9000, y: 9000, value: 2 });
  assert.equal(annotation.tiles.tileCount, 40 * 40);
  assert.equal(annotation.tiles.allocatedTiles, 2);
  assert.equal(annotation.count(2) + annotation.count(1), 1e8);
  annotation.undo();
  annotation.undo();
  assert.equal(annotation.tiles.tileCount, 0);
});

Deno.test("malformed and hostile commands are refused and change nothing", () => {
  const annotation = new Annotation(SMALL);
  const bad: unknown[] = [
    null,
    { kind: "format" },
    { kind: "stroke", points: [1], size: 3, value: 1 },
    { kind: "stroke", points: "11", size: 3, value: 1 },
    { kind: "stroke", points: [1, NaN], size: 3, value: 1 },
    { kind: "stroke", points: [1, 1e9], size: 3, value: 1 },
    { kind: "stroke", points: [1, 1.5], size: 3, value: 1 },
    { kind: "stroke", points: [], size: 3, value: 1 },
    { kind: "stroke", points: [1, 1], size: 0, value: 1 },
    { kind: "stroke", points: [1, 1], size: 1e6, value: 1 },
    { kind: "stroke", points: [1, 1], size: 3, value: 256 },
    { kind: "stroke", points: [1, 1], size: 3, value: 1, z: 1 },
    { kind: "stroke", points: [1, 1], size: 3, value: 1, t: -1 },
    { kind: "stroke", points: [1, 1], size: 3, value: 1, over: "0" },
    { kind: "stroke", points: new Array(4e5).fill(1), size: 3, value: 1 },
    { kind: "polygon", points: [1, 1, 2, 2], value: 1 },
    { kind: "fill", x: 300, y: 0, value: 1 },
    { kind: "fill", x: 3, y: 0, value: 1, dimensions: 4 },
    { kind: "swap", a: 1 },
    { kind: "clear", value: 0 },
    { kind: "paste", runs: [300 * 20 + 1, 1] },
    { kind: "paste", runs: [-1, 1] },
  ];
  for (const command of bad) {
    assert.throws(
      () => annotation.apply(command as AnnotationCommand),
      (error) => error instanceof DaubError && error.tag === "annotation",
      JSON.stringify(command)?.slice(0, 80),
    );
  }
  assert.equal(annotation.revision, 0);
  const vast = new Annotation({ width: 20_000, height: 20_000, depth: 1 });
  const points = Array.from({ length: 2000 }, (_, i) => i % 4 < 2 ? 0 : 39_999);
  assert.throws(() => vast.apply({ kind: "stroke", points, size: 1000, value: 1 }), DaubError);
  for (const width of [0, -1, 1.5, NaN, 2 ** 40]) {
    assert.throws(() => new Annotation({ width, height: 1, depth: 1 }), DaubError);
  }
});

Deno.test("an annotation of another size or with values beyond 255 is refused", () => {
  const wrong = { width: 20, height: 300, depth: 1, data: new Uint8Array(6000) };
  assert.throws(() => pasteCommand(wrong, SMALL), /Expected an annotation of 300 × 20/);
  const data = new Float32Array(6000).fill(0.5, 3);
  assert.throws(() => pasteCommand({ ...SMALL, data }, SMALL), /class numbers from 0 to 255/);
});
