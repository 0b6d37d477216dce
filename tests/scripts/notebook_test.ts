import assert from "node:assert/strict";
import { networkInterfaces } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { openBrowser } from "../support/browser.ts";

const script = fileURLToPath(new URL("../../scripts/notebook.ts", import.meta.url));

interface Started extends AsyncDisposable {
  readonly address: URL;
  /** What it says beside the address. */
  said(): string;
}

/** Starts the notebook as a user does and waits for its address. */
async function start(args: readonly string[], env: Record<string, string> = {}): Promise<Started> {
  const data = await Deno.makeTempDir({ prefix: "daub-data-" });
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", script, "--port", "0", "--backend", "cpu", "--data", data]
      .concat(args),
    env: { NO_COLOR: "1", ...env },
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let errors = "";
  const listening = (async () => {
    for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) errors += text;
  })();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let line = "";
  while (!line.includes("\n")) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`the notebook did not start: ${errors}`);
    line += value;
  }
  return {
    address: new URL(line.trim()),
    said: () => errors,
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGTERM");
      await child.status;
      await reader.cancel();
      await listening;
      await Deno.remove(data, { recursive: true });
    },
  };
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; !await condition(); i++) {
    if (i > 200) throw new Error("it did not come about");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The status line of an answer to a request under another name. */
async function askAs(host: string, hostname: string, port: number): Promise<string> {
  using socket = await Deno.connect({ hostname, port });
  await socket.write(new TextEncoder().encode(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`));
  const answer = new Uint8Array(512);
  const length = await socket.read(answer) ?? 0;
  return new TextDecoder().decode(answer.subarray(0, length)).split("\r\n")[0];
}

for (
  const [missing, message] of [
    ["env", /^error: Expected env access .*Run it again with --allow-env/],
    ["write", /^error: Expected write access .*Run it again with --allow-write/],
    ["run", /^error: Expected run access .*Run it again with --allow-run/],
    ["sys", /^error: Expected sys access .*Run it again with --allow-sys/],
  ] as const
) {
  Deno.test(`without --allow-${missing} the notebook ends in one sentence that names it`, async () => {
    const allowed = ["read", "write", "net", "env", "run", "sys"].filter((name) =>
      name !== missing
    );
    const data = await Deno.makeTempDir({ prefix: "daub-data-" });
    try {
      const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "--no-check", "--no-prompt", ...allowed.map((name) => `--allow-${name}`)]
          .concat(script, "--port", "0", "--data", data, "--host", "0.0.0.0"),
        env: { NO_COLOR: "1" },
      }).output();
      assert.equal(code, 1);
      assert.equal(new TextDecoder().decode(stdout), "");
      const said = new TextDecoder().decode(stderr);
      assert.match(said, message);
      assert.match(said, /^error: [^\n]+\n$/);
    } finally {
      await Deno.remove(data, { recursive: true });
    }
  });
}

Deno.test({
  name: "--open gives the address to the system's command for opening it",
  // Elsewhere these commands cannot be replaced by one of another folder.
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const folder = await Deno.makeTempDir({ prefix: "daub-open-" });
    const opened = join(folder, "opened");
    try {
      await Deno.writeTextFile(
        join(folder, "xdg-open"),
        `#!/bin/sh\nprintf %s "$1" > "${opened}.part"\nmv "${opened}.part" "${opened}"\n`,
        { mode: 0o755 },
      );
      const path = folder + delimiter + Deno.env.get("PATH");
      {
        await using notebook = await start(["--open"], { PATH: path });
        await until(() => Deno.stat(opened).then(() => true, () => false));
        assert.equal(await Deno.readTextFile(opened), notebook.address.href);
      }
      await Deno.writeTextFile(join(folder, "xdg-open"), "#!/bin/sh\nexit 3\n");
      await using notebook = await start(["--open"], { PATH: path });
      await until(() => notebook.said() !== "");
      assert.match(notebook.said(), /^Expected to open a browser but could not\. Open the address/);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test("--host 0.0.0.0 serves at the machine's own address, and under no other name", async () => {
  const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? [])
    .filter(({ family }) => family === "IPv4");
  const { address } = addresses.find(({ internal }) => !internal) ?? addresses[0];
  await using notebook = await start(["--host", "0.0.0.0"]);
  await until(() => notebook.said() !== "");
  assert.match(notebook.said(), /Others on your network can reach this server/);
  const port = Number(notebook.address.port);
  await using browser = await openBrowser();
  const page = await browser.newPage();
  const url = new URL(notebook.address);
  url.hostname = address;
  await page.goto(url.href);
  await page.getByLabel("Annotation", { exact: true }).waitFor();
  assert.match(await askAs(`evil.test:${port}`, address, port), /^HTTP\/1\.1 403/);
  await page.close();
});
