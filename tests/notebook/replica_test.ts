import assert from "node:assert/strict";
import { Annotation } from "../../src/notebook/annotation.ts";
import { decodeCommand } from "../../src/notebook/annotation_codec.ts";
import type { AnnotationCommand } from "../../src/notebook/annotation_command.ts";
import { Replica } from "../../src/notebook/replica.ts";
import { throwsDaub } from "../support/errors.ts";
import { randomNumbers } from "../support/random.ts";

const SIZE = { width: 12, height: 9, depth: 1 };

/** A server as far as a replica knows it: one log, and what it has acknowledged to whom. */
class Server {
  readonly annotation = new Annotation(SIZE);
  readonly log: { page: number; number: number; command: Uint8Array }[] = [];
  readonly taken: number[] = [];
  constructor(readonly name = "log") {}

  take(page: number, first: number, commands: readonly Uint8Array[]): void {
    commands.forEach((command, i) => {
      const number = first + i;
      if (number <= (this.taken[page] ?? 0)) return;
      this.taken[page] = number;
      if (this.annotation.apply(decodeCommand(command))) this.log.push({ page, number, command });
    });
  }

  entriesFor(page: number, from: number) {
    return this.log.slice(from).map((entry) => ({
      number: entry.page === page ? entry.number : 0,
      command: entry.command,
    }));
  }
}

/** A page whose messages wait until they are delivered. */
class Page {
  readonly up: [number, Uint8Array[]][] = [];
  readonly replica: Replica;
  constructor(readonly server: Server, readonly id: number) {
    this.replica = new Replica(SIZE, (first, commands) => this.up.push([first, commands]));
    this.greet();
  }

  greet(server = this.server): void {
    const { replica, id } = this;
    const position = replica.log === server.name ? replica.position : 0;
    replica.meet({ log: server.name, position, length: server.log.length });
    this.up.length = 0;
    const again = replica.unsavedAfter(server.taken[id] ?? 0);
    for (const { number, bytes } of again) this.up.push([number, [bytes]]);
  }

  deliverUp(): void {
    const message = this.up.shift();
    if (message) this.server.take(this.id, ...message);
  }

  deliverDown(server = this.server): void {
    const entries = server.entriesFor(this.id, this.replica.position);
    this.replica.merge(this.replica.position, entries, server.taken[this.id] ?? 0);
  }
}

function anyCommand(next: () => number): AnnotationCommand {
  const integer = (most: number) => Math.floor(next() * (most + 1));
  const value = integer(3);
  switch (integer(7)) {
    case 0:
      return { kind: "undo" };
    case 1:
      return { kind: "redo" };
    case 2:
      return { kind: "fill", x: integer(11), y: integer(8), value };
    case 3:
      return { kind: "swap", a: 1 + integer(2), b: 1 + integer(2) };
    case 4:
      return { kind: "cancel", step: integer(2) };
    default: {
      const points = [integer(24), integer(18), integer(24), integer(18)];
      return { kind: "stroke", points, size: 1 + integer(3), value, step: integer(2) };
    }
  }
}

function pixels(annotation: Annotation): number[] {
  return Array.from(annotation.snapshot().toUint8Array());
}

Deno.test("pages that paint, undo and lose connections at any moment end with the server's pixels", () => {
  for (let seed = 0; seed < 60; seed++) {
    const next = randomNumbers(seed);
    const server = new Server();
    const pages = [0, 1, 2].map((id) => new Page(server, id));
    for (let step = 0; step < 150; step++) {
      const page = pages[Math.floor(next() * 3)];
      const chance = next();
      if (chance < 0.4) page.replica.annotation.apply(anyCommand(next));
      else if (chance < 0.65) page.deliverUp();
      else if (chance < 0.95) page.deliverDown();
      else page.greet();
    }
    for (const page of pages) while (page.up.length > 0) page.deliverUp();
    for (const page of pages) {
      page.deliverDown();
      assert.deepEqual(pixels(page.replica.annotation), pixels(server.annotation), `seed ${seed}`);
      assert.deepEqual(page.replica.annotation.log, server.annotation.log, `seed ${seed}`);
      assert.equal(page.replica.annotation.undoDepth, server.annotation.undoDepth);
      assert.equal(page.replica.annotation.redoDepth, server.annotation.redoDepth);
      assert.equal(page.replica.unsavedCount, 0, `seed ${seed}`);
    }
  }
});

Deno.test("pages in step by a log that nobody sorts out leave out what changes nothing", () => {
  let leftOut = 0;
  for (let seed = 0; seed < 60; seed++) {
    const next = randomNumbers(seed);
    const log: { page: number; number: number; command: Uint8Array }[] = [];
    const pages = [0, 1, 2].map((page) => {
      let read = 0;
      const replica = new Replica(SIZE, (first, commands) => {
        commands.forEach((command, i) => log.push({ page, number: first + i, command }));
      }, { skips: true });
      const readOn = (most: number) => {
        const found = log.slice(read, read + most);
        read += found.length;
        const entries = found.map((entry) => ({
          number: entry.page === page ? entry.number : 0,
          command: entry.command,
        }));
        const numbers = log.slice(0, read).map((entry) => entry.page === page ? entry.number : 0);
        replica.merge(replica.position, entries, Math.max(0, ...numbers));
      };
      return { replica, readOn };
    });
    for (let step = 0; step < 120; step++) {
      const { replica, readOn } = pages[Math.floor(next() * 3)];
      if (next() < 0.5) replica.annotation.apply(anyCommand(next));
      else readOn(Math.floor(next() * 6));
    }
    const expected = new Annotation(SIZE);
    for (const { command } of log) expected.apply(decodeCommand(command));
    leftOut += log.length - expected.position;
    for (const { replica, readOn } of pages) {
      readOn(log.length);
      assert.deepEqual(pixels(replica.annotation), pixels(expected), `seed ${seed}`);
      assert.deepEqual(replica.annotation.log, expected.log, `seed ${seed}`);
      assert.equal(replica.unsavedCount, 0);
    }
  }
  assert.ok(leftOut > 0);
});

Deno.test("a page's own strokes are shown before and while others come in between", () => {
  const server = new Server();
  const [a, b] = [new Page(server, 0), new Page(server, 1)];
  a.replica.annotation.apply({ kind: "stroke", points: [1, 1], size: 1, value: 1 });
  b.replica.annotation.apply({ kind: "stroke", points: [1, 1], size: 1, value: 2 });
  b.deliverUp();
  a.deliverDown();
  assert.equal(a.replica.annotation.at(0, 0), 1, "the page's own stroke lies over the other's");
  a.deliverUp();
  a.deliverDown();
  b.deliverDown();
  assert.equal(b.replica.annotation.at(0, 0), 1, "the server's order decides");
});

Deno.test("confirming a page's own strokes does not repaint anything", () => {
  const server = new Server();
  const page = new Page(server, 0);
  page.replica.annotation.apply({ kind: "stroke", points: [1, 1], size: 1, value: 1 });
  const { revision } = page.replica.annotation;
  page.deliverUp();
  page.deliverDown();
  assert.equal(page.replica.annotation.revision, revision);
  assert.equal(page.replica.unsavedCount, 0);
});

Deno.test("a server that has lost its log is told everything again", () => {
  const first = new Server("first");
  const page = new Page(first, 0);
  page.replica.annotation.apply({ kind: "stroke", points: [1, 1], size: 3, value: 1 });
  page.deliverUp();
  page.deliverDown();
  page.replica.annotation.apply({ kind: "stroke", points: [9, 9], size: 3, value: 2 });
  const before = pixels(page.replica.annotation);
  const second = new Server("second");
  page.greet(second);
  for (const [number, commands] of page.up) second.take(0, number, commands);
  page.deliverDown(second);
  assert.deepEqual(pixels(second.annotation), before);
  assert.deepEqual(pixels(page.replica.annotation), before);
  assert.equal(page.replica.unsavedCount, 0);
});

Deno.test("a page takes over a log that is not its own, and keeps what it has not sent", () => {
  const first = new Server("first");
  const page = new Page(first, 0);
  page.replica.annotation.apply({ kind: "stroke", points: [1, 1], size: 1, value: 1 });
  page.deliverUp();
  page.deliverDown();
  page.replica.annotation.apply({ kind: "stroke", points: [9, 9], size: 1, value: 2 });
  const second = new Server("second");
  second.take(1, 1, [strokeBytes()]);
  page.greet(second);
  page.deliverDown(second);
  assert.equal(page.replica.annotation.at(0, 0), 0);
  assert.equal(page.replica.annotation.at(2, 2), 3);
  assert.equal(page.replica.annotation.at(4, 4), 2);
  assert.equal(page.replica.unsavedCount, 1);
});

function strokeBytes(): Uint8Array {
  let bytes = new Uint8Array(0);
  const replica = new Replica(SIZE, (_, commands) => bytes = new Uint8Array(commands[0]));
  replica.annotation.apply({ kind: "stroke", points: [5, 5], size: 1, value: 3 });
  return bytes;
}

Deno.test("a log that does not follow what is known is refused", () => {
  const { replica } = new Page(new Server(), 0);
  throwsDaub("server", /what follows/, () => replica.merge(3, [], 0));
});
