import { join } from "node:path";
import { encodeTiff } from "../../../../mod.ts";
import type { EngineOptions } from "../../../../src/notebook/engine.ts";
import type { Outbox } from "../../../../src/notebook/outbox.ts";
import { openRemoteEngine, type RemoteEngine } from "../../../../src/notebook/remote_engine.ts";
import { socketOf } from "../../../../src/notebook/remote_images.ts";
import { startComputeWorker } from "../../../../src/notebook/server/computer.ts";
import { DEFAULT_LIMITS, type Limits } from "../../../../src/notebook/server/limits.ts";
import { NotebookServer, type ServerOptions } from "../../../../src/notebook/server/server.ts";

/** Options that train in a moment. */
export const QUICK: EngineOptions = {
  features: "original",
  channels: [0],
  positiveClass: 2,
  connectivity: 4,
  maxDepth: 2,
  numTrees: 10,
  randomState: 0,
  votes: "fraction",
};

/** Bright squares on a dark ground: 20 × 10 pixels, two objects. */
export const SQUARES = {
  width: 20,
  height: 10,
  depth: 1,
  data: Uint8Array.from({ length: 200 }, (_, i) => inSquare(i % 20, Math.floor(i / 20)) ? 200 : 20),
};

function inSquare(x: number, y: number): boolean {
  return x % 10 > 3 && x % 10 < 8 && y > 2 && y < 7;
}

/** A server with a page of one line, on a folder that holds one image. */
export interface TestServer extends AsyncDisposable {
  readonly server: NotebookServer;
  readonly folder: string;
  readonly port: number;
  /** A credential as a browser or a program gets it. */
  readonly credential: string;
  /** Connects as a program does. */
  connect(image?: string, client?: Connecting): Promise<RemoteEngine>;
  /** Connects to an image by its id. */
  connectTo(id: string, client?: Connecting): Promise<RemoteEngine>;
  /** The id of an image by its name. */
  idOf(name: string): Promise<string>;
  /** Fetches with the credential. */
  get(path: string, init?: RequestInit): Promise<Response>;
}

interface Connecting {
  readonly onSocket?: (socket: WebSocket) => void;
  readonly outbox?: Outbox;
}

/** Starts a server on a folder of its own, or on that of an earlier one. */
export async function serve(
  options: Partial<Omit<ServerOptions, "limits">> & {
    readonly folder?: string;
    readonly limits?: Partial<Limits>;
    readonly credential?: string;
  } = {},
): Promise<TestServer> {
  const folder = options.folder ?? await Deno.makeTempDir();
  const root = join(folder, "images");
  await Deno.mkdir(root, { recursive: true });
  await Deno.writeFile(join(root, "squares.tif"), await encodeTiff(SQUARES));
  const server = await NotebookServer.start({
    pages: { respond: ({ url }) => Promise.resolve(url.pathname === "/" ? page() : undefined) },
    host: "127.0.0.1",
    port: 0,
    images: [],
    root,
    data: join(folder, "data"),
    backend: "cpu",
    startWorker: startComputeWorker,
    ...options,
    limits: { ...DEFAULT_LIMITS, ...options.limits },
  });
  const { origin } = server;
  const credential = options.credential ??
    (await server.credentials.redeem(server.credentials.token!))!;
  const headers = { authorization: `Bearer ${credential}` };
  const get = (path: string, init: RequestInit = {}) =>
    fetch(new URL(path, origin), { ...init, headers: { ...headers, ...init.headers } });
  const idOf = async (name: string) => {
    const { images } = await (await get("/api/images")).json();
    return images.find((image: { name: string }) => image.name === name).id;
  };
  const connectTo = async (id: string, { onSocket, outbox }: Connecting = {}) =>
    await openRemoteEngine(socketOf(origin, { id }), {
      outbox,
      openSocket: (url) => {
        const socket = new WebSocket(url, { headers } as never);
        onSocket?.(socket);
        return socket;
      },
    });
  return {
    server,
    folder,
    port: Number(new URL(origin).port),
    credential,
    get,
    idOf,
    connect: async (image = "squares.tif", client) => await connectTo(await idOf(image), client),
    connectTo,
    async [Symbol.asyncDispose]() {
      await server.close();
      if (options.folder === undefined) await Deno.remove(folder, { recursive: true });
    },
  };
}

function page(): Response {
  return new Response("<!doctype html><title>Daub</title>", {
    headers: { "content-type": "text/html; charset=utf-8" },
  });
}

/** Paints the ground and one object of {@linkcode SQUARES}. */
export function paintSquares({ annotation }: Pick<RemoteEngine, "annotation">): void {
  annotation.apply({ kind: "stroke", points: [1, 1, 5, 1], size: 1, value: 1 });
  annotation.apply({ kind: "stroke", points: [11, 9, 13, 9], size: 1, value: 2 });
}

/** Waits until a condition holds. */
export async function until(holds: () => boolean, what: string): Promise<void> {
  const end = Date.now() + 20_000;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** The cookie by which a browser is admitted. */
export function cookieOf({ port, credential }: TestServer): string {
  return `daub-${port}=${credential}`;
}

/** Opens a bare socket and collects what it is told. */
export async function bareSocket(server: TestServer): Promise<{
  socket: WebSocket;
  told: () => string;
  closed: Promise<number>;
}> {
  const id = await server.idOf("squares.tif");
  const headers = { authorization: `Bearer ${server.credential}` };
  const address = `ws://127.0.0.1:${server.port}/socket?image=${id}`;
  const socket = new WebSocket(address, { headers } as never);
  socket.binaryType = "arraybuffer";
  let told = "";
  socket.onmessage = ({ data }) => told += new TextDecoder().decode(data);
  socket.onerror = (event) => event.preventDefault();
  const closed = new Promise<number>((resolve) => socket.onclose = ({ code }) => resolve(code));
  await new Promise((resolve) => socket.onopen = resolve);
  return { socket, told: () => told, closed };
}
