import fc from "npm:fast-check@4.10.2";
import type { AnnotationCommand } from "../../src/notebook/annotation.ts";

/** Wider than a tile and a little deep, with edge tiles of odd sizes. */
export const SIZE = { width: 270, height: 31, depth: 2, frames: 2 };

const place = {
  z: fc.option(fc.nat(1), { nil: undefined }),
  t: fc.option(fc.nat(1), { nil: undefined }),
};
const value = fc.nat(3);
const over = fc.option(fc.nat(3), { nil: undefined });
const points = (minLength: number) =>
  fc.array(
    fc.tuple(fc.integer({ min: 470, max: 560 }), fc.integer({ min: -9, max: 70 })),
    { minLength, maxLength: 6 },
  ).map((list) => list.flat());

const command: fc.Arbitrary<AnnotationCommand> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("stroke" as const),
      points: points(1),
      size: fc.integer({ min: 1, max: 30 }),
      value,
      over,
      step: fc.option(fc.nat(1), { nil: undefined }),
      ...place,
    }),
  },
  fc.record({ kind: fc.constant("polygon" as const), points: points(3), value, over, ...place }),
  fc.record({
    kind: fc.constant("fill" as const),
    x: fc.nat(SIZE.width - 1),
    y: fc.nat(SIZE.height - 1),
    value,
    over,
    contiguous: fc.option(fc.boolean(), { nil: undefined }),
    dimensions: fc.constantFrom(2, 3, undefined),
    ...place,
  }),
  fc.record({ kind: fc.constant("swap" as const), a: value, b: value }),
  fc.record({
    kind: fc.constant("clear" as const),
    value: fc.constantFrom(1, 2, undefined),
    ...place,
  }),
  fc.record({
    kind: fc.constant("paste" as const),
    runs: fc.array(fc.tuple(fc.integer({ min: 1, max: 2000 }), value), { maxLength: 8 })
      .map((list) => list.flat()),
  }),
  { weight: 3, arbitrary: fc.constant({ kind: "undo" as const }) },
  { weight: 2, arbitrary: fc.constant({ kind: "redo" as const }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("cancel" as const), step: fc.nat(1) }),
  },
);

/** Sequences of every kind of command, each valid for {@linkcode SIZE}. */
export const anyCommands: fc.Arbitrary<AnnotationCommand[]> = fc.array(command, { maxLength: 25 });
