import { DaubError } from "../../errors.ts";

/** Answers one request. */
export type Handler = (request: Request) => Response | Promise<Response>;

/** Where to listen. */
export interface ListenerAddress {
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
}

/** How long to wait before listening again when the system has no room, in milliseconds. */
const AGAIN = 50;

/**
 * Listens at an address until it is closed.
 *
 * Deno tells of requests, not of connections, so idle connections cannot be counted or timed out:
 * whoever reaches the port can open as many as the system grants this process, and accepting the
 * next one then ends the listening. It is begun again at the same port; the sockets that are open
 * live on meanwhile, and new ones get through as soon as the idle ones are closed.
 */
export class Listener {
  #server: Deno.HttpServer<Deno.NetAddr>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  /**
   * @param onError Answers requests whose handler has failed.
   * @throws {DaubError} `options` when the address cannot be had.
   */
  constructor(
    readonly address: ListenerAddress,
    readonly handler: Handler,
    readonly onError: (error: unknown) => Response,
  ) {
    try {
      this.#server = this.#listen(address.port);
    } catch (cause) {
      throw refusedAddress(address, cause);
    }
  }

  /** The port that was given or found. */
  get port(): number {
    return this.#server.addr.port;
  }

  /** Answers what was asked, then frees the address. */
  async shutdown(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    // It may have ended by itself.
    await this.#server.shutdown().catch(() => {});
  }

  #listen(port: number): Deno.HttpServer<Deno.NetAddr> {
    const { handler, onError } = this;
    const options = { hostname: this.address.host, port, onListen: () => {}, onError };
    const server = Deno.serve(options, handler);
    server.finished.catch(() => this.#again());
    return server;
  }

  #again(): void {
    if (this.#closed) return;
    try {
      this.#server = this.#listen(this.port);
    } catch {
      this.#timer = setTimeout(() => this.#again(), AGAIN);
    }
  }
}

/** What is said when an address cannot be had. */
export function refusedAddress({ host, port }: ListenerAddress, cause: unknown): DaubError {
  const where = `${host}:${port}`;
  const [found, advice] = cause instanceof Deno.errors.AddrInUse
    ? ["another program uses it", "Choose another one with --port."]
    : cause instanceof Deno.errors.PermissionDenied
    ? ["the system does not allow it", "Choose a port above 1023 with --port."]
    : cause instanceof Deno.errors.NotCapable
    ? ["Deno is not allowed to", `Run Deno with --allow-net=${where}.`]
    : [`the system refused (${(cause as Error).message})`, "Choose another --host or --port."];
  return new DaubError("options", `Expected to serve at ${where} but ${found}. ${advice}`, {
    expected: "an address that is free",
    where,
    cause,
  });
}
