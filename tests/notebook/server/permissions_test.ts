import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startComputeWorker } from "../../../src/notebook/server/computer.ts";
import { servingPermissions } from "../../../src/notebook/server/serving_permissions.ts";
import { ServingThread } from "../../../src/notebook/server/serving_thread.ts";

const EVERYTHING = ["read", "write", "net", "env", "run", "sys", "ffi"];

Deno.test("10. the thread that decodes images and computes is allowed nothing, nor are threads that it starts", async () => {
  const worker = startComputeWorker(new URL("./support/prying_worker.ts", import.meta.url));
  try {
    const told = await new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => {
        event.preventDefault();
        reject(new Error(event.message));
      };
    });
    assert.deepEqual(told, [EVERYTHING, EVERYTHING]);
  } finally {
    worker.terminate();
  }
});

Deno.test("10. the thread that serves pages may read and save what pages may, listen at its address, and nothing else", async () => {
  const top = await Deno.makeTempDir();
  const [data, root, folder, samples, temporary, given] = ["data", "root", "pages", "s", "t", "g"]
    .map((name) => join(top, name));
  try {
    for (const path of [data, root, folder, samples, temporary, given]) await Deno.mkdir(path);
    await Deno.writeTextFile(join(top, "secret.txt"), "a secret");
    const image = join(given, "my.tif");
    await Deno.writeTextFile(image, "an image");
    const host = "127.0.0.1";
    const listener = Deno.listen({ hostname: host, port: 0 });
    const { port } = listener.addr;
    listener.close();
    const serving = {
      ...{ host, port, names: [host], origins: [] },
      ...{ data, root, temporary, images: [image], backend: "cpu" as const },
    };
    const { first, loading } = await servingPermissions(serving, folder, [samples]);
    const script = new URL("./support/prying_server.ts", import.meta.url);
    const thread = new ServingThread(first, script);
    try {
      const bundle = { base: "", files: new Map(), importMap: { imports: {} } };
      await thread.serve({ serving, folder, samples, bundle, loading });
      assert.deepEqual(JSON.parse(thread.address), [
        "read beside",
        "read up",
        "read the system",
        "write beside",
        "write over an image",
        "write over the samples",
        "listen elsewhere",
        "connect",
        "ask the environment",
        "start a program",
        "ask the system",
        "load a library",
        "load code",
      ]);
    } finally {
      thread.end();
    }
  } finally {
    await Deno.remove(top, { recursive: true });
  }
});

/** Starts the notebook and tries what Deno may refuse, before and when it is up. */
const STARTING = `
  const { main } = await import(Deno.args[0]);
  const controller = new AbortController();
  const command = new Deno.Command(Deno.execPath(), { args: ["--version"] });
  // Code of the network, at another address each time; nothing answers there.
  let times = 0;
  const attempts = {
    run: () => command.output(),
    ffi: () => Deno.dlopen("pried.so", {}),
    sys: () => Deno.hostname(),
    import: () => import("https://127.0.0.1:1/" + ++times),
    read: () => Deno.readDirSync("/").next(),
    write: () => Deno.makeTempDirSync({ dir: Deno.args[1] }),
    net: () => Deno.listen({ port: 0 }).close(),
    env: () => Deno.env.get("HOME"),
  };
  const tries = async () => {
    const refused = [];
    for (const [name, attempt] of Object.entries(attempts)) {
      try {
        await attempt();
      } catch (error) {
        if (error.message.includes("Requires " + name + " access")) refused.push(name);
      }
    }
    return refused;
  };
  const before = await tries();
  const out = () => setTimeout(async () => {
    console.log(JSON.stringify([before, await tries()]));
    controller.abort();
  });
  const host = { out, err: console.error, watched: false, signal: controller.signal };
  Deno.exit(await main(["--port", "0", "--data", Deno.args[1]], host));`;

for (
  const [where, config, refused] of [
    [
      "keeps nothing: what it takes to serve has the thread that serves",
      ["--config", fileURLToPath(new URL("../../../deno.json", import.meta.url))],
      ["run", "ffi", "sys", "import", "read", "write", "net", "env"],
    ],
    [
      "starts no program and loads no code even where no thread can be allowed less than it",
      ["--no-config"],
      ["run", "ffi", "sys", "import"],
    ],
  ] as const
) {
  Deno.test(`10. once it is up, the process that started the notebook ${where}`, async () => {
    const folder = await Deno.makeTempDir();
    try {
      const file = join(folder, "start.ts");
      await Deno.writeTextFile(file, STARTING);
      const script = new URL("../../../scripts/notebook.ts", import.meta.url);
      const { stdout } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--no-prompt", "--no-check", "--no-lock", ...config, file]
          .concat(script.href, join(folder, "data")),
        stderr: "inherit",
      }).output();
      assert.deepEqual(JSON.parse(new TextDecoder().decode(stdout)), [[], refused]);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}
