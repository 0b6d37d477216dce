import { DaubError } from "../../errors.ts";
import {
  type AdmissionOptions,
  checkChange,
  checkCredential,
  checkHost,
  checkSocketOrigin,
  type Refusal,
} from "./admission.ts";
import { ApplyLink } from "./apply_link.ts";
import { credentialOf, Credentials } from "./credentials.ts";
import { ImageCatalog } from "./image_catalog.ts";
import { Listener } from "./listener.ts";
import { PageLink } from "./page_link.ts";
import type { Pages } from "./pages.ts";
import { readBody, readJson } from "./read_body.ts";
import { safetyHeaders } from "./safety_headers.ts";
import { sessionId, SessionTable } from "./session_table.ts";
import type { SessionOptions } from "./session.ts";

/** How {@linkcode NotebookServer.start} serves. */
export interface ServerOptions extends SessionOptions {
  readonly pages: Pages;
  /** 0 for any that is free. */
  readonly port: number;
  /** Other names by which the server may be addressed, without port. */
  readonly names?: readonly string[];
  /** Images named by the user. */
  readonly images: readonly string[];
  /** The folder whose images may be opened. */
  readonly root?: string;
  /** Origins whose pages may frame ours and read from it, one by one. */
  readonly origins?: readonly string[];
}

/** A server that is up. */
export class NotebookServer {
  readonly #links = new Set<PageLink>();
  readonly #appliers = new Set<ApplyLink>();
  readonly #listener: Listener;
  readonly #admission: AdmissionOptions;
  readonly #catalog: ImageCatalog;
  readonly #sessions: SessionTable;
  #answering = 0;
  /** One upload after the other, because each is held in memory. */
  #uploading: Promise<unknown> = Promise.resolve();

  private constructor(readonly options: ServerOptions, readonly credentials: Credentials) {
    const { data, limits, root, images: given } = options;
    this.#catalog = new ImageCatalog({ given, root, data, credentials, limits });
    this.#sessions = new SessionTable(this.#catalog, options);
    const fail = (error: unknown) => refuse(refusalOf(error));
    this.#listener = new Listener(options, (request) => this.#answer(request), fail);
    const { port } = this.#listener;
    const names = options.names ?? [options.host, "localhost"];
    this.#admission = {
      credentials,
      hosts: names.map((name) => hostHeader(name, port)),
      cookie: `daub-${port}`,
      origins: options.origins ?? [],
    };
  }

  /**
   * Starts a server.
   *
   * @throws {DaubError} `options` when the address cannot be had; `file` when the data folder
   * cannot be written.
   */
  static async start(options: ServerOptions): Promise<NotebookServer> {
    let credentials: Credentials;
    try {
      await Deno.mkdir(options.data, { recursive: true, mode: 0o700 });
      credentials = await Credentials.open(options.data);
    } catch (cause) {
      throw new DaubError(
        "file",
        `Expected to keep strokes in ${options.data} but the system refused ` +
          `(${(cause as Error).message}). Choose another folder with --data.`,
        { expected: "a writable folder", where: options.data, cause },
      );
    }
    return new NotebookServer(options, credentials);
  }

  /** Where the pages are. */
  get origin(): string {
    return `http://${this.#admission.hosts[0]}`;
  }

  /** The address to open: it admits one browser, once. */
  async address(): Promise<URL> {
    const url = new URL("/", this.origin);
    url.searchParams.set("token", this.credentials.token ?? this.credentials.renewToken());
    if (this.options.images.length > 0) {
      const [first] = await this.#catalog.list();
      url.searchParams.set("image", first.id);
    }
    return url;
  }

  /** Says goodbye to the pages, writes what is not written and frees the address. */
  async close(): Promise<void> {
    for (const link of this.#links) link.close("the server ends");
    await Promise.all([...this.#appliers].map((link) => link.close("the server ends")));
    await this.#sessions.close();
    await this.#listener.shutdown();
  }

  async #answer(request: Request): Promise<Response> {
    const nonce = crypto.randomUUID().replaceAll("-", "");
    let response: Response;
    this.#answering++;
    try {
      response = this.#answering > this.options.limits.answers
        ? refuse({ status: 503, reason: "Too many requests at a time; try again." })
        : await this.#route(request, nonce);
    } catch (error) {
      response = refuse(refusalOf(error));
    } finally {
      this.#answering--;
    }
    // A socket's answer is the system's own.
    if (response.status === 101) return response;
    const headers = new Headers(response.headers);
    const socket = this.origin.replace(/^http/, "ws");
    const { origins } = this.#admission;
    for (const [name, value] of Object.entries(safetyHeaders(nonce, socket, origins))) {
      headers.set(name, value);
    }
    if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
    const origin = request.headers.get("origin");
    if (origin !== null && origins.includes(origin)) {
      headers.set("access-control-allow-origin", origin);
      headers.append("vary", "origin");
    }
    const body = request.method === "HEAD" ? null : response.body;
    return new Response(body, { status: response.status, headers });
  }

  async #route(request: Request, nonce: string): Promise<Response> {
    const refusal = checkHost(request, this.#admission);
    if (refusal) return refuse(refusal);
    const url = new URL(request.url);
    // deno-lint-ignore no-control-regex
    if (/%00|%5c|[\x00-\x1f\\]/i.test(url.pathname)) {
      return refuse({ status: 400, reason: "No page has such a name." });
    }
    if (url.searchParams.has("token")) return await this.#admit(request, url);
    const stranger = await checkCredential(request, this.#admission);
    if (stranger) return refuse(stranger);
    switch (url.pathname) {
      case "/socket":
        return this.#openSession(request, url);
      case "/apply":
        return this.#upgrade(request, (socket) => this.#linkApplier(socket));
      case "/api/image":
        if (request.method !== "GET") break;
        return await this.#image(url.searchParams.get("id") ?? "");
      case "/api/images":
        if (request.method !== "GET") break;
        return Response.json({ images: await this.#catalog.list() });
      case "/api/upload":
        if (request.method === "PUT") return await this.#uploadInTurn(request, url);
        break;
      case "/api/address":
        if (request.method !== "POST") break;
        return checkedChange(request, this.#admission) ?? await this.#renew();
      default:
        return await this.#page(request, url, nonce);
    }
    return refuse({ status: 405, reason: `There is no ${request.method} here.` });
  }

  /** Exchanges the one-time token for a cookie and takes it out of the address bar. */
  async #admit(request: Request, url: URL): Promise<Response> {
    // A browser that fetches ahead must not use the token up.
    if (/prefetch|prerender/i.test(request.headers.get("sec-purpose") ?? "")) {
      return refuse({ status: 503, reason: "Not ahead of time." });
    }
    if (request.method !== "GET") return refuse({ status: 405, reason: "Open it in a browser." });
    const credential = await this.credentials.redeem(url.searchParams.get("token")!);
    const { cookie } = this.#admission;
    if (credential === undefined) {
      const known = credentialOf(request, cookie).credential;
      const stranger = known === undefined || !(await this.credentials.verify(known));
      if (stranger) return refuse((await checkCredential(request, this.#admission))!);
    }
    url.searchParams.delete("token");
    // Written out, because a path that begins with two slashes would lead elsewhere.
    const headers = new Headers({ location: url.href });
    if (credential !== undefined) {
      headers.set("set-cookie", Credentials.cookie(cookie, credential));
    }
    return new Response(null, { status: 303, headers });
  }

  #openSession(request: Request, url: URL): Response {
    const layer = url.searchParams.get("layer") ?? "";
    if (!/^[a-z]{0,20}$/.test(layer)) {
      return refuse({ status: 400, reason: "No layer has such a name." });
    }
    const id = sessionId(url.searchParams.get("image") ?? "", layer);
    return this.#upgrade(request, (socket) => {
      const open = () => this.#sessions.open(id);
      const link = new PageLink(socket, open, this.options.limits, () => {
        this.#links.delete(link);
        this.#sessions.left(id);
      });
      this.#links.add(link);
    });
  }

  #linkApplier(socket: WebSocket): void {
    const { appliers } = this.options.limits;
    if (this.#appliers.size >= appliers) return ApplyLink.refuse(socket, tooManyAppliers(appliers));
    const link = new ApplyLink(
      socket,
      this.#catalog,
      this.options,
      () => this.#appliers.delete(link),
    );
    this.#appliers.add(link);
  }

  #upgrade(request: Request, take: (socket: WebSocket) => void): Response {
    const refusal = checkSocketOrigin(request, this.#admission);
    if (refusal) return refuse(refusal);
    if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") {
      return refuse({ status: 426, reason: "This address is for sockets." });
    }
    const key = request.headers.get("sec-websocket-key") ?? "";
    if (request.headers.get("sec-websocket-version") !== "13" || !/^[\w+/]{22}==$/.test(key)) {
      return refuse({ status: 400, reason: "This is no socket's greeting." });
    }
    if (this.#links.size + this.#appliers.size >= this.options.limits.sockets) {
      return refuse({ status: 503, reason: "Too many tabs are open; close some." });
    }
    let upgrade: Deno.WebSocketUpgrade;
    try {
      upgrade = Deno.upgradeWebSocket(request);
    } catch {
      return refuse({ status: 400, reason: "This is no socket's greeting." });
    }
    take(upgrade.socket);
    return upgrade.response;
  }

  /** The file of an image, for a page that shows it. */
  async #image(id: string): Promise<Response> {
    const { read } = await this.#catalog.find(id);
    return new Response(await read(), {
      headers: { "content-type": "application/octet-stream" },
    });
  }

  async #uploadInTurn(request: Request, url: URL): Promise<Response> {
    const answer = this.#uploading.then(() => this.#upload(request, url));
    this.#uploading = answer.catch(() => {});
    return await answer;
  }

  async #upload(request: Request, url: URL): Promise<Response> {
    const refusal = checkChange(request, "application/octet-stream", this.#admission);
    if (refusal) return refuse(refusal);
    const { fileBytes, bodyPause } = this.options.limits;
    const bytes = await readBody(request, { bytes: fileBytes, waiting: bodyPause });
    // The name is shown, and never used as a path.
    const name = (url.searchParams.get("name") ?? "").slice(0, 200) || "upload";
    return Response.json(await this.#catalog.keep(bytes, name));
  }

  async #renew(): Promise<Response> {
    this.credentials.renewToken();
    return Response.json({ address: (await this.address()).href });
  }

  async #page(request: Request, url: URL, nonce: string): Promise<Response> {
    const { pages, limits } = this.options;
    const method = request.method === "HEAD" ? "GET" : request.method;
    let response: Response | undefined;
    if (method === "GET") {
      response = await pages.respond({ method, url, nonce });
    } else if (method === "POST") {
      const refusal = checkedChange(request, this.#admission);
      if (refusal) return refusal;
      const { bodyBytes: bytes, bodyPause: waiting } = limits;
      const json = await readJson(request, { bytes, waiting });
      response = await pages.respond({ method, url, nonce, json });
    } else {
      return refuse({ status: 405, reason: `There is no ${method} here.` });
    }
    return response ?? refuse({ status: 404, reason: "There is no such page." });
  }
}

function checkedChange(request: Request, options: AdmissionOptions): Response | undefined {
  const refusal = checkChange(request, "application/json", options);
  return refusal && refuse(refusal);
}

function refuse({ status, reason }: Refusal): Response {
  return new Response(`${reason}\n`, {
    status,
    headers: { "content-type": "text/plain; charset=utf-8" },
  });
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof DaubError) {
    return { status: error.tag === "file" ? 500 : 400, reason: error.message };
  }
  console.error(error);
  return { status: 500, reason: "The notebook's server has a fault; what it printed says which." };
}

function tooManyAppliers(expected: number): DaubError {
  return new DaubError(
    "server",
    `Expected at most ${expected} pages that apply classifiers at a time but found more. Close ` +
      "the tab of another one.",
    { expected },
  );
}

function hostHeader(name: string, port: number): string {
  const host = name.includes(":") ? `[${name}]` : name;
  return port === 80 ? host : `${host}:${port}`;
}
