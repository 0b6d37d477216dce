import { fileURLToPath } from "node:url";
import type { Page } from "npm:playwright-core@1.65.1";
import { openBrowser } from "../support/browser.ts";

let bundled: Promise<string> | undefined;

/** The harness page's module as one script, built once a run. */
function bundle(): Promise<string> {
  return bundled ??= (async () => {
    const entry = fileURLToPath(new URL("./painter_page.ts", import.meta.url));
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["bundle", "--quiet", "--platform", "browser", entry],
    }).output();
    if (code !== 0) throw new Error(new TextDecoder().decode(stderr));
    return new TextDecoder().decode(stdout);
  })();
}

/** How a test's page is opened. */
export interface PageOptions {
  width?: number;
  height?: number;
  dark?: boolean;
  touch?: boolean;
  /** More HTML for the page's head. */
  head?: string;
}

/** Opens a page with the harness in it. */
export type OpenPage = (options?: PageOptions) => Promise<Page>;

/** Runs a test with a fresh headless Chromium; fails on any error in one of its pages. */
export async function withBrowser(test: (open: OpenPage) => Promise<void>): Promise<void> {
  const script = await bundle();
  await using browser = await openBrowser();
  const errors: string[] = [];
  await test(async (options = {}) => {
    const page = await browser.newPage({
      viewport: { width: options.width ?? 900, height: options.height ?? 900 },
      colorScheme: options.dark ? "dark" : "light",
      hasTouch: options.touch ?? false,
    });
    page.on("pageerror", (error) => errors.push(String(error)));
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    await page.setContent(
      `<!doctype html><html lang=en><head>${options.head ?? ""}</head><body></body></html>`,
    );
    await page.addScriptTag({ content: script, type: "module" });
    await page.waitForFunction(() => "harness" in globalThis);
    return page;
  });
  if (errors.length > 0) throw new Error(`errors in the page: ${errors.join("; ")}`);
}
