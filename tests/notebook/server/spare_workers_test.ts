import assert from "node:assert/strict";
import { SpareWorkers } from "../../../src/notebook/server/spare_workers.ts";

/** Stands for a thread, and notes what is done to it. */
class Thread {
  onerror: ((event: ErrorEvent) => void) | null = null;
  readonly heard: unknown[] = [];
  isEnded = false;

  postMessage(message: unknown): void {
    this.heard.push(message);
  }

  terminate(): void {
    this.isEnded = true;
  }
}

/** Spares whose threads are listed as they are started. */
function workshop(options: { count?: number; refillAfter?: number }) {
  const started: Thread[] = [];
  const spares = new SpareWorkers(() => {
    const thread = new Thread();
    started.push(thread);
    return thread as unknown as Worker;
  }, options);
  return { started, spares, take: () => spares.take() as unknown as Thread };
}

const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

Deno.test("threads are started, and told something, before anybody takes one", () => {
  const { started, spares, take } = workshop({ count: 2 });
  assert.equal(started.length, 2);
  for (const { heard } of started) assert.deepEqual(heard, [{ cancel: 0 }]);
  assert.equal(take(), started[0]);
  assert.equal(take(), started[1]);
  assert.equal(started.length, 2, "others come later");
  const third = take();
  assert.deepEqual([started.length, third], [3, started[2]], "who needs one at once gets one");
  spares[Symbol.dispose]();
  assert.deepEqual(started.map(({ isEnded }) => isEnded), [false, false, false]);
});

Deno.test("those that were taken are replaced, once nobody takes any for a while", async () => {
  const { started, spares, take } = workshop({ count: 2, refillAfter: 30 });
  take();
  await wait(15);
  take();
  await wait(20);
  assert.equal(started.length, 2);
  await wait(60);
  assert.equal(started.length, 4);
  assert.equal(take(), started[2]);
  spares[Symbol.dispose]();
  assert.deepEqual(started.map(({ isEnded }) => isEnded), [false, false, false, true]);
  await wait(60);
  assert.equal(started.length, 4, "none is started any more");
});

Deno.test("one that crashes before it is taken is nobody's, and ends nothing else", async () => {
  const { started, spares, take } = workshop({ count: 2, refillAfter: 10 });
  const event = new ErrorEvent("error", { cancelable: true });
  started[0].onerror!(event);
  assert.ok(event.defaultPrevented && started[0].isEnded);
  assert.equal(take(), started[1]);
  await wait(40);
  assert.equal(started.length, 4);
  spares[Symbol.dispose]();
  assert.deepEqual(started.map(({ isEnded }) => isEnded), [true, false, true, true]);
});
