import { join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "npm:playwright-core@1.65.1";
import { buildEmbed, type BuiltFile } from "../../scripts/build_embed.ts";

const SAMPLES = fileURLToPath(new URL("../../samples/", import.meta.url));

/** What a careful site sends along: no script, style or connection but its own. */
export const STRICT = "default-src 'self'; script-src 'self'; style-src 'self'; " +
  "img-src 'self' blob: data:; worker-src blob: 'self'";

/** The same for a site that allows no workers at all. */
export const WITHOUT_WORKERS = STRICT.replace("worker-src blob: 'self'", "worker-src 'none'");

const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  css: "text/css",
  js: "text/javascript",
  tif: "image/tiff",
};

/** A plain file server of the samples and of what is built for web pages. */
export class EmbedSite implements AsyncDisposable {
  /** The content policy of the answers. */
  policy: string = STRICT;
  /** Whether pages alone have it, as where they say it themselves; scripts have it too by default. */
  isOfPages = false;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  private constructor(readonly dist: string, readonly built: readonly BuiltFile[]) {
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      (request) => this.#answer(request),
    );
  }

  /** Builds and serves. */
  static async open(): Promise<EmbedSite> {
    const dist = await Deno.makeTempDir();
    return new EmbedSite(dist, await buildEmbed(dist));
  }

  /** Opens a page of the site and collects its errors. */
  async visit(
    browser: Browser,
    path: string,
    { width = 1280, height = 900, dark = false } = {},
  ): Promise<{ page: Page; errors: string[] }> {
    const page = await browser.newPage({
      viewport: { width, height },
      colorScheme: dark ? "dark" : "light",
    });
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    page.setDefaultTimeout(20_000);
    await page.goto(`http://127.0.0.1:${this.#server.addr.port}${path}`);
    return { page, errors };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
    await Deno.remove(this.dist, { recursive: true });
  }

  async #answer(request: Request): Promise<Response> {
    const path = normalize(new URL(request.url).pathname);
    const [, folder, name = ""] = path.split("/");
    const root = folder === "dist" ? this.dist : SAMPLES;
    if (path === "/favicon.ico") return new Response(null, { status: 204 });
    try {
      const type = TYPES[name.split(".").at(-1)!] ?? "application/octet-stream";
      const isBound = !this.isOfPages || type === TYPES.html;
      return new Response(await Deno.readFile(join(root, name)), {
        headers: {
          "content-type": type,
          ...(isBound && { "content-security-policy": this.policy }),
        },
      });
    } catch {
      return new Response("Not found", { status: 404 });
    }
  }
}

/** Paints a line in the painter of a page, from and to pixels of the image. */
export async function paintLine(
  page: Page,
  [fromX, fromY]: readonly [number, number],
  [toX, toY]: readonly [number, number],
): Promise<void> {
  const surface = page.getByLabel("Annotation", { exact: true });
  await surface.scrollIntoViewIfNeeded();
  const place = await surface.evaluate((canvas) => {
    const painter = canvas.closest(".daub-painter") as unknown as {
      viewport: {
        transform(width: number, height: number): { left: number; top: number; scale: number };
      };
    };
    const { left, top, width, height } = canvas.getBoundingClientRect();
    const shown = painter.viewport.transform(width, height);
    return { x: left + shown.left, y: top + shown.top, scale: shown.scale };
  });
  const at = (x: number, y: number) =>
    [place.x + (x + 0.5) * place.scale, place.y + (y + 0.5) * place.scale] as const;
  await page.mouse.move(...at(fromX, fromY));
  await page.mouse.down();
  await page.mouse.move(...at(toX, toY), { steps: 5 });
  await page.mouse.up();
}
