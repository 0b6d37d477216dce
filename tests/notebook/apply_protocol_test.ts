import assert from "node:assert/strict";
import { encode } from "npm:@msgpack/msgpack@3.1.3";
import { MAX_CLASSIFIER } from "../../src/notebook/applied_image.ts";
import {
  APPLY_VERSION,
  type ApplyPageMessage,
  type ApplyServerMessage,
  encodeApplyMessage,
  MAX_IMAGES,
  readApplyPageMessage,
  readApplyServerMessage,
} from "../../src/notebook/apply_protocol.ts";
import { MAX_MESSAGE } from "../../src/notebook/protocol.ts";
import { throwsDaub } from "../support/errors.ts";

const image = "f-0123456789abcdef0123456789abcdef";
const classifier = { kind: "classifier", id: 1, version: APPLY_VERSION, name: "a.cl", text: "/*" };

const facts = {
  classes: [1, 2],
  positiveClass: 2,
  numFeatures: 3,
  dimensions: 2,
  numChannels: 1,
};

const pageMessages = [
  classifier,
  { kind: "apply", id: 2, image },
  { kind: "apply", id: 2, image, channels: [2, 0] },
  { kind: "save", id: 3, images: [image, "s-1"] },
  { kind: "cancel", id: 2 },
] as ApplyPageMessage[];

const serverMessages: ApplyServerMessage[] = [
  { kind: "classifier", id: 1, ...facts },
  { kind: "progress", id: 2, stage: "segment", fraction: 0.25 },
  {
    kind: "applied",
    id: 2,
    width: 4,
    height: 3,
    depth: 1,
    milliseconds: 1.5,
    frames: [{ count: 2, labels: Uint8Array.of(1, 2), table: "label\n1\n2\n" }],
  },
  { kind: "saved", id: 3, files: ["a_labels.tif", "labels.csv"] },
];

Deno.test("every message is read as it was written", () => {
  for (const message of pageMessages) {
    assert.deepEqual(readApplyPageMessage(encodeApplyMessage(message)), message);
  }
  for (const message of serverMessages) {
    assert.deepEqual(readApplyServerMessage(encodeApplyMessage(message)), message);
  }
  const error = { tag: "image", message: "Expected an image.", where: "a.tif" } as const;
  const failed = readApplyServerMessage(encodeApplyMessage({ kind: "failed", id: 2, error }));
  assert.ok(failed.kind === "failed");
  const { name, tag, message, where } = failed.error;
  assert.deepEqual({ name, tag, message, where }, { name: "DaubError", ...error });
});

Deno.test("page messages that are not as they should be are refused", () => {
  const wrong: Record<string, unknown>[] = [
    {},
    { kind: "apply" },
    { kind: "apply", id: 0, image },
    { kind: "apply", id: 1.5, image },
    { kind: "apply", id: 2, image: 7 },
    { kind: "apply", id: 2, image: "../../etc/passwd" },
    { kind: "apply", id: 2, image: "f-../x" },
    { kind: "apply", id: 2, image: `f-${"a".repeat(81)}` },
    { kind: "apply", id: 2, image: "__proto__" },
    { kind: "apply", id: 2, image, path: "/etc/passwd" },
    { kind: "apply", id: 2, image, channels: 1 },
    { kind: "apply", id: 2, image, channels: [-1] },
    { kind: "apply", id: 2, image, channels: [0.5] },
    { kind: "apply", id: 2, image, channels: ["constructor"] },
    { kind: "apply", id: 2, image, channels: Array(65).fill(0) },
    { ...classifier, text: 5 },
    { ...classifier, text: "a".repeat(MAX_CLASSIFIER + 1) },
    { ...classifier, version: -1 },
    { ...classifier, name: "a".repeat(1001) },
    { kind: "save", id: 3, images: image },
    { kind: "save", id: 3, images: [image, "/etc/passwd"] },
    { kind: "save", id: 3, images: Array(MAX_IMAGES + 1).fill(image) },
    { kind: "cancel", id: "1" },
    { kind: "hello", id: 1 },
  ];
  for (const message of wrong) {
    throwsDaub("server", /Expected/, () => readApplyPageMessage(encode(message)));
  }
  throwsDaub("server", /binary frames/, () => readApplyPageMessage("apply"));
  throwsDaub("server", /MessagePack/, () => readApplyPageMessage(Uint8Array.of(0xc1)));
  throwsDaub("server", /at most/, () => readApplyPageMessage(new Uint8Array(MAX_MESSAGE + 1)));
});

Deno.test("server messages that are not as they should be are refused", () => {
  const [, , applied] = serverMessages;
  const wrong: Record<string, unknown>[] = [
    { kind: "applied", id: 2 },
    { ...applied, frames: [{ count: 2, labels: "x", table: "" }] },
    { ...applied, frames: 3 },
    { ...applied, width: -1 },
    { kind: "classifier", id: 1, ...facts, classes: [0] },
    { kind: "classifier", id: 1, ...facts, numChannels: -1 },
    { kind: "progress", id: 1, stage: "segment", fraction: 2 },
    { kind: "saved", id: 1, files: [1] },
    { kind: "failed", id: 1, error: { tag: "oops", message: "" } },
  ];
  for (const message of wrong) {
    throwsDaub("server", /Expected/, () => readApplyServerMessage(encode(message)));
  }
});
