/** What of Deno is needed for files; absent in browsers. */
export interface FileSystem {
  readFile(path: string | URL, options?: { signal?: AbortSignal }): Promise<Uint8Array>;
  open(
    path: string,
    options: { write: true; createNew: true },
  ): Promise<{
    write(bytes: Uint8Array): Promise<number>;
    syncData(): Promise<void>;
    close(): void;
  }>;
  link(from: string, to: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  lstat(path: string): Promise<unknown>;
  readDir(path: string): AsyncIterable<{ name: string; isFile: boolean; isSymlink: boolean }>;
}

/** The file system, where there is one. */
export function fileSystem(): FileSystem | undefined {
  return (globalThis as { Deno?: FileSystem }).Deno;
}
