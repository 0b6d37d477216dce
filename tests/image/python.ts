/** A Python that has the modules, if there is one. */
function findPython(modules: readonly string[]): string | undefined {
  for (const python of ["python3", "/usr/bin/python3"]) {
    try {
      const args = ["-c", `import ${modules.join(", ")}`];
      const { success } = new Deno.Command(python, { args, stdout: "null", stderr: "null" })
        .outputSync();
      if (success) return python;
    } catch {
      // There is none of this name.
    }
  }
  return undefined;
}

/** A test that asks Python and says so where its modules are missing. */
export function pythonTest(
  name: string,
  modules: readonly string[],
  run: (python: (...args: string[]) => Promise<string>) => Promise<void>,
): void {
  const path = findPython(modules);
  const missing = ` (skipped: no Python with ${modules.join(", ")})`;
  Deno.test({
    name: path ? name : name + missing,
    ignore: !path,
    fn: () =>
      run(async (...args) => {
        const command = new Deno.Command(path!, { args, stdout: "piped", stderr: "piped" });
        const { success, stdout, stderr } = await command.output();
        if (!success) throw new Error(new TextDecoder().decode(stderr));
        return new TextDecoder().decode(stdout);
      }),
  });
}
