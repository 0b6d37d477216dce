import { DaubError } from "../errors.ts";

/** An image that a server offers. */
export interface RemoteImage {
  /** Opens the image, also after the server was started again. */
  readonly id: string;
  readonly name: string;
  /** Named on the command line, bundled, in the server's folder, or uploaded. */
  readonly group: "given" | "sample" | "folder" | "upload";
}

/**
 * The images that a server offers, those named on its command line first.
 *
 * @param origin The server's origin, such as that of the page.
 * @throws {DaubError} `server` when it does not answer.
 */
export async function listRemoteImages(origin: string | URL): Promise<readonly RemoteImage[]> {
  const { images } = await ask(new URL("/api/images", origin), {}) as { images: RemoteImage[] };
  return images;
}

/**
 * Gives a server an image file to keep.
 *
 * @throws {DaubError} `server` when it does not take it.
 */
export async function uploadImage(
  origin: string | URL,
  file: Blob,
  name: string,
): Promise<RemoteImage> {
  const url = new URL("/api/upload", origin);
  url.searchParams.set("name", name);
  const headers = { "content-type": "application/octet-stream", "x-daub": "1" };
  return await ask(url, { method: "PUT", headers, body: file }) as RemoteImage;
}

/**
 * The socket of an image, for `openRemoteEngine`.
 *
 * @param layer Which strokes on the image, in small letters; "" for those that segment it.
 */
export function socketOf(
  origin: string | URL,
  { id }: { readonly id: string },
  layer = "",
): URL {
  const url = new URL("/socket", origin);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  url.searchParams.set("image", id);
  if (layer !== "") url.searchParams.set("layer", layer);
  return url;
}

async function ask(url: URL, init: RequestInit): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(url, init);
  } catch (cause) {
    throw refused("it did not answer", cause);
  }
  if (response.ok) return await response.json();
  throw refused((await response.text()).trim());
}

function refused(found: string, cause?: unknown): DaubError {
  return new DaubError(
    "server",
    `Expected the notebook's server to do as asked but found: ${found} Start it again if it is gone.`,
    { found, cause },
  );
}
