import { DaubError, throwIfCancelled } from "../errors.ts";
import type { Image } from "../image/image.ts";
import type { Annotation } from "./annotation.ts";
import type { Engine, EngineImage, EngineOptions, EngineResult } from "./engine.ts";
import { FrameAssembler } from "./frames.ts";
import {
  encodeMessage,
  MAX_MESSAGE,
  type PageMessage,
  PROTOCOL_VERSION,
  readServerMessage,
  type ReceivedMessage,
} from "./protocol.ts";
import { protocolError } from "./protocol_fields.ts";
import { noServer, otherImage, tooLargeToSend } from "./remote_errors.ts";
import { ReconnectingSocket } from "./reconnecting_socket.ts";
import type { ConnectionState, RemoteEvent } from "./remote_event.ts";
import { ArrivingImage } from "./remote_image.ts";
import { RemoteRequests } from "./remote_requests.ts";
import { type Outbox, tidyOutbox } from "./outbox.ts";
import { type PaintBatch, paintBatches } from "./paint_batches.ts";
import { newClient, Replica } from "./replica.ts";
import { decodeChannels } from "./channel_codec.ts";
import { decodeFeatures, decodeResult, type FeaturesBody } from "./result_codec.ts";

export type { ConnectionState, RemoteEvent };

/** How {@linkcode openRemoteEngine} connects. */
export interface RemoteEngineOptions {
  /** Gives up before the image has arrived. */
  readonly signal?: AbortSignal;
  /** Makes the socket. Default `new WebSocket(url)`. */
  readonly openSocket?: (url: string) => WebSocket;
  /** Where strokes wait that could not be sent before the page was closed. Default nowhere. */
  readonly outbox?: Outbox;
}

type Welcome = Extract<ReceivedMessage, { kind: "welcome" }>;

/** Strokes that were made while the connection is lost are kept after so many milliseconds. */
const KEEP_AFTER = 200;

/**
 * Connects to the server that computes for an image and resolves when the image and everything that
 * was painted on it are here.
 *
 * @param url The server's socket, such as `ws://127.0.0.1:8421/socket?image=…`.
 * @throws {DaubError} `server` when there is no server or it cannot be understood; what the server
 * says when it cannot open the image.
 */
export async function openRemoteEngine(
  url: string | URL,
  options: RemoteEngineOptions = {},
): Promise<RemoteEngine> {
  const { signal, openSocket = (url) => new WebSocket(url), outbox } = options;
  throwIfCancelled(signal);
  const engine = new RemoteEngine(() => openSocket(String(url)), outbox);
  const cancel = () =>
    engine.fail(new DaubError("cancelled", "The connection was given up.", { cause: signal }));
  signal?.addEventListener("abort", cancel, { once: true });
  try {
    await engine.opened;
    return engine;
  } finally {
    signal?.removeEventListener("abort", cancel);
  }
}

/**
 * An engine at the other end of a socket. Its annotation is a replica of the server's: strokes on
 * it are sent as they are made, kept while the connection is lost, and sent again until the server
 * has journalled them; what other pages paint appears on it.
 */
export class RemoteEngine implements Engine {
  /** Resolves when the image is here. */
  readonly opened: Promise<void>;
  readonly #client = newClient();
  readonly #socket: ReconnectingSocket;
  readonly #listeners = new Set<(event: RemoteEvent) => void>();
  readonly #requests = new RemoteRequests((message) => {
    if (this.#greeted) this.#send(message);
  });
  #frames = new FrameAssembler();
  #state: ConnectionState = "connecting";
  #replica: Replica | undefined;
  #image: EngineImage | undefined;
  #arriving: ArrivingImage | undefined;
  #device = "";
  #options: EngineOptions | undefined;
  #view: string | undefined;
  /** The options and view that were chosen while nobody could be told. */
  #untold: { options?: EngineOptions; view?: string } = {};
  /** Whether something of this page is in the outbox. */
  #kept = false;
  #keepTimer: ReturnType<typeof setTimeout> | undefined;
  /** Whether the server has greeted us on this connection. */
  #greeted = false;
  #acknowledged = 0;
  #resolveOpened!: () => void;
  #rejectOpened!: (error: unknown) => void;

  /** Made by {@linkcode openRemoteEngine}. */
  constructor(open: () => WebSocket, readonly outbox?: Outbox) {
    this.opened = new Promise((resolve, reject) => {
      this.#resolveOpened = resolve;
      this.#rejectOpened = reject;
    });
    // Whoever made the engine waits for this too; nobody else needs to.
    this.opened.catch(() => {});
    this.#socket = new ReconnectingSocket(open, () => encodeMessage({ kind: "ping" }), {
      onOpen: () => this.#greet(),
      onMessage: (data) => this.#receive(data),
      onLost: ({ reason }) => this.#lost(reason),
    });
  }

  /** Where the server computes, in words. */
  get device(): string {
    return this.#device;
  }

  /** The image that is open. */
  get image(): EngineImage {
    return this.#image ?? notYet();
  }

  /** What is painted on the image: to be painted on, and in step with all other pages. */
  get annotation(): Annotation {
    return (this.#replica ?? notYet()).annotation;
  }

  /** The options that were chosen last, on whichever page; undefined when none ever were. */
  get options(): EngineOptions | undefined {
    return this.#options;
  }

  /** What {@linkcode look} kept last, also in an earlier life of page and server. */
  get view(): unknown {
    return this.#view === undefined ? undefined : JSON.parse(this.#view);
  }

  /** How page and server stand. */
  get state(): ConnectionState {
    return this.#state;
  }

  /** How many painting commands the server has not journalled yet. */
  get unsaved(): number {
    return this.#replica?.unsavedCount ?? 0;
  }

  /** Calls `listener` with events until the signal aborts or the result is called. */
  listen(listener: (event: RemoteEvent) => void, signal?: AbortSignal): () => void {
    const stop = () => void this.#listeners.delete(listener);
    if (!signal?.aborted) this.#listeners.add(listener);
    signal?.addEventListener("abort", stop, { once: true });
    return stop;
  }

  /** Tells the server and the other pages which options were chosen. */
  choose(options: EngineOptions): void {
    this.#options = options;
    this.#untold.options = options;
    this.#tell();
  }

  /** Lets the server keep how the page looks at the image: anything that JSON can say. */
  look(view: unknown): void {
    this.#view = this.#untold.view = JSON.stringify(view);
    this.#tell();
  }

  /**
   * Puts what the server has not acknowledged into the outbox, as before the page is closed. While
   * the connection is lost this happens by itself.
   */
  keepUnsaved(): void {
    clearTimeout(this.#keepTimer);
    this.#keepTimer = undefined;
    if (this.outbox === undefined || this.#image === undefined) return;
    const commands = this.#replica!.unsavedAfter(0);
    if (commands.length === 0 && !this.#kept) return;
    this.#kept = commands.length > 0;
    this.outbox.write(this.#image.contentKey, { client: this.#client, commands });
  }

  /** Tries to connect now rather than later, as when the network is back. */
  reconnect(): void {
    this.#socket.reconnect();
  }

  /**
   * Trains on the strokes of {@linkcode annotation} as they are on this page, and segments; see
   * {@linkcode Engine.compute}. While the connection is lost it waits.
   *
   * @throws {DaubError} `cancelled`, or what the server found.
   */
  async compute(request: Parameters<Engine["compute"]>[0]): Promise<EngineResult> {
    const { revision, frame = 0, options, want = {}, signal, onProgress } = request;
    const body = await this.#requests.ask(
      (id) => ({ kind: "compute", id, revision, frame, options, want }),
      signal,
      onProgress,
    );
    return { revision, frame, ...await decodeResult(body, this.image.channels[0]) };
  }

  /** See {@linkcode Engine.frame}. */
  async frame(time: number, signal?: AbortSignal): Promise<readonly Image[]> {
    if (time === 0) return this.image.channels;
    const body = await this.#requests.ask((id) => ({ kind: "frame", id, frame: time }), signal);
    return decodeChannels(body, this.image.size);
  }

  /** The feature planes of the image, for display. @throws {DaubError} as `compute` does. */
  async features(options: EngineOptions, signal?: AbortSignal): Promise<FeaturesBody> {
    const body = await this.#requests.ask((id) => ({ kind: "features", id, options }), signal);
    return await decodeFeatures(body, this.image.size);
  }

  /** Ends the connection; what waits for the server fails. */
  fail(error: DaubError): void {
    this.#rejectOpened(error);
    clearTimeout(this.#keepTimer);
    this.#requests.failAll(error);
    this.#socket.close();
    this.#enter("offline");
  }

  /** Ends the connection. Strokes that were not journalled are lost: see {@linkcode unsaved}. */
  [Symbol.asyncDispose](): Promise<void> {
    this.fail(new DaubError("server", "The connection to the server was closed by the page."));
    return Promise.resolve();
  }

  #greet(): void {
    this.#frames = new FrameAssembler();
    this.#arriving = undefined;
    this.#send({
      kind: "hello",
      version: PROTOCOL_VERSION,
      client: this.#client,
      log: this.#replica?.log ?? "",
      position: this.#replica?.position ?? 0,
      image: this.#image?.contentKey ?? "",
    });
    this.#enter("catching up");
  }

  #lost(reason: string): void {
    this.#greeted = false;
    this.#enter("offline");
    if (this.#image !== undefined) return;
    this.fail(noServer(reason));
  }

  #receive(data: unknown): void {
    try {
      const message = this.#frames.add(data);
      if (message !== undefined) this.#handle(readServerMessage(message));
    } catch (error) {
      if (!(error instanceof DaubError)) throw error;
      if (this.#image === undefined) return this.fail(error);
      this.#emit({ kind: "error", error });
      this.#socket.restart();
    }
  }

  #handle(message: ReceivedMessage): void {
    switch (message.kind) {
      case "welcome":
        return this.#welcomed(message);
      case "pixels":
        return (this.#arriving ?? notYet()).add(message);
      case "log":
        (this.#replica ?? notYet()).merge(message.position, message.entries, message.acknowledged);
        return this.#settle();
      case "saved":
        return tidyOutbox(this.outbox, this.image.contentKey, message);
      case "ready":
        return this.#ready();
      case "options":
        this.#options = message.options;
        return this.#emit({ kind: "options", options: message.options });
      case "progress":
        return this.#requests.progressed(message.id, message);
      case "result":
      case "features":
      case "frame":
        return this.#requests.answered(message.id, message.body);
      case "failed":
        return this.#failed(message.id, message.error);
    }
  }

  #welcomed(welcome: Welcome): void {
    if (welcome.version !== PROTOCOL_VERSION) {
      throw protocolError(`version ${PROTOCOL_VERSION}`, welcome.version);
    }
    if (this.#image === undefined) {
      this.#arriving = new ArrivingImage(welcome);
    } else if (this.#image.contentKey !== welcome.contentKey) {
      return this.fail(otherImage());
    }
    this.#device = welcome.device;
    this.#replica ??= new Replica(welcome.size, (first, commands) => {
      if (this.#greeted) this.#paint({ first, commands });
      else this.#keepTimer ??= setTimeout(() => this.keepUnsaved(), KEEP_AFTER);
      this.#enter(this.#greeted ? "catching up" : "offline");
    });
    this.#replica.meet(welcome);
    this.#acknowledged = welcome.acknowledged;
    this.#options = this.#untold.options ?? welcome.options;
    this.#view = this.#untold.view ?? welcome.view;
    this.#greeted = true;
    const unsaved = this.#replica.unsavedAfter(this.#acknowledged);
    for (const batch of paintBatches(unsaved)) this.#paint(batch);
    this.#tell();
    this.#requests.askAgain();
  }

  #ready(): void {
    if (this.#image === undefined) {
      this.#image = (this.#arriving ?? notYet()).finish();
      for (const { client, commands } of this.outbox?.read(this.image.contentKey) ?? []) {
        for (const batch of paintBatches(commands)) this.#paint(batch, client);
      }
    }
    this.#arriving = undefined;
    (this.#replica ?? notYet()).settle(this.#acknowledged);
    this.#socket.succeeded();
    this.#settle();
    this.#resolveOpened();
  }

  #failed(id: number, error: DaubError): void {
    if (id !== 0) this.#requests.failed(id, error);
    else if (this.#image === undefined) this.fail(error);
    else this.#emit({ kind: "error", error });
  }

  #paint({ first, commands }: PaintBatch, client?: string): void {
    const message = encodeMessage({ kind: "paint", first, commands, client });
    if (message.length <= MAX_MESSAGE) return this.#socket.send(message);
    if (client !== undefined) return;
    // Taken back when whoever applied it is done.
    queueMicrotask(() => {
      for (const i of commands.keys()) this.#replica!.drop(first + i);
      const error = tooLargeToSend(message.length);
      this.#emit({ kind: "error", error });
      this.#settle();
    });
  }

  /** Tells the options and the view that the server does not know. */
  #tell(): void {
    if (!this.#greeted) return;
    const { options, view } = this.#untold;
    this.#untold = {};
    if (options !== undefined) this.#send({ kind: "options", options });
    if (view !== undefined) this.#send({ kind: "view", view });
  }

  #settle(): void {
    if (!this.#greeted) return;
    if (this.#kept) this.keepUnsaved();
    this.#enter(this.unsaved === 0 && !this.#arriving ? "connected" : "catching up");
  }

  #send(message: PageMessage): void {
    this.#socket.send(encodeMessage(message));
  }

  #enter(state: ConnectionState): void {
    this.#state = state;
    this.#emit({ kind: "state", state, unsaved: this.unsaved });
  }

  #emit(event: RemoteEvent): void {
    for (const listener of [...this.#listeners]) listener(event);
  }
}

function notYet(): never {
  throw protocolError("a greeting first", "something else");
}
