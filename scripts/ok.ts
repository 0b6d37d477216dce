/**
 * Everything that must hold before a change is shared: formatting, lint, kernels as built, types (also against a
 * browser's), documentation, publishable package, tests. Prints each command; stops at the first
 * that fails.
 *
 * @module
 */

/** What `mod.ts` reaches must also compile where only a browser's globals are known. */
const BROWSER_CONFIG = "tests/support/browser.deno.json";

const CHECKS: readonly string[][] = [
  ["fmt", "--check"],
  ["lint"],
  ["run", "-A", "scripts/build_wasm.ts", "--check"],
  ["check", "."],
  ["check", "--no-lock", "--config", BROWSER_CONFIG, "mod.ts"],
  ["doc", "--lint", "mod.ts"],
  ["publish", "--dry-run", "--allow-dirty"],
  ["task", "test"],
];

if (import.meta.main) {
  for (const args of CHECKS) {
    console.log(`\n$ deno ${args.join(" ")}`);
    const { code } = await new Deno.Command(Deno.execPath(), { args }).spawn().status;
    if (code !== 0) Deno.exit(code);
  }
}
