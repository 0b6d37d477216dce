import assert from "node:assert/strict";
import { MersenneTwister } from "../../src/forest/mersenne_twister.ts";

Deno.test("MT19937 gives the numbers of its reference implementation", () => {
  // The seed 5489 and its 10,000th number are those of the C++ standard's std::mt19937.
  const twister = new MersenneTwister(5489);
  assert.equal(twister.uint32(), 3499211612);
  for (let i = 2; i < 10_000; i++) twister.uint32();
  assert.equal(twister.uint32(), 4123659995);
});

Deno.test("bounded draws are those of numpy.random.RandomState(0).randint", () => {
  const twister = new MersenneTwister(0);
  const draws = Array.from({ length: 10 }, () => twister.below(100));
  assert.deepEqual(draws, [44, 47, 64, 67, 67, 9, 83, 21, 36, 87]);
});

Deno.test("the full range of seeds and bounds works", () => {
  // numpy: RandomState(2**32 - 1).randint(2**32 - 1, dtype=np.uint64), then .randint(2**31 - 1)
  const twister = new MersenneTwister(0xffffffff);
  assert.deepEqual([twister.below(0xffffffff), twister.below(0x7fffffff)], [419326371, 479346978]);
});

Deno.test("a bound of 1 draws nothing", () => {
  const [drawing, other] = [new MersenneTwister(3), new MersenneTwister(3)];
  assert.equal(drawing.below(1), 0);
  assert.equal(drawing.uint32(), other.uint32());
});

Deno.test("seeding again starts the stream of that seed", () => {
  const twister = new MersenneTwister(1);
  twister.uint32();
  twister.seed(2);
  assert.equal(twister.uint32(), new MersenneTwister(2).uint32());
});
