/// <reference lib="dom" />
import assert from "node:assert/strict";
import { openBrowser } from "./browser.ts";

/** How often the process that draws is ended; Chromium by itself bears five. */
const LOSSES = 7;

Deno.test("a browser outlives the process that draws for it, however often that is lost", async () => {
  await using browser = await openBrowser();
  const page = await browser.newPage();
  await page.setContent("<canvas></canvas>");
  const session = await browser.newBrowserCDPSession();
  const lost = new Set<number>();
  while (lost.size < LOSSES) {
    const { processInfo } = await session.send("SystemInfo.getProcessInfo");
    const drawing = processInfo.find(({ type, id }) => type === "GPU" && !lost.has(id));
    if (drawing) {
      Deno.kill(drawing.id, "SIGKILL");
      lost.add(drawing.id);
    }
    // Makes it start another; a picture that is due just when the process ends is not drawn.
    await page.screenshot().catch(() => {});
  }
  assert.ok(browser.isConnected());
  assert.equal(await page.evaluate(() => document.querySelectorAll("canvas").length), 1);
});

Deno.test("a signal ends a process with its browser, and no test fails for want of a browser", async () => {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "-"],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const program = child.stdin.getWriter();
  await program.write(new TextEncoder().encode(`
    import { openBrowser } from ${JSON.stringify(new URL("./browser.ts", import.meta.url).href)};
    const browser = await openBrowser();
    const page = await browser.newPage();
    const session = await browser.newBrowserCDPSession();
    const { processInfo } = await session.send("SystemInfo.getProcessInfo");
    console.log(processInfo.find(({ type }) => type === "browser").id);
    await page.waitForTimeout(60_000);
  `));
  await program.close();
  const output = child.stdout.getReader();
  const { value } = await output.read();
  const id = Number(new TextDecoder().decode(value));
  child.kill("SIGTERM");
  const { signal } = await child.status;
  assert.equal(signal, "SIGTERM");
  assert.equal((await output.read()).done, true);
  assert.equal(await new Response(child.stderr).text(), "");
  while (isAlive(id)) await new Promise((resolve) => setTimeout(resolve, 50));
});

/** Whether a process goes on. */
function isAlive(id: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/.test(Deno.readTextFileSync(`/proc/${id}/stat`));
  } catch {
    return false;
  }
}
