import { type Browser, chromium } from "npm:playwright-core@1.65.1";

const WEBGPU = [
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  "--enable-features=Vulkan,WebGPU",
];

/** Opens headless Chromium; without WebGPU unless it is asked for, which takes longer to start. */
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
      ...(webgpu ? WEBGPU : []),
      ...args,
    ],
  });
  return browser as Browser & AsyncDisposable;
}
