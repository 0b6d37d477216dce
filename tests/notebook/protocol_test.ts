import assert from "node:assert/strict";
import { encode } from "npm:@msgpack/msgpack@3.1.3";
import { DaubError } from "../../src/errors.ts";
import { FRAME_BYTES, FrameAssembler, framesOf } from "../../src/notebook/frames.ts";
import { decodeRuns, encodeRuns, RunDecoder } from "../../src/notebook/label_runs.ts";
import { packArray, unpackArray } from "../../src/notebook/packing.ts";
import {
  encodeMessage,
  MAX_MESSAGE,
  type PageMessage,
  PROTOCOL_VERSION,
  readPageMessage,
  readServerMessage,
  type ServerMessage,
} from "../../src/notebook/protocol.ts";
import { errorMessage } from "../../src/notebook/protocol_parts.ts";
import { rejectsDaub, throwsDaub } from "../support/errors.ts";
import { randomNumbers } from "../support/random.ts";

const options = {
  features: "original gaussian_blur=1",
  channels: [0, 2],
  positiveClass: 2,
  connectivity: 4,
  maxDepth: 2,
  numTrees: 100,
  randomState: 0,
  votes: "fraction",
} as const;

const client = "0123456789abcdef".repeat(2);
const hello = { kind: "hello", version: PROTOCOL_VERSION, client, log: "", position: 0, image: "" };

const pageMessages = [
  hello,
  { kind: "paint", first: 3, commands: [Uint8Array.of(1, 2), new Uint8Array(0)] },
  { kind: "paint", first: 1, commands: [], client },
  { kind: "options", options },
  { kind: "view", view: '{"zoom":2}' },
  { kind: "compute", id: 1, revision: 7, frame: 3, options, want: { classes: true } },
  { kind: "frame", id: 4, frame: 2 },
  { kind: "features", id: 2, options },
  { kind: "cancel", id: 1 },
  { kind: "ping" },
] as PageMessage[];

const serverMessages: ServerMessage[] = [
  {
    kind: "welcome",
    version: PROTOCOL_VERSION,
    device: "CPU",
    name: "cells.tif",
    contentKey: "ab".repeat(32),
    size: { width: 3, height: 2, depth: 1, frames: 1 },
    channels: [
      { type: "Uint16Array", name: "DAPI", voxelSize: { x: 0.1, y: 0.1, z: 1, unit: "micron" } },
    ],
    log: "x",
    position: 4,
    length: 9,
    acknowledged: 2,
    options,
    view: "{}",
  },
  {
    kind: "log",
    position: 4,
    entries: [{ number: 0, command: Uint8Array.of(9) }],
    acknowledged: 0,
  },
  { kind: "saved", client, number: 12 },
  { kind: "ready" },
  { kind: "pixels", channel: 0, offset: 12, bytes: new Uint8Array(5) },
  { kind: "options", options },
  { kind: "progress", id: 3, stage: "features", fraction: 0.25 },
  { kind: "result", id: 3, revision: 8, body: Uint8Array.of(1) },
  { kind: "features", id: 4, body: Uint8Array.of(1) },
  { kind: "frame", id: 4, body: Uint8Array.of(1) },
  { kind: "pong" },
];

Deno.test("every message survives the way as it was", () => {
  for (const message of pageMessages) {
    assert.deepEqual(readPageMessage(encodeMessage(message)), message);
  }
  for (const message of serverMessages) {
    assert.deepEqual(readServerMessage(encodeMessage(message)), message);
  }
});

Deno.test("an error arrives with its kind, sentence and place", () => {
  const error = new DaubError("features", "Expected a, found b.", { where: "sigma" });
  const received = readServerMessage(
    encodeMessage({ kind: "failed", id: 5, error: errorMessage(error) }),
  );
  assert.ok(received.kind === "failed" && received.error instanceof DaubError);
  const { tag, message, where } = received.error;
  assert.deepEqual({ tag, message, where }, {
    tag: "features",
    message: "Expected a, found b.",
    where: "sigma",
  });
});

Deno.test("a message with a field that is wrong, missing or too much is refused", () => {
  const wrong: Record<string, unknown>[] = [
    { ...hello, client: "short" },
    { ...hello, client: client.toUpperCase() },
    { ...hello, position: -1 },
    { ...hello, position: 1.5 },
    { ...hello, image: "../../etc/passwd" },
    { ...hello, more: 1 },
    { kind: "hello" },
    { kind: "paint", first: 0, commands: [] },
    { kind: "paint", first: 1, commands: ["text"] },
    { kind: "paint", first: 1, commands: Array(5000).fill(new Uint8Array(1)) },
    { kind: "options", options: { ...options, numTrees: 1e9 } },
    { kind: "options", options: { ...options, votes: "majority" } },
    { kind: "options", options: { ...options, channels: Array(65).fill(0) } },
    { kind: "options", options: { ...options, extra: true } },
    { kind: "options", options: null },
    { kind: "view", view: "{" },
    { kind: "view", view: `"${"x".repeat(20_000)}"` },
    { kind: "compute", id: 0, revision: 0, frame: 0, options, want: {} },
    { kind: "compute", id: 1, revision: 0, frame: -1, options, want: {} },
    { kind: "compute", id: 1, revision: 0, options, want: {} },
    { kind: "frame", id: 1, frame: 1e9 },
    { kind: "compute", id: 1, revision: 0, frame: 0, options, want: { classes: 1 } },
    { kind: "compute", id: 1, revision: NaN, frame: 0, options, want: {} },
    { kind: "toString" },
    { kind: "welcome" },
  ];
  for (const message of wrong) {
    throwsDaub("server", /^Expected /, () => readPageMessage(encode(message)));
  }
});

Deno.test("whatever bytes arrive, only a typed error leaves the reader", () => {
  const next = randomNumbers(7);
  const seeds = pageMessages.map((message) => encodeMessage(message));
  let refused = 0;
  for (let i = 0; i < 4000; i++) {
    const bytes = i % 4 === 0
      ? Uint8Array.from({ length: Math.floor(next() * 60) }, () => next() * 256)
      : seeds[i % seeds.length].slice(0, Math.ceil(next() * 200));
    for (let flips = i % 3; flips > 0 && bytes.length > 0; flips--) {
      bytes[Math.floor(next() * bytes.length)] = next() * 256;
    }
    for (const read of [readPageMessage, readServerMessage]) {
      try {
        read(bytes);
      } catch (error) {
        assert.ok(error instanceof DaubError, `${error} on ${bytes}`);
        refused++;
      }
    }
  }
  assert.ok(refused > 4000);
});

Deno.test("texts, giants, deep nests and claims of more than there is are refused", () => {
  throwsDaub("server", /binary frames/, () => readPageMessage("text"));
  throwsDaub(
    "server",
    /at most 16777216 bytes/,
    () => readPageMessage(new Uint8Array(MAX_MESSAGE + 1)),
  );
  // An array of 2^32 - 1 entries, a map of as many, a text of as many bytes.
  for (const start of [0xdd, 0xdf, 0xdb, 0xc6]) {
    throwsDaub(
      "server",
      /MessagePack|lists without end/,
      () => readPageMessage(Uint8Array.of(start, 255, 255, 255, 255)),
    );
  }
  throwsDaub("server", /Expected/, () => readPageMessage(new Uint8Array(1e6).fill(0x91)));
  const proto = Uint8Array.of(0x81, 0xa9, ...new TextEncoder().encode("__proto__"), 0x80);
  throwsDaub("server", /Expected/, () => readPageMessage(proto));
});

Deno.test("frames put together are the message that was cut", () => {
  for (const length of [0, 1, FRAME_BYTES, FRAME_BYTES + 1, 2 * FRAME_BYTES + 5]) {
    const message = Uint8Array.from({ length }, (_, i) => i % 251);
    const assembler = new FrameAssembler();
    const frames = [...framesOf(message), ...framesOf(message)];
    assert.equal(frames.length, 2 * Math.max(1, Math.ceil(length / FRAME_BYTES)));
    const out = frames.map((frame) => assembler.add(frame.buffer)).filter((whole) => whole);
    assert.equal(out.length, 2);
    for (const whole of out) assert.deepEqual(whole, message);
  }
  throwsDaub("server", /a frame/, () => new FrameAssembler().add(Uint8Array.of(7, 1).buffer));
  throwsDaub("server", /binary frames/, () => new FrameAssembler().add("text"));
});

Deno.test("labels survive as runs, whatever their order", async () => {
  const next = randomNumbers(3);
  const far = Uint32Array.of(0, 2 ** 32 - 1, 1, 1, 0, 5, 5, 4, 2 ** 31);
  const noise = Uint32Array.from({ length: 5000 }, () => next() < 0.5 ? 0 : next() * 2 ** 32);
  const rows = Uint32Array.from(
    { length: 5000 },
    (_, i) => i % 50 < 20 ? 0 : 1 + Math.floor(i / 500),
  );
  // More runs than are read at a time.
  const many = Uint32Array.from({ length: 40_000 }, (_, i) => i % 3 === 0 ? 0 : i);
  // Runs that are longer than what is written at a time.
  const long = new Uint32Array(1_000_000).fill(9, 3, 700_000).fill(8, 700_000, 999_999);
  const one = new Uint32Array(600_000).fill(1);
  const none = [new Uint32Array(0), new Uint32Array(70_000)];
  for (const labels of [far, noise, rows, many, long, one, ...none]) {
    const same = new Uint32Array(labels.length);
    decodeRuns(encodeRuns(labels), same);
    assert.ok(same.every((label, i) => label === labels[i]));
    for (const isFar of [false, true]) {
      const packed = await packArray(labels, isFar);
      const unpacked = await unpackArray({ ...packed }, "Uint32Array", labels.length);
      assert.ok(unpacked.length === labels.length);
      assert.ok(labels.every((label, i) => label === unpacked[i]));
    }
  }
  assert.ok(encodeRuns(rows).length < 500, `${encodeRuns(rows).length} bytes`);
  const classes = Uint8Array.from({ length: 999 }, (_, i) => i % 256);
  const packed = await packArray(classes);
  assert.deepEqual(await unpackArray(packed, "Uint8Array", 999), classes);
  const floats = Float32Array.from({ length: 99 }, () => next());
  assert.deepEqual(await unpackArray(await packArray(floats), "Float32Array", 99), floats);
});

Deno.test("a label that fills a large image is written piece by piece", () => {
  const labels = new Uint32Array(2_000_000).fill(5);
  const read = new Uint32Array(labels.length);
  const decoder = new RunDecoder(encodeRuns(labels), read);
  let steps = 1;
  for (let written = 0; !decoder.step(); steps++) {
    const now = read.indexOf(0);
    assert.ok(now > written && now - written <= 500_000, `${now - written} pixels in a step`);
    written = now;
  }
  assert.ok(steps > 4 && read.every((label) => label === 5));
});

Deno.test("packed numbers that are damaged, too many or too few are refused", async () => {
  const good = await packArray(Uint32Array.of(0, 0, 3, 3));
  const refused = (value: unknown, length = 4, type = "Uint32Array") =>
    rejectsDaub("server", /^Expected/, () => unpackArray(value, type, length));
  for (const packed of [good, await packArray(Uint32Array.of(0, 0, 3, 3), true)]) {
    await refused({ ...packed, bytes: packed.bytes.slice(0, 2) });
    await refused(packed, 3);
  }
  await refused({ ...good, packing: "deflated runs" });
  await refused(await packArray(Uint8Array.of(1, 2, 3)), 3);
  await refused({ ...good, length: 5 }, 5);
  await refused({ ...good, length: 2 ** 52 }, 2 ** 52);
  await refused({ ...good, type: "Object" }, 4, "Object");
  await refused({ ...good, packing: "raw" });
  const bomb = new Uint8Array(5_000_000);
  const stream = new Blob([bomb]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  await refused({ ...good, packing: "deflated runs", bytes });
});
