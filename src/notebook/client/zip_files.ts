import { Zip, ZipPassThrough } from "npm:fflate@0.8.3";

/**
 * Files in one archive, uncompressed, because label images are compressed already.
 *
 * @param files By their names, with folders.
 */
export async function zipFiles(files: Iterable<readonly [string, Blob]>): Promise<Blob> {
  const parts: Blob[] = [];
  let failure: Error | null = null;
  const zip = new Zip((error, part) => {
    failure ??= error;
    parts.push(new Blob([part as BlobPart]));
  });
  for (const [name, blob] of files) {
    const entry = new ZipPassThrough(name);
    zip.add(entry);
    entry.push(new Uint8Array(await blob.arrayBuffer()), true);
  }
  zip.end();
  if (failure) throw failure;
  return new Blob(parts, { type: "application/zip" });
}
