/// <reference lib="dom" />
import { listRemoteImages, type RemoteImage } from "../remote_images.ts";

/**
 * The images of the server that computes for this page; none where the page computes by itself, as
 * it says in its address (`?engine=page`), or because whoever serves it only sends files.
 */
export async function serverImages(): Promise<readonly RemoteImage[]> {
  const isServed = document.querySelector('meta[name="daub-server"]') !== null;
  const isOwn = new URLSearchParams(location.search).get("engine") === "page";
  if (!isServed || isOwn) return [];
  // A server that has gone meanwhile leaves the page to itself.
  return await listRemoteImages(location.origin).catch(() => []);
}
