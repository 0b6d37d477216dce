import assert from "node:assert/strict";
import { Block, canShare, memory, pointerOf } from "../../src/cpu/memory.ts";
import { randomNumbers } from "../forest/random_cases.ts";

Deno.test("blocks never overlap, whatever the order in which they come and go", () => {
  const random = randomNumbers(5);
  const blocks = new Map<Block, number>();
  for (let round = 0; round < 2000; round++) {
    if (random() < 0.55) {
      const block = new Block(Math.floor(random() * 3000));
      block.uint8().fill(round % 251);
      blocks.set(block, round % 251);
    } else if (blocks.size > 0) {
      const block = [...blocks.keys()][Math.floor(random() * blocks.size)];
      assert.ok(block.uint8().every((byte) => byte === blocks.get(block)));
      blocks.delete(block);
      block[Symbol.dispose]();
    }
  }
  for (const [block, value] of blocks) {
    assert.equal(block.pointer % 64, 0);
    assert.ok(block.uint8().every((byte) => byte === value));
    block[Symbol.dispose]();
  }
});

Deno.test("freed memory is used again, and a block freed twice counts once", () => {
  const first = new Block(1000);
  const { pointer } = first;
  first[Symbol.dispose]();
  first[Symbol.dispose]();
  using second = new Block(1000);
  using third = new Block(1000);
  assert.equal(second.pointer, pointer);
  assert.notEqual(third.pointer, pointer);
});

Deno.test("memory grows with what is asked for and not with what was freed", () => {
  for (let round = 0; round < 100; round++) {
    using block = new Block(2 ** 22);
    block.uint8().fill(1);
  }
  assert.ok(memory.buffer.byteLength < 2 ** 24, `${memory.buffer.byteLength} bytes`);
});

Deno.test("an array knows whether it lies in the memory of the kernels", () => {
  using block = new Block(64);
  assert.equal(pointerOf(block.float32(16)), block.pointer + 16);
  assert.equal(pointerOf(new Float32Array(4)), undefined);
  const view = block.float32();
  using _more = new Block(memory.buffer.byteLength);
  assert.equal(pointerOf(view), canShare ? block.pointer : undefined);
});
