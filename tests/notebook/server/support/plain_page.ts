import assert from "node:assert/strict";
import { upgradeHeaders } from "./raw.ts";
import type { TestServer } from "./serve.ts";

/** A page that sends messages over a plain socket and reads only when it wants to. */
export async function openPlainPage({ port, credential }: TestServer, path: string) {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const write = async (bytes: Uint8Array) => {
    for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
  };
  const lines = [`GET ${path} HTTP/1.1`, `Host: 127.0.0.1:${port}`].concat(
    Object.entries(upgradeHeaders({ Authorization: `Bearer ${credential}` }))
      .map((header) => header.join(": ")),
  );
  await write(new TextEncoder().encode(`${lines.join("\r\n")}\r\n\r\n`));
  const buffer = new Uint8Array(2 ** 20);
  const decoder = new TextDecoder("latin1");
  return {
    send: (message: Uint8Array) => write(clientFrame(message)),
    /** Reads until a word comes; how many bytes. */
    readUntil: async (word: string, most: number): Promise<number> => {
      let read = 0;
      for (let tail = ""; !tail.includes(word);) {
        const count = await connection.read(buffer) ?? 0;
        assert.ok(count > 0, `it ended without ${word}`);
        read += count;
        assert.ok(read < most, "more was sent than somebody reads");
        tail = tail.slice(-20) + decoder.decode(buffer.subarray(Math.max(0, count - 200), count));
      }
      return read;
    },
    [Symbol.dispose]: () => connection.close(),
  };
}

/** A masked frame, as pages send them. */
function clientFrame(body: Uint8Array): Uint8Array<ArrayBuffer> {
  const length = body.length < 126 ? [body.length] : [126, body.length >> 8, body.length & 255];
  return Uint8Array.of(0x82, 0x80 | length[0], ...length.slice(1), 0, 0, 0, 0, ...body);
}
