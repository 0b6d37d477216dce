import { join } from "node:path";

/** Whether a small file system can be mounted here, which takes Linux and its administrator. */
export async function canMount(): Promise<boolean> {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) return false;
  const folder = await Deno.makeTempDir();
  try {
    return await withMount(folder, ["size=64k"], () => Promise.resolve(true)).catch(() => false);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Runs a function with a file system in memory, mounted in a folder with these options. */
export async function withMount<T>(
  folder: string,
  options: string[],
  use: (mounted: string) => Promise<T>,
): Promise<T> {
  const mounted = join(folder, "mounted");
  await Deno.mkdir(mounted);
  await execute("mount", ["-t", "tmpfs", "-o", options.join(","), "tmpfs", mounted]);
  try {
    return await use(mounted);
  } finally {
    await execute("umount", [mounted]);
  }
}

async function execute(command: string, args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(command, { args }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}
