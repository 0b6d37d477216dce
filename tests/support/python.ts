/** The Python that has the scientific libraries where they are installed by the system. */
export const PYTHON = "/usr/bin/python3";

/** What Python prints, or undefined where it is missing or fails. */
export async function runPython(args: string[], input = ""): Promise<string | undefined> {
  try {
    const options = { args, stdin: "piped", stdout: "piped", stderr: "null" } as const;
    const process = new Deno.Command(PYTHON, options).spawn();
    await new Blob([input]).stream().pipeTo(process.stdin);
    const { success, stdout } = await process.output();
    return success ? new TextDecoder().decode(stdout) : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Whether Python can train scikit-learn's forests. */
export async function hasScikitLearn(): Promise<boolean> {
  return await runPython(["-c", "import numpy, sklearn"]) !== undefined;
}
