import assert from "node:assert/strict";
import { DaubError } from "../../src/errors.ts";
import { live, type LiveContext, type LiveState, Pump } from "../../src/notebook/live.ts";
import { distinct, observe, Value } from "../../src/notebook/value_source.ts";
import { randomNumbers } from "../support/random.ts";
import { settle, VirtualTime } from "../support/virtual_time.ts";

/** A pump whose computations take a while, on a clock of its own, and a record of what happened. */
function workshop(
  duration: (input: number) => number,
  options: {
    live?: boolean;
    patience?: number;
    supersedes?: (running: number, newest: number) => boolean;
    fails?: (input: number) => boolean;
    isDeaf?: boolean;
  } = {},
) {
  const time = new VirtualTime();
  const started: number[] = [];
  const aborted: number[] = [];
  const shown: { input: number; at: number }[] = [];
  const states: LiveState[] = [];
  let atOnce = 0;
  let input = 0;
  const compute = async (of: number, { signal, onProgress }: LiveContext) => {
    assert.equal(++atOnce, 1, "one computation is under way");
    started.push(of);
    signal.addEventListener("abort", () => aborted.push(of));
    try {
      await time.sleep(duration(of) / 2, options.isDeaf ? undefined : signal);
      onProgress({ stage: "half", fraction: 0.5 });
      await time.sleep(duration(of) / 2, options.isDeaf ? undefined : signal);
      if (options.fails?.(of)) throw new Error(`no ${of}`);
      return of;
    } finally {
      atOnce--;
    }
  };
  const pump = new Pump(() => input, compute, {
    ...options,
    now: () => time.now,
    onState: (state) => states.push(state),
  });
  (async () => {
    for await (const result of pump.results()) shown.push({ input: result, at: time.now });
  })();
  const set = (value: number) => {
    input = value;
    pump.change();
  };
  return { time, pump, set, started, aborted, shown, states };
}

Deno.test("results arrive while the stroke goes on, and the last one is of its end", async () => {
  const { time, pump, set, shown, started } = workshop(() => 150);
  for (let i = 1; i <= 20; i++) time.at(20 * i, () => set(i));
  await time.run();
  assert.deepEqual(shown.map(({ at }) => at), [170, 320, 470, 620]);
  assert.deepEqual(shown.map(({ input }) => input), [1, 8, 16, 20]);
  assert.equal(started.length, 4);
  assert.deepEqual(pump.state, { status: "done" });
  pump.dispose();
});

Deno.test("whatever the rhythm, the newest is shown, in order, and the pump never idles", async () => {
  const random = randomNumbers(11);
  for (let round = 0; round < 60; round++) {
    const longest = 1 + 300 * random();
    const { time, pump, set, shown, started, aborted } = workshop(() => longest * random());
    let at = 0;
    const count = 1 + Math.floor(40 * random());
    for (let i = 1; i <= count; i++) time.at(at += 100 * random(), () => set(i));
    await time.run();
    const inputs = shown.map(({ input }) => input);
    assert.equal(inputs.at(-1), count);
    assert.deepEqual(inputs, [...inputs].sort((a, b) => a - b));
    assert.equal(new Set(started).size, started.length);
    assert.deepEqual(aborted, []);
    assert.ok(shown.at(-1)!.at <= at + 2 * longest, "the end waits for at most two computations");
    pump.dispose();
  }
});

Deno.test("superseded computations are cancelled, but never for longer than patience", async () => {
  const random = randomNumbers(12);
  for (let round = 0; round < 60; round++) {
    const longest = 20 + 400 * random();
    const patience = 500;
    const { time, pump, set, shown, aborted } = workshop(() => longest * random(), {
      patience,
      supersedes: () => true,
    });
    for (let i = 1; i <= 200; i++) time.at(15 * i, () => set(i));
    await time.run();
    const ends = [15, ...shown.map(({ at }) => at)];
    for (let i = 1; i < ends.length; i++) {
      assert.ok(ends[i] - ends[i - 1] <= patience + longest + 15, `${ends[i - 1]} to ${ends[i]}`);
    }
    assert.ok(aborted.length > 0 || longest < 40);
    assert.equal(shown.at(-1)!.input, 200);
    assert.ok(ends.at(-1)! <= 3000 + longest + patience);
    pump.dispose();
  }
});

Deno.test("at the end of a stroke, what has only begun gives way to the newest", async () => {
  const { time, pump, set, shown, aborted } = workshop(() => 150);
  for (let i = 1; i <= 9; i++) time.at(20 * i, () => set(i));
  time.at(200, () => set(10));
  time.at(201, () => pump.settle());
  await time.run();
  // The first ended at 170; the second, 31 ms old, is given up: 350 ms instead of 470.
  assert.deepEqual(aborted, [8]);
  assert.deepEqual(shown, [{ input: 1, at: 170 }, { input: 10, at: 351 }]);
  pump.dispose();
});

Deno.test("at the end of a stroke, what is half done is let to end", async () => {
  const { time, pump, set, shown, aborted } = workshop(() => 150);
  for (let i = 1; i <= 13; i++) time.at(20 * i, () => set(i));
  time.at(261, () => pump.settle());
  await time.run();
  assert.deepEqual(aborted, []);
  assert.deepEqual(shown.map(({ at }) => at), [170, 320, 470]);
  pump.dispose();
});

Deno.test("the end of a stroke cancels nothing that answers it, and not for ever", async () => {
  const { time, pump, set, shown, aborted } = workshop(() => 100, { patience: 300 });
  time.at(10, () => set(1));
  time.at(20, () => pump.settle());
  // Dabs, each ended at once, would starve the page.
  for (let i = 2; i <= 60; i++) {
    time.at(200 + 40 * i, () => set(i));
    time.at(201 + 40 * i, () => pump.settle());
  }
  await time.run();
  assert.ok(!aborted.includes(1));
  assert.equal(shown.at(-1)!.input, 60);
  const during = shown.filter(({ at }) => at > 280 && at < 2600);
  // One at least after every 300 ms of patience and 100 ms of work.
  assert.ok(during.length >= 5, `${during.length} results`);
  pump.dispose();
});

Deno.test("what is superseded is dropped even if its computation does not listen", async () => {
  const { time, pump, set, shown, aborted } = workshop(() => 100, {
    supersedes: (running, newest) => running < 10 && newest >= 10,
    isDeaf: true,
  });
  time.at(0, () => set(1));
  time.at(50, () => set(2));
  time.at(60, () => set(10));
  await time.run();
  assert.deepEqual(aborted, [1]);
  assert.deepEqual(shown, [{ input: 10, at: 200 }]);
  pump.dispose();
});

Deno.test("states tell running with progress, done, stale and failed", async () => {
  const { time, pump, set, states } = workshop(() => 100, { fails: (input) => input === 2 });
  assert.equal(pump.state.status, "stale");
  set(1);
  await time.run();
  const half = { stage: "half", fraction: 0.5 };
  assert.deepEqual(states, [
    { status: "running" },
    { status: "running", progress: half },
    { status: "done" },
  ]);
  set(2);
  await time.run();
  const { status, error } = pump.state;
  assert.equal(status, "failed");
  assert.match(String(error), /no 2/);
  pump.live = false;
  set(3);
  assert.equal(pump.state.status, "stale");
  pump.dispose();
});

Deno.test("a failure does not end the stream, and is forgotten with the next result", async () => {
  const { time, pump, set, shown } = workshop(() => 10, { fails: (input) => input % 2 === 0 });
  for (let i = 1; i <= 5; i++) time.at(100 * i, () => set(i));
  await time.run();
  assert.deepEqual(shown.map(({ input }) => input), [1, 3, 5]);
  assert.equal(pump.state.status, "done");
  pump.dispose();
});

Deno.test("what throws at once is a failure like any other", async () => {
  const pump = new Pump(() => 0, () => {
    throw new DaubError("annotation", "Expected strokes but found none.");
  });
  pump.change();
  await settle();
  assert.equal(pump.state.status, "failed");
  pump.dispose();
});

Deno.test("when it is not live, only an update computes, once", async () => {
  const { time, pump, set, shown, started } = workshop(() => 50, { live: false });
  set(1);
  set(2);
  await time.run();
  assert.deepEqual(started, []);
  assert.equal(pump.state.status, "stale");
  pump.update();
  pump.update();
  set(3);
  await time.run();
  assert.deepEqual(shown, [{ input: 2, at: 50 }]);
  assert.equal(pump.state.status, "stale");
  pump.live = true;
  await time.run();
  assert.deepEqual(shown.map(({ input }) => input), [2, 3]);
  pump.live = true;
  await time.run();
  assert.equal(started.length, 2, "there was nothing to catch up with");
  pump.dispose();
});

Deno.test("a switch turned on while a computation runs is followed when it ends", async () => {
  const { time, pump, set, shown } = workshop(() => 50, { live: false });
  set(1);
  pump.update();
  set(2);
  await time.run(25);
  pump.live = true;
  await time.run();
  assert.deepEqual(shown, [{ input: 1, at: 50 }, { input: 2, at: 100 }]);
  pump.dispose();
});

Deno.test("cancel stops what is under way and what waits, until something changes", async () => {
  for (const isDeaf of [false, true]) {
    const { time, pump, set, shown, aborted } = workshop(() => 100, { isDeaf });
    set(1);
    await time.run(20);
    set(2);
    pump.cancel();
    assert.equal(pump.state.status, "stale");
    await time.run();
    assert.deepEqual([aborted, shown], [[1], []]);
    pump.update();
    await time.run();
    set(3);
    await time.run();
    assert.deepEqual(shown.map(({ input }) => input), [2, 3]);
    pump.dispose();
  }
});

Deno.test("an update right after a cancel computes again", async () => {
  const { time, pump, set, shown } = workshop(() => 100);
  set(1);
  await time.run(20);
  pump.cancel();
  pump.update();
  assert.equal(pump.state.status, "running");
  await time.run();
  assert.deepEqual(shown.map(({ input }) => input), [1]);
  assert.equal(pump.state.status, "done");
  pump.dispose();
});

Deno.test("disposal cancels, ends the streams and starts nothing more", async () => {
  const { time, pump, set, shown, started, aborted } = workshop(() => 100);
  set(1);
  await time.run(20);
  set(2);
  pump.dispose();
  set(3);
  await time.run();
  assert.deepEqual([started, aborted, shown], [[1], [1], []]);
  assert.deepEqual(await pump.results().next(), { value: undefined, done: true });
});

Deno.test("live reads its sources, follows its switch and lets go of all when it is returned", async () => {
  const width = new Value(2);
  const isLive = new Value(true);
  const areas = live(
    { width, height: 10 },
    ({ width, height }) => Promise.resolve(width * height),
    { live: isLive },
  );
  assert.deepEqual(await areas.next(), { value: 20, done: false });
  isLive.change(false);
  width.change(3);
  await settle();
  assert.equal(areas.pump.state.status, "stale");
  width.value = 4;
  isLive.change(true);
  assert.deepEqual(await areas.next(), { value: 40, done: false });
  const pending = areas.next();
  await areas.return();
  assert.deepEqual(await pending, { value: undefined, done: true });
  width.change(5);
  await settle();
  assert.equal(areas.pump.state.status, "done");
});

Deno.test("observing a source gives the present value, then what is new of the changes", async () => {
  const source = new Value({ sigma: 1, opacity: 0 });
  const values = observe(source, (a, b) => a.sigma === b.sigma);
  assert.equal((await values.next()).value!.sigma, 1);
  const next = values.next();
  source.change({ sigma: 1, opacity: 1 });
  source.change({ sigma: 2, opacity: 1 });
  assert.deepEqual((await next).value, { sigma: 2, opacity: 1 });
  const pending = values.next();
  await values.return();
  assert.equal((await pending).done, true);
});

Deno.test("distinct leaves out what has the same key as the one before", async () => {
  async function* stream() {
    for (const value of [1, 1.5, 2, 2.5, 1]) yield await Promise.resolve(value);
  }
  const values: number[] = [];
  for await (const value of distinct(stream(), Math.floor)) values.push(value);
  assert.deepEqual(values, [1, 2, 1]);
});

Deno.test("the very object that was told last is not told again, equal numbers are", async () => {
  const [a, b] = [{}, {}];
  const input = new Value<unknown>(a);
  const results = live({ input }, ({ input }) => Promise.resolve(input));
  const told: unknown[] = [];
  const end = (async () => {
    for await (const value of results) told.push(value);
  })();
  await settle();
  for (const value of [a, b, a, 1, 1]) {
    input.change(value);
    await settle();
    assert.equal(results.pump.state.status, "done");
  }
  await results.return();
  await end;
  assert.deepEqual(told, [a, b, a, 1, 1]);
});
