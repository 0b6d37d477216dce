/** Runs a function with a new folder and removes that afterwards. */
export async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "daub_test_" }));
  try {
    return await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The names in a folder, sorted, hidden ones included. */
export async function namesIn(folder: string): Promise<string[]> {
  const names = [];
  for await (const { name } of Deno.readDir(folder)) names.push(name);
  return names.sort();
}
