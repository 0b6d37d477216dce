import { DaubError } from "../../errors.ts";
import type { ImageCatalog } from "./image_catalog.ts";
import { Session, type SessionOptions } from "./session.ts";

/**
 * Names the session of an image, or of further strokes on it.
 *
 * @param layer Which strokes; "" for those that segment the image.
 */
export function sessionId(image: string, layer: string): string {
  return layer === "" ? image : `${image} ${layer}`;
}

/**
 * The images that are open: one session for an image, however many pages show it, and not more
 * than the limits allow. One that no page shows is closed after a while.
 */
export class SessionTable {
  readonly #sessions = new Map<string, Promise<Session>>();
  readonly #idle = new Map<string, ReturnType<typeof setTimeout>>();
  /** One after the other, so that two copies of one image find each other. */
  #starting: Promise<unknown> = Promise.resolve();

  constructor(readonly catalog: ImageCatalog, readonly setup: SessionOptions) {}

  /**
   * The session of an image, by {@linkcode sessionId}.
   *
   * @throws {DaubError} `server` when too many images are open; as the image finds.
   */
  async open(id: string): Promise<Session> {
    clearTimeout(this.#idle.get(id));
    this.#idle.delete(id);
    let session = this.#sessions.get(id);
    if (session === undefined) {
      session = this.#starting.then(() => this.#start(id));
      this.#starting = session.catch(() => {});
      this.#sessions.set(id, session);
      session.catch(() => this.#sessions.delete(id));
    }
    return await session;
  }

  /** A page has left: the session of the image is closed when it was the last one. */
  left(id: string): void {
    void this.#sessions.get(id)?.then((session) => {
      if (session.watcherCount > 0) return;
      clearTimeout(this.#idle.get(id));
      const close = () => this.#close(id).catch((error) => console.error(error));
      this.#idle.set(id, setTimeout(close, this.setup.limits.idleAfter));
    }, () => {});
  }

  /** Closes everything, the strokes written. */
  async close(): Promise<void> {
    await Promise.all([...this.#sessions.keys()].map((id) => this.#close(id)));
  }

  async #start(id: string): Promise<Session> {
    await this.#makeRoom();
    // Whatever else a page asks for is no image, and no folder is named after it.
    const [, image, layer = ""] = /^(.*?)(?: ([a-z]{1,20}))?$/s.exec(id)!;
    const source = await this.catalog.find(image);
    const open = await this.#settled();
    return await Session.open(
      source,
      this.setup,
      (key) => open.find((session) => session.image.contentKey === key && session.layer === layer),
      layer,
    );
  }

  /** Closes the image that was left first, when as many are open as may be. */
  async #makeRoom(): Promise<void> {
    const { sessions } = this.setup.limits;
    if (new Set(await this.#settled()).size < sessions) return;
    const [oldest] = this.#idle.keys();
    if (oldest !== undefined) return await this.#close(oldest);
    throw new DaubError(
      "server",
      `Expected at most ${sessions} open images but found more. Close the tab of another image.`,
      { expected: sessions },
    );
  }

  /** The sessions that are open; one may be there under several ids. */
  async #settled(): Promise<Session[]> {
    return Array.from(await this.#settledById(), ([, session]) => session);
  }

  /** The ids whose images have been opened; those that are being opened are left out. */
  async #settledById(): Promise<[id: string, session: Session][]> {
    const notYet = Promise.resolve(undefined);
    const all = await Promise.all(
      Array.from(this.#sessions, async ([id, session]) => {
        const found = await Promise.race([session, notYet]).catch(() => undefined);
        return [id, found] as const;
      }),
    );
    return all.filter((entry): entry is [string, Session] => entry[1] !== undefined);
  }

  async #close(id: string): Promise<void> {
    clearTimeout(this.#idle.get(id));
    this.#idle.delete(id);
    const session = await this.#sessions.get(id)?.catch(() => undefined);
    for (const [other, same] of await this.#settledById()) {
      if (same === session) this.#sessions.delete(other);
    }
    await session?.close();
  }
}
