/** How a {@linkcode ReconnectingSocket} behaves. */
export interface SocketHandlers {
  /** The connection stands. */
  readonly onOpen: () => void;
  /** A message came. */
  readonly onMessage: (data: unknown) => void;
  /** The connection was lost or refused; another try follows unless it was closed for good. */
  readonly onLost: (event: { readonly code: number; readonly reason: string }) => void;
}

/** How long to wait for the next try, in milliseconds: the first time, and at most. */
const FIRST_WAIT = 200;
const LONGEST_WAIT = 5000;
/** After so many silent milliseconds the other side is asked for a sign of life. */
const SILENCE = 15_000;

/**
 * A WebSocket that comes back: after a loss it tries again, at growing intervals, until it is
 * closed. A connection that has gone silent counts as lost.
 */
export class ReconnectingSocket {
  #socket: WebSocket | undefined;
  #failures = 0;
  #heard = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #watch: ReturnType<typeof setInterval> | undefined;
  #closed = false;

  /**
   * @param open Makes a socket.
   * @param ping What asks the other side for a sign of life.
   */
  constructor(
    readonly open: () => WebSocket,
    readonly ping: () => Uint8Array<ArrayBuffer>,
    readonly handlers: SocketHandlers,
  ) {
    this.#connect();
  }

  /** Whether something can be sent. */
  get isOpen(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  /** Sends when the connection stands; else nothing happens. */
  send(bytes: Uint8Array<ArrayBuffer>): void {
    if (this.isOpen) this.#socket!.send(bytes);
  }

  /** Tries again now rather than later, as when the network is back. */
  reconnect(): void {
    if (this.#retry === undefined) return;
    clearTimeout(this.#retry);
    this.#connect();
  }

  /** The connection works: the next loss is the first again. */
  succeeded(): void {
    this.#failures = 0;
  }

  /** Drops this connection; another one follows. */
  restart(): void {
    this.#lose({ code: 1006, reason: "restarted" });
  }

  /** Ends it for good. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#retry);
    this.#forget()?.close(1000);
  }

  #connect(): void {
    this.#retry = undefined;
    const socket = this.#socket = this.open();
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      this.#heard = Date.now();
      this.#watch = setInterval(() => this.#checkSilence(), SILENCE / 3);
      this.handlers.onOpen();
    };
    socket.onmessage = ({ data }) => {
      this.#heard = Date.now();
      this.handlers.onMessage(data);
    };
    // The close event that follows says as much as can be known.
    socket.onerror = (event) => event.preventDefault();
    socket.onclose = ({ code, reason }) => this.#lose({ code, reason });
  }

  #lose(event: { code: number; reason: string }): void {
    this.#forget()?.close();
    if (this.#closed) return;
    const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 1.6 ** this.#failures++);
    // Not all pages at the same moment.
    this.#retry = setTimeout(() => this.#connect(), wait * (0.75 + Math.random() / 2));
    this.handlers.onLost(event);
  }

  #checkSilence(): void {
    const silent = Date.now() - this.#heard;
    if (silent > 2 * SILENCE) this.#lose({ code: 1006, reason: "silent" });
    else if (silent > SILENCE) this.send(this.ping());
  }

  /** Listens to the socket no more. */
  #forget(): WebSocket | undefined {
    const socket = this.#socket;
    this.#socket = undefined;
    clearInterval(this.#watch);
    if (socket === undefined) return undefined;
    socket.onopen = socket.onmessage = socket.onclose = null;
    return socket;
  }
}
