import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { Input } from "./inputs.ts";

/** The bundled sample: an image and the strokes painted on it. */
export function bundledSample(): { image: Input; annotation: string } {
  return {
    image: { source: locate("blobs.tif"), stem: "blobs" },
    annotation: locate("blobs_annotation.tif"),
  };
}

/** A path where the program lies on the disk, an address where it was loaded from one. */
function locate(name: string): string {
  const address = new URL(`../../samples/${name}`, import.meta.url);
  return address.protocol === "file:" ? relative(".", fileURLToPath(address)) : address.href;
}

/** The files of the last sample run by name, with the SHA-256 of what they may hold. */
type Digests = Record<string, string[]>;

/**
 * Remembers which files a run of the sample wrote, so that the next one renews those and no
 * others: a file of the same name that someone else put there, or changed, is not touched.
 */
export class SampleRecord {
  readonly path: string;
  readonly #folder: string;
  readonly #digests: Digests;

  private constructor(folder: string, digests: Digests) {
    this.#folder = folder;
    this.path = join(folder, ".daub_sample.json");
    this.#digests = digests;
  }

  /** Reads the record of a folder; an empty one where there is none or it makes no sense. */
  static async read(folder: string): Promise<SampleRecord> {
    const empty = new SampleRecord(folder, {});
    try {
      const digests = JSON.parse(await Deno.readTextFile(empty.path));
      return new SampleRecord(folder, Object(digests));
    } catch {
      return empty;
    }
  }

  /** The recorded files that are as the last run left them. */
  async unchanged(): Promise<Set<string>> {
    const paths = new Set([this.path]);
    for (const [name, digests] of Object.entries(this.#digests)) {
      const path = join(this.#folder, name);
      const bytes = await Deno.readFile(path).catch(() => undefined);
      if (bytes && digests.includes(await digest(bytes))) paths.add(path);
    }
    return paths;
  }

  /**
   * The record of a run that is about to write these files, by name. Each file's last digest stays
   * in it, because the record may get its name before they do.
   */
  async renew(files: ReadonlyMap<string, Uint8Array>): Promise<Uint8Array> {
    const digests: Digests = {};
    for (const [name, bytes] of files) {
      const last = this.#digests[name]?.slice(0, 1) ?? [];
      digests[name] = [...new Set([await digest(bytes), ...last])];
    }
    return new TextEncoder().encode(`${JSON.stringify(digests, null, 2)}\n`);
  }
}

async function digest(bytes: Uint8Array): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", bytes as BufferSource);
  return new Uint8Array(hash).toHex();
}
