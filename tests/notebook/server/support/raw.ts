/** What a server answered to bytes sent over a plain socket. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/**
 * Sends a request as it is written, which no browser and no `fetch` would send, and reads the
 * answer; a server that just hangs up has status 0.
 */
export async function rawRequest(
  port: number,
  path: string,
  headers: Record<string, string> = {},
  { method = "GET", body = "", host = `127.0.0.1:${port}` as string | undefined } = {},
): Promise<RawAnswer> {
  const lines = [
    `${method} ${path} HTTP/1.1`,
    ...(host === undefined || host === "" ? [] : [`Host: ${host}`]),
    ...Object.entries(headers).map((header) => header.join(": ")),
    "Connection: close",
  ];
  if (headers.Connection) lines.pop();
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const bytes = new TextEncoder().encode(`${lines.join("\r\n")}\r\n\r\n${body}`);
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
  return parse(await readAll(connection, headers.Upgrade !== undefined));
}

/** The headers of a socket's handshake. */
export function upgradeHeaders(more: Record<string, string> = {}): Record<string, string> {
  return {
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    ...more,
  };
}

async function readAll(connection: Deno.Conn, headOnly: boolean): Promise<string> {
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(65_536);
  let text = "";
  try {
    for (;;) {
      const count = await connection.read(buffer);
      if (count === null) break;
      text += decoder.decode(buffer.subarray(0, count), { stream: true });
      if (headOnly ? text.includes("\r\n\r\n") : isWhole(text)) break;
    }
  } catch {
    // The server hung up.
  }
  return text;
}

/** Whether an answer is there to its end, though the connection may wait for more of a request. */
function isWhole(text: string): boolean {
  const { headers, text: body } = parse(text);
  const length = headers.get("content-length");
  return length !== null && new TextEncoder().encode(body).length >= Number(length);
}

function parse(text: string): RawAnswer {
  const [head, ...rest] = text.split("\r\n\r\n");
  const [first, ...lines] = head.split("\r\n");
  const headers = new Headers();
  for (const line of lines) {
    const colon = line.indexOf(":");
    headers.append(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  return { status: Number(first.split(" ")[1] ?? 0), headers, text: rest.join("\r\n\r\n") };
}
