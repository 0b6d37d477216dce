import { DaubError } from "../../errors.ts";
import type { EngineOptions, EngineProgress } from "../engine.ts";
import { framesOf } from "../frames.ts";
import {
  encodeMessage,
  MAX_COMMANDS,
  type PageMessage,
  PROTOCOL_VERSION,
  readPageMessage,
  type ServerMessage,
} from "../protocol.ts";
import { errorMessage } from "../protocol_parts.ts";
import type { Job } from "./job_queue.ts";
import type { Limits } from "./limits.ts";
import type { Session, Watcher } from "./session.ts";

/** Pixels are sent in parts of so many bytes, so that other messages pass between them. */
const PIXEL_BYTES = 2 * 2 ** 20;
/** More pixels are sent when fewer bytes than these wait. */
const CALM = 16 * 2 ** 20;
/** Commands of the log are sent in parts of so many bytes. */
const LOG_BYTES = 2 ** 20;
/** Progress is told so many milliseconds apart. */
const PROGRESS_EVERY = 50;

type Hello = Extract<PageMessage, { kind: "hello" }>;

/** A request that waits: how to give it up. */
interface Pending {
  readonly cancel: () => void;
}

/** One page at the other end of a socket. */
export class PageLink implements Watcher {
  #hello: Hello | undefined;
  #session: Session | undefined;
  /** How much of the log the page has. */
  #sent = 0;
  #acknowledged = 0;
  readonly #pending = new Map<number, Pending>();
  #helloTimer: ReturnType<typeof setTimeout>;

  /**
   * @param session Opens when the page has said hello; what goes wrong is told to the page.
   */
  constructor(
    readonly socket: WebSocket,
    readonly session: () => Promise<Session>,
    readonly limits: Limits,
    readonly onClose: () => void,
  ) {
    socket.binaryType = "arraybuffer";
    this.#helloTimer = setTimeout(() => this.#close(1008, "no greeting"), limits.helloAfter);
    socket.onmessage = ({ data }) => this.#receive(data);
    // A broken connection is closed next, which is all that matters.
    socket.onerror = (event) => event.preventDefault();
    socket.onclose = () => this.#closed();
  }

  get client(): string {
    return this.#hello?.client ?? "";
  }

  logGrew(): void {
    const session = this.#session;
    if (session === undefined) return;
    do {
      const position = this.#sent;
      const entries = [];
      let bytes = 0;
      for (const entry of session.entries(position, MAX_COMMANDS)) {
        entries.push({
          number: entry.client === this.client ? entry.number : 0,
          command: entry.command,
        });
        bytes += entry.command.length;
        if (bytes > LOG_BYTES) break;
      }
      const acknowledged = session.acknowledged(this.client);
      if (entries.length === 0 && acknowledged === this.#acknowledged) return;
      this.#sent += entries.length;
      // The last command is acknowledged when everything before it was told.
      const complete = this.#sent === session.safePosition;
      if (complete) this.#acknowledged = acknowledged;
      this.#send({ kind: "log", position, entries, acknowledged: this.#acknowledged });
      if (complete) return;
    } while (this.#sent < session.safePosition);
  }

  optionsChanged(options: EngineOptions): void {
    this.#send({ kind: "options", options });
  }

  failed(error: unknown): void {
    this.#fail(0, error);
  }

  /** Says goodbye, as when the server ends. */
  close(reason: string): void {
    this.#close(1001, reason);
  }

  #receive(data: unknown): void {
    try {
      const message = readPageMessage(data);
      if (this.#hello === undefined) void this.#greet(message);
      else this.#handle(message);
    } catch (error) {
      // Whoever breaks the protocol is told why and not listened to any longer.
      this.#fail(0, error);
      this.#close(1008, "the message was not understood");
    }
  }

  async #greet(message: PageMessage): Promise<void> {
    try {
      if (message.kind !== "hello") throw impolite(message.kind);
      if (message.version !== PROTOCOL_VERSION) throw wrongVersion(message.version);
      this.#hello = message;
      clearTimeout(this.#helloTimer);
      const session = await this.session();
      if (this.socket.readyState !== WebSocket.OPEN) return;
      this.#welcome(session, message);
      await this.#sendPixels(session, message);
      this.#send({ kind: "ready" });
    } catch (error) {
      this.#fail(0, error);
      this.#close(error instanceof DaubError ? 1008 : 1011, "the image cannot be opened");
    }
  }

  #welcome(session: Session, hello: Hello): void {
    const { log, image } = session;
    const known = hello.log === log && hello.position <= session.safePosition;
    this.#sent = known ? hello.position : 0;
    this.#acknowledged = session.acknowledged(hello.client);
    const { device, name, contentKey, size } = image;
    this.#send({
      kind: "welcome",
      version: PROTOCOL_VERSION,
      device,
      name: name.slice(0, 1000),
      contentKey,
      size,
      channels: image.channels.map(({ type, name, voxelSize }) => ({ type, name, voxelSize })),
      log,
      position: this.#sent,
      length: session.safePosition,
      acknowledged: this.#acknowledged,
      options: session.options,
      view: session.view,
    });
    this.#session = session;
    session.watch(this);
    this.logGrew();
  }

  async #sendPixels({ image }: Session, hello: Hello): Promise<void> {
    if (hello.image === image.contentKey) return;
    for (const [channel, { bytes }] of image.channels.entries()) {
      for (let offset = 0; offset < bytes.length; offset += PIXEL_BYTES) {
        while (this.socket.bufferedAmount > CALM && this.socket.readyState === WebSocket.OPEN) {
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
        const part = bytes.subarray(offset, offset + PIXEL_BYTES);
        this.#send({ kind: "pixels", channel, offset, bytes: part });
      }
    }
  }

  #handle(message: PageMessage): void {
    const session = this.#session;
    if (message.kind === "ping") return this.#send({ kind: "pong" });
    if (session === undefined) throw impolite(message.kind);
    switch (message.kind) {
      case "hello":
        throw impolite("a second greeting");
      case "paint":
        return this.#report(this.#paint(session, message));
      case "options":
        return this.#report(session.choose(message.options, this));
      case "view":
        return this.#report(session.look(message.view));
      case "compute":
        return this.#compute(session, message);
      case "features":
        return this.#look(message, (signal) => session.features(message.options, signal));
      case "frame":
        return this.#look(message, (signal) => session.frame(message.frame, signal));
      case "cancel":
        return this.#pending.get(message.id)?.cancel();
    }
  }

  async #paint(session: Session, message: Extract<PageMessage, { kind: "paint" }>): Promise<void> {
    const { client = this.client, first, commands } = message;
    try {
      await session.paint(client, first, commands);
    } finally {
      if (message.client !== undefined) {
        this.#send({ kind: "saved", client, number: session.acknowledged(client) });
      }
    }
  }

  #compute(session: Session, message: Extract<PageMessage, { kind: "compute" }>): void {
    const { id, revision, frame, options, want } = message;
    if (!this.#hasRoom(id)) return;
    let told = 0;
    const job: Job = {
      owner: this,
      frame,
      options,
      want,
      onProgress: ({ stage, fraction }: EngineProgress) => {
        const now = performance.now();
        if (now - told < PROGRESS_EVERY) return;
        told = now;
        this.#send({ kind: "progress", id, stage, fraction });
      },
      onEnd: (body, error) => {
        this.#pending.delete(id);
        if (body) this.#send({ kind: "result", id, revision, body });
        else this.#fail(id, error);
      },
    };
    this.#pending.set(id, { cancel: () => session.jobs.cancel(job) });
    session.jobs.add(job);
  }

  /** Answers what is asked for display. */
  #look(
    { id, kind }: Extract<PageMessage, { kind: "features" | "frame" }>,
    ask: (signal: AbortSignal) => Promise<Uint8Array>,
  ): void {
    if (!this.#hasRoom(id)) return;
    const controller = new AbortController();
    this.#pending.set(id, { cancel: () => controller.abort("cancelled") });
    ask(controller.signal).then(
      (body) => this.#send({ kind, id, body }),
      (error) => this.#fail(id, error),
    ).finally(() => this.#pending.delete(id));
  }

  #hasRoom(id: number): boolean {
    if (this.#pending.has(id)) throw impolite("a request's number twice");
    const { requests } = this.limits;
    if (this.#pending.size < requests) return true;
    const error = new DaubError(
      "server",
      `Expected at most ${requests} requests of a page at a time but found more. Wait until some ` +
        `are answered.`,
      { expected: requests },
    );
    this.#fail(id, error);
    return false;
  }

  #report(work: Promise<void>): void {
    work.catch((error) => this.#fail(0, error));
  }

  #fail(id: number, error: unknown): void {
    this.#send({ kind: "failed", id, error: errorMessage(error) });
  }

  #send(message: ServerMessage): void {
    if (this.socket.readyState !== WebSocket.OPEN) return;
    if (this.socket.bufferedAmount > this.limits.unreadBytes) {
      return this.#close(1013, "the page does not read");
    }
    for (const frame of framesOf(encodeMessage(message))) this.socket.send(frame);
  }

  #close(code: number, reason: string): void {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.close(code, reason);
  }

  #closed(): void {
    clearTimeout(this.#helloTimer);
    for (const { cancel } of [...this.#pending.values()]) cancel();
    this.#session?.unwatch(this);
    this.onClose();
  }
}

function impolite(found: string): DaubError {
  return new DaubError(
    "server",
    `Expected the page to greet the server once and first but found ${found}. Reload the page.`,
    { expected: "hello", found },
  );
}

function wrongVersion(found: number): DaubError {
  return new DaubError(
    "server",
    `Expected version ${PROTOCOL_VERSION} of the protocol but found ${found}. Reload the page.`,
    { expected: PROTOCOL_VERSION, found },
  );
}
