import { type Browser, chromium } from "npm:playwright-core@1.65.1";

const WEBGPU = [
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  "--enable-features=Vulkan,WebGPU",
];

/**
 * Opens headless Chromium; without WebGPU unless it is asked for, which takes longer to start.
 *
 * It ends with this process and not before: where a signal ends the process, as at a time limit, the
 * tests end with it instead of failing one by one because their browser has been closed.
 */
export async function openBrowser(
  { webgpu = false, args = [] as readonly string[] } = {},
): Promise<Browser & AsyncDisposable> {
  const browser = await chromium.launch({
    executablePath: Deno.env.get("CHROMIUM") ?? "/usr/bin/chromium",
    args: [
      "--headless=new",
      "--no-sandbox",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      // Without a graphics card a process that draws is lost more easily; after six Chromium ends.
      "--disable-gpu-process-crash-limit",
      ...(webgpu ? WEBGPU : []),
      ...args,
    ],
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
  return browser as Browser & AsyncDisposable;
}
