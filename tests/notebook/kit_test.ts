/// <reference lib="dom" />
import assert from "node:assert/strict";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildNotebooks } from "../../scripts/build_notebooks.ts";
import { openBrowser } from "../support/browser.ts";
import { GROUND, NotebookPage, OBJECT } from "./segment_page.ts";

const local = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const KIT = "npm:@observablehq/notebook-kit@2.1.8";
const NOTEBOOKS = ["segment", "features", "uncertainty", "apply", "volume", "objects", "merge"]
  .concat("embed");

/** The fonts of the kit's themes are looked for beside the notebooks. */
const FONTS = ["inter", "source-serif-4", "spline-sans-mono"];

const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript",
  css: "text/css",
};

async function copy(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isFile } of Deno.readDir(from)) {
    if (isFile) await Deno.copyFile(join(from, name), join(to, name));
  }
}

async function run(folder: string, args: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    cwd: folder,
    args: [...args],
  })
    .output();
  const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  assert.equal(code, 0, said);
}

/** A folder in which the kit's own command has built the notebooks; it holds nothing of ours else. */
async function buildByKit(folder: string): Promise<string> {
  await copy(local("notebooks"), join(folder, "notebooks"));
  await copy(local("samples"), join(folder, "samples"));
  await buildNotebooks(join(folder, "dist/notebook"));
  const fonts = FONTS.map((font) => `@fontsource-variable/${font}`);
  const imports = Object.fromEntries(fonts.map((font) => [font, `npm:${font}@5`]));
  const config = { nodeModulesDir: "auto", imports: { ...imports, kit: KIT } };
  await Deno.writeTextFile(join(folder, "deno.json"), JSON.stringify(config));
  await run(folder, ["install", "--quiet"]);
  const files = NOTEBOOKS.map((name) => `notebooks/${name}.html`);
  await run(folder, ["run", "-A", KIT, "build", "--root", ".", "--out", "out", ...files]);
  return join(folder, "out");
}

Deno.test("Observable Notebook Kit's own command builds the notebooks, and they work", async (t) => {
  const folder = await Deno.makeTempDir();
  const site = await buildByKit(folder);
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const { pathname } = new URL(request.url);
      const root = pathname.startsWith("/samples/") ? folder : site;
      try {
        return new Response(await Deno.readFile(join(root, pathname)), {
          headers: { "content-type": TYPES[basename(pathname).split(".").at(-1)!] ?? "image/tiff" },
        });
      } catch {
        return new Response("Not found", { status: 404 });
      }
    },
  );
  try {
    await using browser = await openBrowser();
    for (const name of NOTEBOOKS) {
      await t.step(name, async () => {
        const page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
        const faults: string[] = [];
        page.on("pageerror", (error) => faults.push(String(error)));
        page.on("response", (response) => {
          const { pathname } = new URL(response.url());
          // Browsers ask for an icon by themselves.
          if (!response.ok() && pathname !== "/favicon.ico") faults.push(`no ${pathname}`);
        });
        const elsewhere: string[] = [];
        await page.route((url) => url.hostname !== "127.0.0.1", (route) => {
          elsewhere.push(route.request().url());
          return route.abort();
        });
        const notebook = new NotebookPage(page);
        await page.goto(`http://127.0.0.1:${server.addr.port}/notebooks/${name}.html`);
        if (name === "apply") await page.getByLabel("Choose a classifier").waitFor();
        else await notebook.surface.first().waitFor();
        if (name === "segment") {
          await notebook.paint(...GROUND);
          const chooser = page.getByLabel("Image file", { exact: true });
          const opacity = await chooser.evaluate((input) => getComputedStyle(input).opacity);
          assert.equal(opacity, "0", "the button stands for it, as on our own page");
          await page.keyboard.press("=");
          await notebook.paint(...OBJECT);
          await page.waitForFunction(() => {
            const labels = document.querySelector<HTMLElement>('canvas[aria-label="Labels"]');
            return Number(labels?.dataset.objects) > 0;
          });
        }
        assert.deepEqual(await page.locator(".observablehq--error").allInnerTexts(), []);
        assert.deepEqual(faults, []);
        assert.deepEqual(elsewhere, [], "nothing is fetched from elsewhere");
        await page.close();
      });
    }
  } finally {
    await server.shutdown();
    await Deno.remove(folder, { recursive: true });
  }
});
