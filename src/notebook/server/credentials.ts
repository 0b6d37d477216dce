import { Buffer } from "node:buffer";
import nodeCrypto from "node:crypto";
import { join } from "node:path";

/** How long a browser stays admitted, in seconds. */
const LIFETIME = 7 * 24 * 3600;
const encoder = new TextEncoder();

/**
 * Who may speak to the server: whoever brings the token of the printed address, once, gets a
 * credential, as a cookie or bearer token, that outlives a restart of the server.
 */
export class Credentials {
  #token: string | undefined = randomText();

  private constructor(readonly key: CryptoKey) {}

  /** Opens the secret in a folder, or makes one there that only this user can read. */
  static async open(folder: string): Promise<Credentials> {
    const path = join(folder, "secret");
    try {
      const fresh = crypto.getRandomValues(new Uint8Array(32));
      await Deno.writeFile(path, fresh, { createNew: true, mode: 0o600 });
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    }
    return await Credentials.of(await Deno.readFile(path));
  }

  /** Credentials signed by a secret. */
  static async of(secret: Uint8Array<ArrayBuffer>): Promise<Credentials> {
    const algorithm = { name: "HMAC", hash: "SHA-256" };
    return new Credentials(
      await crypto.subtle.importKey("raw", secret, algorithm, false, ["sign"]),
    );
  }

  /** The one-time token; undefined once it was used. */
  get token(): string | undefined {
    return this.#token;
  }

  /** A new one-time token, for a further browser. */
  renewToken(): string {
    return this.#token = randomText();
  }

  /** Exchanges the one-time token for a credential; undefined when it is not the right one. */
  async redeem(token: string): Promise<string | undefined> {
    if (this.#token === undefined || !equal(token, this.#token)) return undefined;
    this.#token = undefined;
    const issued = `${randomText()}.${Math.floor(Date.now() / 1000)}`;
    return `${issued}.${await this.sign(`credential ${issued}`)}`;
  }

  /** Whether a credential is one of ours and still valid. */
  async verify(credential: string): Promise<boolean> {
    const [nonce, issued, signature, ...rest] = credential.slice(0, 400).split(".");
    if (signature === undefined || rest.length > 0) return false;
    const right = await this.sign(`credential ${nonce}.${issued}`);
    const age = Date.now() / 1000 - Number(issued);
    return equal(signature, right) && age > -60 && age < LIFETIME;
  }

  /** A text that only this server could have made of another. */
  async sign(text: string): Promise<string> {
    const signature = await crypto.subtle.sign("HMAC", this.key, encoder.encode(text));
    return Buffer.from(signature).toString("base64url");
  }

  /** The cookie that carries a credential; no script sees it and no other site sends it. */
  static cookie(name: string, credential: string): string {
    return `${name}=${credential}; HttpOnly; SameSite=Strict; Path=/; Max-Age=${LIFETIME}`;
  }
}

/** The credential in a request: its cookie of this name, or its bearer token. */
export function credentialOf(request: Request, cookieName: string): {
  credential: string | undefined;
  bearer: boolean;
} {
  const authorization = request.headers.get("authorization");
  const bearer = /^Bearer ([\w.-]+)$/.exec(authorization ?? "")?.[1];
  if (bearer !== undefined) return { credential: bearer, bearer: true };
  for (const part of (request.headers.get("cookie") ?? "").split(";")) {
    const [name, value] = part.trim().split("=");
    if (name === cookieName) return { credential: value, bearer: false };
  }
  return { credential: undefined, bearer: false };
}

/** Compares in a time that does not tell how far the two agree. */
function equal(a: string, b: string): boolean {
  const [left, right] = [encoder.encode(a), encoder.encode(b)];
  return left.length === right.length && nodeCrypto.timingSafeEqual(left, right);
}

/** 192 random bits in letters, digits, - and _. */
function randomText(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(24))).toString("base64url");
}
