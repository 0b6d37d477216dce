import assert from "node:assert/strict";
import type { Image } from "../../src/image/image.ts";
import { tracePolygons } from "../../src/labeling/polygons.ts";
import type { Ring } from "../../src/labeling/trace_ring.ts";
import { randomNumbers } from "../support/random.ts";

function draw(...rows: string[]): Image<Uint32Array> {
  const data = Uint32Array.from(rows.join(""), Number);
  return { data, width: rows[0].length, height: rows.length, depth: 1 };
}

function area(ring: Ring): number {
  return ring.slice(1).reduce((sum, [x, y], i) => sum + (ring[i][0] * y - x * ring[i][1]) / 2, 0);
}

/** Whether the middle of a pixel is inside an odd number of rings: how polygons are filled. */
function covers(rings: readonly Ring[], x: number, y: number): boolean {
  let crossings = 0;
  for (const ring of rings) {
    for (let i = 1; i < ring.length; i++) {
      const [[x0, y0], [, y1]] = [ring[i - 1], ring[i]];
      if (x0 > x + 0.5 && (y0 > y + 0.5) !== (y1 > y + 0.5)) crossings++;
    }
  }
  return crossings % 2 === 1;
}

/** Checks everything that a valid multi-polygon along pixel edges has to be. */
function check(image: Image<Uint32Array>): void {
  const traced = tracePolygons(image);
  const labels = [...new Set(image.data)].filter((label) => label > 0).sort((a, b) => a - b);
  assert.deepEqual(traced.map(({ label }) => label), labels);
  for (const { label, polygons } of traced) {
    for (const [outer, ...holes] of polygons) {
      assert.ok(area(outer) > 0);
      for (const hole of holes) assert.ok(area(hole) < 0);
      for (const ring of [outer, ...holes]) {
        const points = ring.slice(0, -1).map((point) => point.join());
        assert.deepEqual(ring[0], ring[ring.length - 1]);
        assert.equal(new Set(points).size, points.length, `a ring of ${label} touches itself`);
      }
    }
    for (let y = 0; y < image.height; y++) {
      for (let x = 0; x < image.width; x++) {
        const within = polygons.filter((rings) => covers(rings, x, y)).length;
        const expected = image.data[y * image.width + x] === label ? 1 : 0;
        assert.equal(within, expected, `label ${label} at (${x}, ${y})`);
      }
    }
  }
}

Deno.test("a square has four corners, whatever its size", () => {
  const [{ polygons }] = tracePolygons(draw("0000", "0110", "0110"));
  assert.deepEqual(polygons, [[[[1, 1], [3, 1], [3, 3], [1, 3], [1, 1]]]]);
});

Deno.test("a ring has a hole, which runs the other way", () => {
  const [{ polygons: [[outer, hole]] }] = tracePolygons(draw("111", "101", "111"));
  assert.equal(area(outer), 9);
  assert.equal(area(hole), -1);
});

Deno.test("an object of two pieces is two polygons, also where they touch by a corner", () => {
  const [{ polygons }] = tracePolygons(draw("10", "01"));
  assert.deepEqual(polygons.map(([outer]) => area(outer)), [1, 1]);
  check(draw("10", "01"));
});

Deno.test("an island in a hole is a polygon of its own", () => {
  const image = draw("11111", "10001", "10101", "10001", "11111");
  const [{ polygons }] = tracePolygons(image);
  assert.deepEqual(polygons.map((rings) => rings.length), [2, 1]);
  check(image);
});

Deno.test("a border that meets itself at a corner becomes a ring and a hole", () => {
  const image = draw("1111", "1001", "1010", "1110");
  const [{ polygons }] = tracePolygons(image);
  assert.deepEqual(polygons.map((rings) => rings.map(area)), [[14, -3]]);
  check(image);
});

Deno.test("holes that meet at a corner are two", () => {
  const image = draw("1111", "1011", "1101", "1111");
  const [{ polygons }] = tracePolygons(image);
  assert.deepEqual(polygons.map((rings) => rings.map(area)), [[16, -1, -1]]);
  check(image);
});

Deno.test("polygons of random labels cover exactly their pixels and never touch themselves", () => {
  const next = randomNumbers(5);
  for (const [density, kinds] of [[0.3, 3], [0.6, 1], [0.6, 2], [0.9, 1], [1, 3]]) {
    const data = Uint32Array.from(
      { length: 24 * 19 },
      () => next() < density ? 1 + 2 * Math.floor(next() * kinds) : 0,
    );
    check({ data, width: 24, height: 19, depth: 1 });
  }
});

Deno.test("a volume is traced plane by plane", () => {
  const image = { data: Uint32Array.of(1, 0, 1, 2), width: 2, height: 1, depth: 2 };
  assert.deepEqual(tracePolygons(image).map(({ z, label }) => [z, label]), [[0, 1], [1, 1], [
    1,
    2,
  ]]);
});

Deno.test("an empty label image has no polygons", () => {
  assert.deepEqual(tracePolygons(draw("00", "00")), []);
});
