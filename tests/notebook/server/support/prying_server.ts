/**
 * A thread that, told to serve, tries what a hostile request might make one try, and what serving
 * takes, and tells as its address which of it Deno refused.
 */
import { dirname, join } from "node:path";
import type { ServingRequest } from "../../../../src/notebook/server/serving_messages.ts";

const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<ServingRequest>) => void;
  postMessage(message: unknown): void;
};

scope.onmessage = async ({ data: { serving, folder, samples, loading } }) => {
  for (const permission of loading) await Deno.permissions.revoke(permission);
  const { data, root, temporary, images, host: hostname, port } = serving;
  const beside = dirname(root!);
  const shell = Deno.build.os === "windows" ? "cmd" : "/bin/sh";
  const attempts: Record<string, () => unknown> = {
    "read an image": () => Deno.readFile(images[0]),
    "read a folder of images": () => [...Deno.readDirSync(root!)],
    "read the samples": () => [...Deno.readDirSync(samples)],
    "read the notebooks": () => [...Deno.readDirSync(folder)],
    "read beside": () => Deno.readTextFileSync(join(beside, "secret.txt")),
    "read up": () => Deno.readTextFileSync(join(root!, "..", "secret.txt")),
    "read the system": () => [...Deno.readDirSync("/")],
    "keep strokes": () => Deno.writeTextFileSync(join(data, "kept"), ""),
    "save labels": () => Deno.writeTextFileSync(join(root!, "labels"), ""),
    "save a notebook": () => Deno.writeTextFileSync(join(folder, "new.html"), ""),
    "keep for a while": () => Deno.makeTempDirSync({ dir: temporary }),
    "write beside": () => Deno.writeTextFileSync(join(beside, "pried"), ""),
    "write over an image": () => Deno.writeTextFileSync(images[0], ""),
    "write over the samples": () => Deno.writeTextFileSync(join(samples, "pried"), ""),
    "listen": () => Deno.listen({ hostname, port }).close(),
    "listen elsewhere": () => Deno.listen({ hostname, port: 0 }).close(),
    "connect": () => Deno.connect({ hostname, port: port + 1 }),
    "ask the environment": () => Deno.env.get("HOME"),
    "start a program": () => new Deno.Command(shell, { args: ["-c", "exit"] }).outputSync(),
    "ask the system": () => Deno.hostname(),
    "load a library": () => Deno.dlopen("pried.so", {}),
    "load code": () => import(`https://127.0.0.1:1/${Math.random()}.ts`),
  };
  const refused: string[] = [];
  for (const [name, attempt] of Object.entries(attempts)) {
    try {
      await attempt();
    } catch (error) {
      const isRefused = error instanceof Deno.errors.NotCapable ||
        /Requires import access/.test((error as Error).message);
      if (isRefused) refused.push(name);
    }
  }
  scope.postMessage({ address: JSON.stringify(refused) });
};
