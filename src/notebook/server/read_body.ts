import { DaubError } from "../../errors.ts";

/** How much of a body is read, and how long it is waited for. */
export interface BodyLimits {
  /** The most bytes. */
  readonly bytes: number;
  /** The most milliseconds until the next bytes. */
  readonly waiting: number;
}

/**
 * The bytes of a request, at most so many; more are not read.
 *
 * @throws {DaubError} `server` when there are more, or they do not come.
 */
export async function readBody(
  request: Request,
  limits: BodyLimits,
): Promise<Uint8Array<ArrayBuffer>> {
  const most = limits.bytes;
  const announced = Number(request.headers.get("content-length") ?? 0);
  if (announced > most) {
    await request.body?.cancel();
    throw tooMany(most, announced);
  }
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of inTime(request.body, limits.waiting)) {
    length += part.length;
    if (length > most) throw tooMany(most, length);
    parts.push(part);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/**
 * What a request says in JSON.
 *
 * @throws {DaubError} `server` when it is too long or no JSON.
 */
export async function readJson(request: Request, limits: BodyLimits): Promise<unknown> {
  const text = new TextDecoder().decode(await readBody(request, limits));
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new DaubError("server", "Expected JSON but found something else. Reload the page.", {
      cause,
    });
  }
}

/** The parts of a body; who sends nothing for too long is not listened to any longer. */
async function* inTime(
  body: ReadableStream<Uint8Array> | null,
  waiting: number,
): AsyncGenerator<Uint8Array> {
  const reader = body?.getReader();
  let isComplete = reader === undefined;
  try {
    while (reader) {
      const { promise: late, reject } = Promise.withResolvers<never>();
      const timer = setTimeout(() => reject(tooSlow(waiting)), waiting);
      const { value, done } = await Promise.race([reader.read(), late])
        .finally(() => clearTimeout(timer));
      isComplete = done;
      if (done) return;
      yield value;
    }
  } finally {
    if (!isComplete) await reader?.cancel().catch(() => {});
  }
}

function tooSlow(waiting: number): DaubError {
  return new DaubError(
    "server",
    `Expected a file to come without a pause of more than ${waiting / 1000} s but found one. Try ` +
      "again.",
    { expected: waiting },
  );
}

function tooMany(most: number, found: number): DaubError {
  return new DaubError(
    "server",
    `Expected at most ${most} bytes but found more. Choose a smaller file.`,
    { expected: most, found },
  );
}
