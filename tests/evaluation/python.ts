const PYTHON = "/usr/bin/python3";

/** What a Python script answers to a question, both as JSON; undefined where it cannot. */
export async function askPython<T>(args: string[], question: unknown): Promise<T | undefined> {
  try {
    const options = { args, stdin: "piped", stdout: "piped", stderr: "null" } as const;
    const process = new Deno.Command(PYTHON, options).spawn();
    const [{ success, stdout }] = await Promise.all([
      process.output(),
      new Blob([JSON.stringify(question)]).stream().pipeTo(process.stdin),
    ]);
    return success ? JSON.parse(new TextDecoder().decode(stdout)) : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Whether Python has a module. */
export async function hasModule(name: string): Promise<boolean> {
  return await askPython(["-c", `import ${name}; print(1)`], null) === 1;
}

/** A test that asks Python and says so where a module is missing. */
export async function pythonTest(name: string, module: string, fn: () => Promise<void>) {
  const ignore = !await hasModule(module);
  Deno.test({ name: ignore ? `${name} (skipped: no Python with ${module})` : name, ignore, fn });
}
