import assert from "node:assert/strict";
import { encode } from "npm:@msgpack/msgpack@3.1.3";
import fc from "npm:fast-check@4.10.2";
import { isHarmless } from "../../src/notebook/message_form.ts";
import { readPageMessage, readServerMessage } from "../../src/notebook/protocol.ts";
import { throwsDaub } from "../support/errors.ts";

/** Nested so many lists deep. */
function nested(depth: number): unknown {
  return depth === 0 ? null : [nested(depth - 1)];
}

Deno.test("whatever can be said in MessagePack is harmless, and its first byte too much is not", () => {
  const value = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4, depthSize: "large" },
      fc.oneof(fc.integer(), fc.double(), fc.string(), fc.boolean(), fc.constant(null)),
      fc.uint8Array({ maxLength: 70_000 }),
      fc.date({ noInvalidDate: true }),
      fc.array(tie("value"), { maxLength: 40 }),
      fc.dictionary(fc.string().filter((key) => key !== "__proto__"), tie("value"), {
        maxKeys: 20,
      }),
    ),
  })).value;
  fc.assert(fc.property(value, (value) => isHarmless(encode(value))), { numRuns: 300 });
  // The walk must come out at the end of the value: a list that claims one entry more is noticed.
  fc.assert(
    fc.property(value, (value) => {
      const bytes = encode(value);
      const short = Uint8Array.of(0xdd, 0, 0, 0, 2, ...bytes.subarray(0, 60_000), 0xdd, 0, 0, 0, 9);
      return bytes.length > 60_000 || !isHarmless(short);
    }),
    { numRuns: 100 },
  );
});

Deno.test("lists that claim more than is there, or lie too deep, are refused before decoding", () => {
  assert.equal(isHarmless(encode(nested(8))), true);
  assert.equal(isHarmless(encode(nested(9))), false);
  for (const [head, size] of [[0xdc, 2], [0xdd, 4], [0xde, 2], [0xdf, 4]]) {
    const claim = new Uint8Array(1 + size).fill(0xff);
    claim[0] = head;
    assert.equal(isHarmless(claim), false);
  }
  // 26 bytes for which the decoder would take a gigabyte.
  const lists = Array.from({ length: 4 }, () => [0xdd, 1, 255, 255, 255]).flat();
  const bytes = Uint8Array.of(0x81, 0xa4, 0x6b, 0x69, 0x6e, 0x64, ...lists);
  for (const read of [readPageMessage, readServerMessage]) {
    throwsDaub("server", /lists without end/, () => read(bytes));
    throwsDaub("server", /lists without end/, () => read(new Uint8Array(1e6).fill(0x91)));
  }
});
