import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { visitCapsule } from "../../src/notebook/strokes/capsule.ts";
import { visitPolygon } from "../../src/notebook/strokes/polygon.ts";
import type { SpanVisitor } from "../../src/notebook/strokes/spans.ts";

const CLIP = { width: 40, height: 30 };

function rasterize(draw: (visit: SpanVisitor) => void): Uint8Array {
  const pixels = new Uint8Array(CLIP.width * CLIP.height);
  let lastRow = -1;
  draw((y, x0, x1) => {
    assert.ok(y >= lastRow && x0 >= 0 && x0 < x1 && x1 <= CLIP.width && y < CLIP.height);
    lastRow = y;
    pixels.fill(1, y * CLIP.width + x0, y * CLIP.width + x1);
  });
  return pixels;
}

/** Whether a pixel centre is within size / 2 of the segment, in exact rational arithmetic. */
function isNear(i: number, j: number, [ax, ay, bx, by]: number[], size: number): boolean {
  const [px, py] = [BigInt(2 * i + 1 - ax), BigInt(2 * j + 1 - ay)];
  const [dx, dy] = [BigInt(bx - ax), BigInt(by - ay)];
  const [radius2, length2] = [BigInt(size) ** 2n, dx * dx + dy * dy];
  const along = px * dx + py * dy;
  if (along <= 0n) return px * px + py * py <= radius2;
  if (along >= length2) return (px - dx) ** 2n + (py - dy) ** 2n <= radius2;
  return (dx * py - dy * px) ** 2n <= radius2 * length2;
}

Deno.test("a brush covers exactly the pixels within its radius of the line", () => {
  const coordinate = fc.integer({ min: -40, max: 120 });
  fc.assert(
    fc.property(
      fc.tuple(coordinate, coordinate, coordinate, coordinate),
      fc.integer({ min: 1, max: 50 }),
      (line, size) => {
        const [ax, ay, bx, by] = line;
        const pixels = rasterize((visit) => visitCapsule(ax, ay, bx, by, size, CLIP, visit));
        for (let j = 0; j < CLIP.height; j++) {
          for (let i = 0; i < CLIP.width; i++) {
            assert.equal(pixels[j * CLIP.width + i] === 1, isNear(i, j, line, size), `${i} ${j}`);
          }
        }
      },
    ),
    { numRuns: 300 },
  );
});

Deno.test("a brush that comes from far away is as exact as one nearby", () => {
  const far = fc.integer({ min: -50_000, max: 50_000 });
  fc.assert(
    fc.property(
      fc.tuple(far, far, fc.integer({ min: 0, max: 80 }), fc.integer({ min: 0, max: 60 })),
      fc.integer({ min: 1, max: 1000 }),
      (line, size) => {
        const [ax, ay, bx, by] = line;
        const pixels = rasterize((visit) => visitCapsule(ax, ay, bx, by, size, CLIP, visit));
        for (let i = 0; i < CLIP.width; i += 3) {
          for (const j of [0, 11, 29]) {
            assert.equal(pixels[j * CLIP.width + i] === 1, isNear(i, j, line, size));
          }
        }
      },
    ),
    { numRuns: 300 },
  );
});

Deno.test("brushes of 1, 2 and 3 pixels paint 1, 4 and 9 pixels", () => {
  const count = (x: number, y: number, size: number) =>
    rasterize((visit) => visitCapsule(x, y, x, y, size, CLIP, visit)).reduce((a, b) => a + b);
  assert.equal(count(21, 21, 1), 1);
  assert.equal(count(20, 20, 2), 4);
  assert.equal(count(21, 21, 3), 9);
});

Deno.test("the thinnest stroke between two pixels has no gap", () => {
  const x = fc.integer({ min: 0, max: CLIP.width - 1 });
  const y = fc.integer({ min: 0, max: CLIP.height - 1 });
  fc.assert(fc.property(x, y, x, y, (x0, y0, x1, y1) => {
    const pixels = rasterize((visit) =>
      visitCapsule(2 * x0 + 1, 2 * y0 + 1, 2 * x1 + 1, 2 * y1 + 1, 1, CLIP, visit)
    );
    const stack = [y0 * CLIP.width + x0];
    const seen = new Set<number>();
    for (let p = stack.pop(); p !== undefined; p = stack.pop()) {
      if (pixels[p] !== 1 || seen.has(p)) continue;
      seen.add(p);
      for (const dy of [-1, 0, 1]) {
        for (const dx of [-1, 0, 1]) stack.push(p + dy * CLIP.width + dx);
      }
    }
    assert.ok(seen.has(y1 * CLIP.width + x1));
    assert.equal(seen.size, pixels.reduce((a, b) => a + b));
  }));
});

Deno.test("a polygon holds the pixels whose centres are inside, by the even-odd rule", () => {
  const point = fc.tuple(fc.integer({ min: -20, max: 100 }), fc.integer({ min: -20, max: 80 }));
  fc.assert(fc.property(fc.array(point, { minLength: 3, maxLength: 9 }), (corners) => {
    const pixels = rasterize((visit) => visitPolygon(corners.flat(), CLIP, visit));
    for (let j = 0; j < CLIP.height; j++) {
      for (let i = 0; i < CLIP.width; i++) {
        const [x, y] = [2 * i + 1, 2 * j + 1];
        let inside = false;
        corners.forEach(([bx, by], k) => {
          const [ax, ay] = corners.at(k - 1)!;
          if ((ay <= y) === (by <= y)) return;
          // The crossing lies at or left of the centre.
          const side = (y - ay) * (bx - ax) - (x - ax) * (by - ay);
          if (by > ay ? side <= 0 : side >= 0) inside = !inside;
        });
        assert.equal(pixels[j * CLIP.width + i] === 1, inside, `${i} ${j}`);
      }
    }
  }));
});

Deno.test("two polygons that share an edge share no pixel and leave none out", () => {
  const x = fc.integer({ min: 1, max: 79 });
  fc.assert(fc.property(x, x, (top, bottom) => {
    const left = rasterize((visit) => visitPolygon([0, 0, top, 0, bottom, 60, 0, 60], CLIP, visit));
    const right = rasterize((visit) =>
      visitPolygon([top, 0, 80, 0, 80, 60, bottom, 60], CLIP, visit)
    );
    assert.ok(left.every((value, i) => value + right[i] === 1));
  }));
});
