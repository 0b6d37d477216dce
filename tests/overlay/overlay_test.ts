import assert from "node:assert/strict";
import type { Image } from "../../src/image/image.ts";
import { colorLabels } from "../../src/overlay/coloring.ts";
import { contrastRange } from "../../src/image/contrast.ts";
import type { Picture } from "../../src/image/png.ts";
import { drawOverlay } from "../../src/overlay/overlay.ts";
import { channelColors, OUTLINE_COLORS } from "../../src/overlay/palette.ts";
import { randomNumbers } from "../support/random.ts";
import { throwsDaub } from "../support/errors.ts";

function picture(width: number, height: number, value: (x: number, y: number) => number): Image {
  const data = Float32Array.from(
    { length: width * height },
    (_, i) => value(i % width, Math.floor(i / width)),
  );
  return { data, width, height, depth: 1 };
}

function labelImage(rows: number[][]): Image<Uint32Array> {
  const [height, width] = [rows.length, rows[0].length];
  return { data: Uint32Array.from(rows.flat()), width, height, depth: 1 };
}

/** Which pixels are drawn in an outline colour; the image itself is grey. */
function colored({ data, width, height }: Picture): number[][] {
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => {
      const [red, green, blue] = data.subarray((y * width + x) * 3);
      return red === green && green === blue ? 0 : 1;
    }));
}

const two = labelImage([
  [0, 0, 0, 0, 0, 0, 0],
  [0, 3, 3, 3, 3, 0, 0],
  [0, 3, 3, 3, 3, 9, 9],
  [0, 3, 3, 3, 3, 9, 9],
  [0, 3, 3, 3, 3, 9, 9],
  [0, 0, 0, 0, 0, 0, 0],
]);
const ramp = picture(7, 6, (x, y) => x + y);

Deno.test("an outline is where an object has another label beside it, inside the object", () => {
  assert.deepEqual(colored(drawOverlay(ramp, two, { scale: 1, outline: 1 })), [
    [0, 0, 0, 0, 0, 0, 0],
    [0, 1, 1, 1, 1, 0, 0],
    [0, 1, 0, 0, 1, 1, 1],
    [0, 1, 0, 0, 1, 1, 0],
    [0, 1, 1, 1, 1, 1, 1],
    [0, 0, 0, 0, 0, 0, 0],
  ]);
});

Deno.test("a diagonal neighbour makes no outline, and neither does the image's edge", () => {
  const corner = labelImage([[1, 1, 1], [1, 1, 1], [1, 1, 0]]);
  const drawn = drawOverlay(picture(3, 3, (x) => x), corner, { scale: 1, outline: 1 });
  assert.deepEqual(colored(drawn), [[0, 0, 0], [0, 0, 1], [0, 1, 0]]);
});

Deno.test("an enlarged picture has outlines of the width asked for", () => {
  const square = labelImage([[0, 0, 0, 0], [0, 5, 5, 0], [0, 5, 5, 0], [0, 0, 0, 0]]);
  for (const outline of [1, 2]) {
    const drawn = drawOverlay(picture(4, 4, (x, y) => x * y), square, { scale: 3, outline });
    assert.deepEqual([drawn.width, drawn.height], [12, 12]);
    const expected = Array.from({ length: 12 }, (_, y) =>
      Array.from({ length: 12 }, (_, x) => {
        const depth = Math.min(x - 3, 8 - x, y - 3, 8 - y);
        return depth >= 0 && depth < outline ? 1 : 0;
      }));
    assert.deepEqual(colored(drawn), expected);
  }
});

Deno.test("small images are enlarged, large ones reduced, the rest drawn as they are", () => {
  const size = (width: number, height: number) => {
    const blank = { data: new Uint8Array(width * height), width, height, depth: 1 };
    const labels = { ...blank, data: new Uint32Array(width * height) };
    const drawn = drawOverlay(blank, labels);
    return [drawn.width, drawn.height];
  };
  assert.deepEqual(size(256, 254), [768, 762]);
  assert.deepEqual(size(30, 380), [60, 760]);
  assert.deepEqual(size(800, 20), [800, 20]);
  assert.deepEqual(size(5000, 3), [2500, 2]);
});

Deno.test("a reduced picture shows every second pixel's label", () => {
  const image = picture(8, 8, () => 1);
  const labels = labelImage(
    Array.from({ length: 8 }, () => Array.from({ length: 8 }, (_, x) => x < 4 ? 1 : 0)),
  );
  const drawn = drawOverlay(image, labels, { scale: 1 / 2 });
  assert.deepEqual(colored(drawn), Array.from({ length: 4 }, () => [0, 1, 0, 0]));
});

Deno.test("the contrast is stretched, so that offset and gain do not matter", () => {
  const none = { ...two, data: new Uint32Array(two.data.length) };
  const plain = drawOverlay(ramp, none, { scale: 1 });
  const dim = picture(7, 6, (x, y) => -1000 + 0.25 * (x + y));
  assert.deepEqual(drawOverlay(dim, none, { scale: 1 }), plain);
  assert.equal(plain.data[0], 0);
  assert.ok(plain.data.at(-1)! > 200);
});

Deno.test("a few hot pixels do not darken the picture, and a constant image is black", () => {
  const values = Uint16Array.from({ length: 1000 }, (_, i) => i === 7 ? 65535 : i % 100);
  assert.deepEqual(contrastRange(values), [0, 99]);
  assert.deepEqual(contrastRange(Uint8Array.of(0, 0, 0, 9)), [0, 9]);
  assert.deepEqual(contrastRange(BigUint64Array.of(5n, 6n, 7n)), [5, 7]);
  const none = { ...two, data: new Uint32Array(two.data.length) };
  assert.ok(drawOverlay(picture(7, 6, () => 42), none).data.every((value) => value === 0));
});

Deno.test("two channels are green and magenta", () => {
  const none = labelImage([[0, 0]]);
  const left = { data: Uint8Array.of(9, 0), width: 2, height: 1, depth: 1 };
  const right = { ...left, data: Uint8Array.of(0, 9) };
  const [r, g, b, r2, g2, b2] = drawOverlay([left, right], none, { scale: 1 }).data;
  assert.deepEqual([r, b, g2], [0, 0, 0]);
  assert.ok(g > 200 && r2 === b2 && r2 > 200);
});

Deno.test("a colour picture keeps its hues, other channels do not pretend to be one", () => {
  const none = labelImage([[0, 0, 0]]);
  const channel = (...data: number[]) => ({
    data: Uint8Array.from(data),
    width: 3,
    height: 1,
    depth: 1,
  });
  const brown = [channel(0, 255, 100), channel(0, 255, 50), channel(0, 255, 25)];
  const [red, green, blue] = drawOverlay(brown, none, { scale: 1 }).data.subarray(6);
  assert.ok(Math.abs(red / green - 2) < 0.05 && Math.abs(green / blue - 2) < 0.05);
  assert.deepEqual(channelColors(["Red", "G", "blue"])[2], [0, 0, 255]);
  assert.notDeepEqual(channelColors(["DAPI", "GFP", "RFP"])[2], [0, 0, 255]);
  for (const names of [["a"], ["a", "b"], ["a", "b", "c"], ["a", "b", "c", "d"]]) {
    const sum = channelColors(names).reduce((total, color) => total + color[1], 0);
    assert.ok(sum <= 256, "all channels at their brightest are white at most");
  }
});

Deno.test("of a volume the middle plane is drawn, or the one asked for", () => {
  const data = Float32Array.from({ length: 27 }, (_, i) => i);
  const volume = { data, width: 3, height: 3, depth: 3 };
  const labels = { ...volume, data: new Uint32Array(27) };
  labels.data[9 + 4] = 1;
  const marks = (plane?: number) =>
    colored(drawOverlay(volume, labels, { scale: 1, plane })).flat();
  assert.deepEqual(marks(), [0, 0, 0, 0, 1, 0, 0, 0, 0]);
  assert.deepEqual(marks(1), marks());
  assert.ok(marks(0).every((mark) => mark === 0));
});

Deno.test("objects that touch have different colours", () => {
  const [width, height] = [160, 120];
  const random = randomNumbers(11);
  const seeds = Array.from({ length: 150 }, () => [random() * width, random() * height]);
  const labels = Uint32Array.from({ length: width * height }, (_, i) => {
    const distances = seeds.map(([x, y]) => Math.hypot(x - i % width, y - Math.floor(i / width)));
    // Large label numbers with gaps between them.
    return 1e6 + 1000 * distances.indexOf(Math.min(...distances));
  });
  const colors = colorLabels(labels, width, height, OUTLINE_COLORS.length);
  for (let i = 0; i < labels.length; i++) {
    for (const j of [i % width < width - 1 ? i + 1 : i, i + width]) {
      if (j >= labels.length || labels[j] === labels[i]) continue;
      assert.notEqual(colors.get(labels[i]), colors.get(labels[j]));
    }
  }
  assert.equal(new Set(colors.values()).size, OUTLINE_COLORS.length);
});

Deno.test("labels of another size and options that cannot be are refused", () => {
  throwsDaub("image", /labels of 7 × 6 pixels.*found 3 × 1/, () => {
    drawOverlay(ramp, labelImage([[1, 1, 0]]));
  });
  throwsDaub("options", /plane to be a whole number from 0 to 0/, () => {
    drawOverlay(ramp, two, { plane: 1 });
  });
  for (const scale of [0, -1, 1.5, 0.3, NaN]) {
    throwsDaub("options", /scale to be a whole number/, () => drawOverlay(ramp, two, { scale }));
  }
  throwsDaub("options", /width of outlines/, () => drawOverlay(ramp, two, { outline: 0 }));
});
