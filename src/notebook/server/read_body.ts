import { DaubError } from "../../errors.ts";

/**
 * The bytes of a request, at most so many; more are not read.
 *
 * @throws {DaubError} `server` when there are more.
 */
export async function readBody(request: Request, most: number): Promise<Uint8Array<ArrayBuffer>> {
  const announced = Number(request.headers.get("content-length") ?? 0);
  if (announced > most) {
    await request.body?.cancel();
    throw tooMany(most, announced);
  }
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of request.body ?? []) {
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
export async function readJson(request: Request, most: number): Promise<unknown> {
  const text = new TextDecoder().decode(await readBody(request, most));
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new DaubError("server", "Expected JSON but found something else. Reload the page.", {
      cause,
    });
  }
}

function tooMany(most: number, found: number): DaubError {
  return new DaubError(
    "server",
    `Expected at most ${most} bytes but found more. Choose a smaller file.`,
    { expected: most, found },
  );
}
