const MB = 1024;

/**
 * Runs something and tells the most memory that this process held meanwhile, in MB; `undefined`
 * where the system is not Linux.
 */
export async function withPeakMemory<T>(
  run: () => Promise<T>,
): Promise<{ result: T; peakMB: number | undefined }> {
  await resetPeak();
  const result = await run();
  return { result, peakMB: await readPeak() };
}

/** The kernel forgets the peak so far when 5 is written here (man 5 proc). */
async function resetPeak(): Promise<void> {
  await Deno.writeTextFile("/proc/self/clear_refs", "5").catch(() => {});
}

/** The most memory that a process held so far, in MB; `undefined` where nothing tells. */
export async function readPeak(process: number | "self" = "self"): Promise<number | undefined> {
  const status = await Deno.readTextFile(`/proc/${process}/status`).catch(() => "");
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  return kilobytes === undefined ? undefined : Math.round(Number(kilobytes) / MB);
}
