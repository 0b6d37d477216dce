import { credentialOf, type Credentials } from "./credentials.ts";

/** Whom a server listens to. */
export interface AdmissionOptions {
  readonly credentials: Credentials;
  /** The values of the Host header that mean this server, such as `127.0.0.1:8421`. */
  readonly hosts: readonly string[];
  /** The name of the cookie. */
  readonly cookie: string;
  /** Other origins that may read and open sockets, one by one. */
  readonly origins: readonly string[];
}

/** The header that no form and no page of another origin can send unasked. */
export const CHANGE_HEADER = "x-daub";

/** Why a request is refused. */
export interface Refusal {
  readonly status: number;
  readonly reason: string;
}

/**
 * Refuses requests that did not mean this server: a name that only a rebound DNS entry would use.
 */
export function checkHost(request: Request, { hosts }: AdmissionOptions): Refusal | undefined {
  const host = request.headers.get("host") ?? "";
  // The address of the request line, where one is written out, counts as well.
  const address = URL.canParse(request.url) ? new URL(request.url).host : "";
  if (hosts.includes(host) && hosts.includes(address)) return undefined;
  return { status: 403, reason: "This server does not go by that name." };
}

/** Refuses whoever brings neither our cookie nor a bearer token. */
export async function checkCredential(
  request: Request,
  { credentials, cookie }: AdmissionOptions,
): Promise<Refusal | undefined> {
  const { credential } = credentialOf(request, cookie);
  if (credential !== undefined && await credentials.verify(credential)) return undefined;
  return {
    status: 401,
    reason: "Open the address that the notebook printed when it was started; it works once. " +
      "Start the notebook again for a new one.",
  };
}

/**
 * Refuses sockets of other origins, whose pages may not speak for the user. Programs send no
 * origin and need a bearer token.
 */
export function checkSocketOrigin(
  request: Request,
  options: AdmissionOptions,
): Refusal | undefined {
  const origin = request.headers.get("origin");
  const { bearer } = credentialOf(request, options.cookie);
  const ours = `http://${request.headers.get("host")}`;
  const allowed = origin === null ? bearer : origin === ours || options.origins.includes(origin);
  return allowed ? undefined : { status: 403, reason: "Sockets of other origins are refused." };
}

/** Refuses changes that a form or a page of another origin could send without being asked. */
export function checkChange(
  request: Request,
  type: "application/json" | "application/octet-stream",
  options: AdmissionOptions,
): Refusal | undefined {
  const origin = request.headers.get("origin");
  if (origin !== null && origin !== `http://${request.headers.get("host")}`) {
    if (!options.origins.includes(origin)) {
      return { status: 403, reason: "Changes from other origins are refused." };
    }
  }
  const found = (request.headers.get("content-type") ?? "").split(";")[0].trim().toLowerCase();
  if (request.headers.get(CHANGE_HEADER) === "1" && found === type) return undefined;
  return {
    status: 415,
    reason: `Changes need the header ${CHANGE_HEADER}: 1 and the content type ${type}.`,
  };
}
