/** A request for a page's file that the server has already admitted: host, cookie and size. */
export interface PageRequest {
  readonly method: string;
  /** With a path that begins with `/`; nothing in it is trusted. */
  readonly url: URL;
  /** To put on every script element of the answer: `<script nonce="…">`. */
  readonly nonce: string;
  /** What was sent along as JSON; only with methods that change something. */
  readonly json?: unknown;
}

/**
 * Where the files of the pages come from: notebooks, their cells and bundles. The server adds the
 * headers of safety to every answer, so a source only says what is in it.
 */
export interface Pages {
  /** The answer to a request, or undefined when there is no such page. */
  respond(request: PageRequest): Promise<Response | undefined>;
}
