import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { encodeTiff } from "../../../mod.ts";
import { openRemoteEngine } from "../../../src/notebook/remote_engine.ts";
import { socketOf } from "../../../src/notebook/remote_images.ts";
import { NOTEBOOK_HELP, parseNotebookOptions } from "../../../src/notebook/server/command_line.ts";
import { runNotebook } from "../../../src/notebook/server/run.ts";
import { serveHere } from "../../../src/notebook/server/serve.ts";
import { rejectsDaub } from "../../support/errors.ts";
import { rawRequest } from "./support/raw.ts";
import { paintSquares, QUICK, SQUARES, until } from "./support/serve.ts";

const pages = { respond: () => Promise.resolve(new Response("a page")) };

/** Runs the command line in this process until it is told to stop. */
function start(...argv: string[]) {
  const controller = new AbortController();
  const out: string[] = [];
  const err: string[] = [];
  const code = runNotebook(argv, {
    out: (line) => void out.push(line),
    err: (line) => void err.push(line),
    watched: false,
    signal: controller.signal,
  }, serveHere(pages));
  return { out, err, code, stop: () => controller.abort("SIGINT") };
}

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeFile(join(folder, "my.tif"), await encodeTiff(SQUARES));
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("one address is printed, which opens the image of the command line", () =>
  inFolder(async (folder) => {
    const image = join(folder, "my.tif");
    const run = start(image, "--port", "0", "--data", join(folder, "data"), "--backend", "cpu");
    await until(() => run.out.length > 0, "the address is printed");
    const address = new URL(run.out[0]);
    assert.equal(address.hostname, "127.0.0.1");
    const answer = await fetch(address, { redirect: "manual" });
    await answer.body?.cancel();
    const credential = /=([^;]+)/.exec(answer.headers.get("set-cookie")!)![1];
    const headers = { authorization: `Bearer ${credential}` };
    const id = address.searchParams.get("image")!;
    {
      await using engine = await openRemoteEngine(socketOf(address.origin, { id }), {
        openSocket: (url) => new WebSocket(url, { headers } as never),
      });
      assert.equal(engine.image.name, "my.tif");
    }
    run.stop();
    assert.equal(await run.code, 0);
    assert.equal(run.out.length, 1, "nothing but the address is printed");
    assert.deepEqual(run.err, [], "nothing is logged");
  }));

Deno.test("1. others reach the server only with --host, which says so", () =>
  inFolder(async (folder) => {
    const data = ["--data", join(folder, "data"), "--port", "0"];
    for (const [argv, isOpen] of [[[], false], [["--host", "0.0.0.0"], true]] as const) {
      const run = start(...argv, ...data);
      await until(() => run.out.length > 0, "the address is printed");
      const port = Number(new URL(run.out[0]).port);
      const reached = await Deno.connect({ hostname: "127.0.0.2", port })
        .then((connection) => (connection.close(), true), () => false);
      assert.equal(reached, isOpen);
      // It answers to its own names even so.
      const { status } = await rawRequest(port, "/", {}, { host: `evil.test:${port}` });
      assert.equal(status, 403);
      run.stop();
      assert.equal(await run.code, 0);
      assert.equal(run.err.length, Number(isOpen));
      if (isOpen) assert.match(run.err[0], /Others on your network can reach/);
    }
  }));

Deno.test("every mistake of a command line is one sentence", () =>
  inFolder(async (folder) => {
    using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const data = ["--data", join(folder, "data")];
    await Deno.writeTextFile(join(folder, "file"), "");
    await Deno.writeTextFile(join(folder, "note.txt"), "some words");
    const cases: [string[], RegExp, number][] = [
      [["--port", "70000"], /--port to be a whole number from 0 to 65535 but found "70000"/, 2],
      [["--port", "eighty"], /found "eighty"/, 2],
      [["--port", `${taken.addr.port}`, ...data], /another program uses it.*--port/, 2],
      [["--prot", "1"], /Did you mean --port/, 2],
      [["--backend", "tpu"], /auto, gpu, cpu/, 2],
      [["--host", "no.such.host.invalid", ...data], /no\.such\.host\.invalid/, 2],
      [["--origins", "everywhere"], /origins such as/, 2],
      [["--origins", "http://a.test/path"], /scheme, name and port only/, 2],
      [["--root="], /behind --root/, 2],
      [["a.html", "b.html"], /one notebook but found a\.html and b\.html/, 2],
      [[join(folder, "gone.tif")], /gone\.tif but found none/, 1],
      [[join(folder, "gone.html")], /gone\.html but found none/, 1],
      [[folder], /found a folder/, 1],
      [[join(folder, "file")], /a TIFF, PNG or JPEG image at .*file but found an empty file/, 1],
      [[join(folder, "note.txt")], /note\.txt but found something else/, 1],
      [["--root", join(folder, "my.tif")], /a folder at .* found a file/, 1],
      [["--data", join(folder, "file")], /Expected to keep strokes in/, 1],
    ];
    for (const [argv, message, code] of cases) {
      const run = start(...argv);
      assert.equal(await run.code, code, argv.join(" "));
      assert.deepEqual(run.out, []);
      assert.equal(run.err.length, 1);
      assert.match(run.err[0], message);
      assert.match(run.err[0], /^error: [^\n]+[.?]$/);
    }
  }));

Deno.test("a command line without anything asks for this machine, and help names every option", async () => {
  const options = await parseNotebookOptions([]);
  assert.equal(options.host, "127.0.0.1");
  assert.equal(options.port, undefined);
  assert.equal(options.root, undefined);
  assert.deepEqual(options.images, []);
  for (
    const name of ["port", "host", "open", "root", "data", "backend", "origins", "debug", "help"]
  ) {
    assert.ok(NOTEBOOK_HELP.includes(`--${name}`), name);
  }
  const run = start("--help");
  assert.equal(await run.code, 0);
  assert.deepEqual(run.out, [NOTEBOOK_HELP]);
  await rejectsDaub(
    "options",
    /Expected a value behind --port/,
    () => parseNotebookOptions(["--port"]),
  );
});

Deno.test("10. narrow permissions are enough to paint, compute and keep strokes", () =>
  inFolder(async (folder) => {
    const project = fileURLToPath(new URL("../../../", import.meta.url));
    const data = join(folder, "data");
    const script = join(project, "scripts/bench/plain_notebook.ts");
    const cache = await denoCache();
    const args = [
      "run",
      "--no-check",
      "--no-prompt",
      "--allow-net=127.0.0.1",
      `--allow-read=${[project, folder, cache].join(",")}`,
      `--allow-write=${data}`,
      "--allow-env",
      script,
    ];
    const child = new Deno.Command(Deno.execPath(), {
      args: [...args, join(folder, "my.tif"), "--port", "0", "--data", data, "--backend", "cpu"],
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    try {
      const { value } = await reader.read();
      const address = new URL(value!.trim());
      const answer = await fetch(address, { redirect: "manual" });
      await answer.body?.cancel();
      const credential = /=([^;]+)/.exec(answer.headers.get("set-cookie")!)![1];
      const headers = { authorization: `Bearer ${credential}` };
      const id = address.searchParams.get("image")!;
      await using engine = await openRemoteEngine(socketOf(address.origin, { id }), {
        openSocket: (url) => new WebSocket(url, { headers } as never),
      });
      paintSquares(engine);
      const { revision } = engine.annotation;
      const request = { revision, annotation: new Uint8Array(0), options: QUICK };
      assert.equal((await engine.compute(request)).labels.count, 2);
      await until(() => engine.state === "connected", "strokes are journalled");
    } finally {
      child.kill("SIGTERM");
      await child.status;
      await reader.cancel();
    }
    const kept: string[] = [];
    for await (const { name } of Deno.readDir(join(data, "annotations"))) {
      for await (const file of Deno.readDir(join(data, "annotations", name))) kept.push(file.name);
    }
    assert.deepEqual(kept.sort(), ["annotation.tif", "journal", "lock"]);
  }));

Deno.test("10. what Deno is not allowed to is one sentence that names the permission", () =>
  inFolder(async (folder) => {
    const script = fileURLToPath(
      new URL("../../../scripts/bench/plain_notebook.ts", import.meta.url),
    );
    const project = fileURLToPath(new URL("../../../", import.meta.url));
    const image = join(folder, "my.tif");
    const read = `--allow-read=${project},${await denoCache()}`;
    const cases: [string[], RegExp][] = [
      [
        [read, "--allow-env"],
        /my\.tif but Deno is not allowed to read it \(run it with --allow-read\)/,
      ],
      [[`${read},${folder}`, "--allow-env"], /Expected to keep strokes in/],
      [
        [`${read},${folder}`, "--allow-env", `--allow-write=${folder}`],
        /Deno is not allowed to.*--allow-net=127\.0\.0\.1/,
      ],
    ];
    for (const [permissions, message] of cases) {
      const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "--no-check", "--no-prompt", ...permissions, script, image]
          .concat("--data", join(folder, "data")),
        env: { NO_COLOR: "1" },
      }).output();
      assert.notEqual(code, 0);
      assert.equal(new TextDecoder().decode(stdout), "");
      const said = new TextDecoder().decode(stderr);
      assert.match(said, message);
      assert.match(said, /^error: [^\n]+\n$/);
    }
  }));

/** Where Deno keeps the packages that a program imports. */
async function denoCache(): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  return JSON.parse(new TextDecoder().decode(stdout)).denoDir;
}
