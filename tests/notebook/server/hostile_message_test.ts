import assert from "node:assert/strict";
import { encode } from "npm:@msgpack/msgpack@3.1.3";
import { ByteWriter } from "../../../src/notebook/annotation_bytes.ts";
import { encodeCommand } from "../../../src/notebook/annotation_codec.ts";
import type { AnnotationCommand } from "../../../src/notebook/annotation_command.ts";
import { encodeMessage, PROTOCOL_VERSION } from "../../../src/notebook/protocol.ts";
import { bareSocket, paintSquares, QUICK, serve, type TestServer, until } from "./support/serve.ts";

const client = "0".repeat(32);
const HELLO = encodeMessage({
  kind: "hello",
  version: PROTOCOL_VERSION,
  client,
  log: "",
  position: 0,
  image: "",
});

/** A socket that was let in. */
async function openSocket(server: TestServer) {
  const link = await bareSocket(server);
  link.socket.send(HELLO);
  await until(() => link.told().includes("ready"), "the image is there");
  return link;
}

/** The numbers of a command written down without any check. */
function numbers(...values: readonly (number | Uint8Array)[]): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter();
  for (const value of values) {
    if (typeof value === "number") writer.unsigned(value);
    else writer.bytes(value);
  }
  return writer.finish();
}

const compute = {
  kind: "compute",
  id: 1,
  revision: 0,
  frame: 0,
  options: QUICK,
  want: {},
} as const;

/** Messages that no page of ours would send. */
const IMPOSSIBLE: Readonly<Record<string, Uint8Array<ArrayBuffer> | string>> = {
  "text": "hello",
  "nothing": new Uint8Array(0),
  "noise": Uint8Array.of(0xc1, 1, 2, 3),
  "a number": encode(7),
  "a list": encode([1, 2]),
  "null": encode(null),
  "no kind": encode({}),
  "another kind": encode({ kind: "shutdown" }),
  "a kind of every object": encode({ kind: "constructor" }),
  "a list as kind": encode({ kind: ["ping"] }),
  "a field too much": encode({ kind: "ping", admin: true }),
  "a prototype": Uint8Array.of(0x81, 0xa9, ...new TextEncoder().encode("__proto__"), 0x80),
  "deep lists": new Uint8Array(1e6).fill(0x91),
  "a list without end": Uint8Array.of(0x81, 0xa1, 0x61, 0xdd, 1, 255, 255, 255),
  "too many commands": encode({ kind: "paint", first: 1, commands: new Array(4097).fill(null) }),
  "commands that are texts": encode({ kind: "paint", first: 1, commands: ["stroke"] }),
  "a number that is none": encode({ ...compute, revision: NaN }),
  "a negative number": encode({ ...compute, id: -1 }),
  "half a number": encode({ kind: "cancel", id: 1.5 }),
  "an infinite frame": encode({ ...compute, frame: Infinity }),
  "a frame beyond all": encode({ kind: "frame", id: 1, frame: 2 ** 40 }),
  "trees without end": encode({ ...compute, options: { ...QUICK, numTrees: 1e9 } }),
  "depth that is none": encode({ ...compute, options: { ...QUICK, maxDepth: NaN } }),
  "features without end": encode({ ...compute, options: { ...QUICK, features: "x".repeat(1e5) } }),
  "channels without end": encode({
    ...compute,
    options: { ...QUICK, channels: new Array(1e4).fill(0) },
  }),
  "a view without end": encode({ kind: "view", view: JSON.stringify("x".repeat(20_000)) }),
  "a view that is no JSON": encode({ kind: "view", view: "{" }),
  "somebody else's name": encode({ kind: "paint", first: 1, commands: [], client: "../../etc" }),
};

Deno.test("each message that no page would send is answered by a typed error, and the end", async (t) => {
  await using server = await serve();
  for (const [name, message] of Object.entries(IMPOSSIBLE)) {
    await t.step(name, async () => {
      const { socket, told, closed } = await openSocket(server);
      const before = told().length;
      socket.send(message as Uint8Array<ArrayBuffer>);
      assert.equal(await closed, 1008);
      assert.match(told().slice(before), /failed.*tag.server.*Expected .* but found/s);
    });
  }
  await using engine = await server.connect();
  paintSquares(engine);
  const { revision } = engine.annotation;
  const request = { revision, annotation: new Uint8Array(0), options: QUICK };
  assert.equal((await engine.compute(request)).labels.count, 2);
});

const stroke = (change: object) =>
  encodeCommand({ kind: "stroke", points: [1, 1], size: 1, value: 1, ...change } as never);
const polygon = (points: number[]): Uint8Array<ArrayBuffer> =>
  encodeCommand({ kind: "polygon", points, value: 1 });
const many = (length: number, value = 1) => new Array(length).fill(value);

/** Well-formed messages whose commands do not suit the image or would never end. */
const COMMANDS: Readonly<Record<string, [Uint8Array<ArrayBuffer>, RegExp]>> = {
  "nothing": [new Uint8Array(0), /Expected/],
  "an unknown command": [Uint8Array.of(99, 0), /a known command/],
  "bytes behind a command": [Uint8Array.of(0, 0, 1, 2, 3), /the end of a command/],
  "a number without end": [new Uint8Array(100).fill(0xff), /Expected/],
  "more points than bytes": [numbers(2, 0, 1, 2 ** 40), /numbers/],
  "a brush of no size": [stroke({ size: 0 }), /brush size .* from 1 to 1000/],
  "a giant brush": [stroke({ size: 2 ** 40 }), /brush size/],
  "class 256": [stroke({ value: 256 }), /class .* from 0 to 255/],
  "no points": [stroke({ points: [] }), /number of points/],
  "half a point": [stroke({ points: [1, 1, 1] }), /x and y in turn/],
  "too many points": [stroke({ points: many(2 * 65_537) }), /number of points/],
  "a point far to the left": [stroke({ points: [-(2 ** 50), 0] }), /x of a point/],
  "a point far below": [stroke({ points: [0, 2 ** 50] }), /y of a point/],
  "a slice that is not there": [stroke({ z: 1 }), /slice z/],
  "a time point that is not there": [stroke({ t: 2 ** 50 }), /time point t/],
  "a class to paint over that is none": [stroke({ over: 1000 }), /class to paint over/],
  "a polygon of two corners": [polygon([0, 0, 5, 5]), /number of points/],
  "a fill outside": [encodeCommand({ kind: "fill", x: 20, y: 0, value: 1 }), /x .* from 0 to 19/],
  "a fill in four dimensions": [
    encodeCommand({ kind: "fill", x: 0, y: 0, value: 1, dimensions: 4 } as never),
    /dimensions/,
  ],
  "a swap with class 300": [encodeCommand({ kind: "swap", a: 1, b: 300 }), /class/],
  "pixels beyond the image": [encodeCommand({ kind: "paste", runs: [201, 1] }), /Expected/],
  "half a run": [encodeCommand({ kind: "paste", runs: [1] }), /lengths and classes/],
  "runs of nothing": [encodeCommand({ kind: "paste", runs: many(2000, 0) }), /length of a run/],
};

Deno.test("commands that do not suit the image are refused one by one, and painting goes on", async (t) => {
  await using server = await serve();
  await using engine = await server.connect();
  const { socket, told } = await openSocket(server);
  let first = 1;
  for (const [name, [command, message]] of Object.entries(COMMANDS)) {
    await t.step(name, async () => {
      const before = told().length;
      const good = encodeCommand({ kind: "fill", x: first % 20, y: 0, value: 1 + first % 99 });
      socket.send(encodeMessage({ kind: "paint", first, commands: [command, good] }));
      first += 2;
      const saidSo = () => /failed.*tag.annotation/s.test(told().slice(before));
      await until(saidSo, "the command is refused");
      assert.match(told().slice(before), message);
    });
  }
  const position = Object.keys(COMMANDS).length;
  await until(() => engine.annotation.position === position, "the commands between are told");
  assert.equal(socket.readyState, WebSocket.OPEN);
  socket.close();
});

Deno.test("a flood of requests is answered within the limits, and others get through", async () => {
  await using server = await serve({ limits: { requests: 4 } });
  await using engine = await server.connect();
  paintSquares(engine);
  await until(() => engine.unsaved === 0, "the strokes are safe");
  const { socket, told } = await openSocket(server);
  for (let id = 1; id <= 2000; id++) {
    socket.send(encodeMessage({ ...compute, id }));
    socket.send(encodeMessage({ kind: "features", id: 10_000 + id, options: QUICK }));
    socket.send(encodeMessage({ kind: "ping" }));
    socket.send(encodeMessage({ kind: "cancel", id }));
  }
  const { revision } = engine.annotation;
  const request = { revision, annotation: new Uint8Array(0), options: QUICK };
  assert.equal((await engine.compute(request)).labels.count, 2);
  await until(() => (told().match(/pong/g) ?? []).length === 2000, "every ping is answered");
  assert.match(told(), /at most 4 requests/);
  assert.equal(socket.readyState, WebSocket.OPEN);
  socket.close();
});

Deno.test("a flood of strokes, options and views leaves the others' strokes whole", async () => {
  await using server = await serve();
  await using engine = await server.connect();
  const { socket } = await openSocket(server);
  const flood: AnnotationCommand[] = Array.from({ length: 1000 }, (_, i) => (
    { kind: "fill", x: i % 20, y: 5, value: 1 + i % 200 }
  ));
  flood.forEach((command, i) => {
    const commands = [encodeCommand(command)];
    socket.send(encodeMessage({ kind: "paint", first: i + 1, commands }));
    socket.send(encodeMessage({ kind: "options", options: { ...QUICK, randomState: i } }));
    socket.send(encodeMessage({ kind: "view", view: JSON.stringify({ i }) }));
  });
  engine.annotation.apply({ kind: "stroke", points: [1, 1], size: 1, value: 250 });
  await until(() => engine.unsaved === 0 && engine.options?.randomState === 999, "all is taken");
  await using witness = await server.connect();
  assert.equal(witness.annotation.at(0, 0), 250);
  assert.equal(witness.options!.randomState, 999);
  assert.deepEqual(witness.view, { i: 999 });
  socket.close();
});
