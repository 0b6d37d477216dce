import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { readSource, writeFileAtomically } from "../../src/image/file.ts";
import { readImage } from "../../src/image/read.ts";
import { writeImage } from "../../src/image/write.ts";
import { encodeTiff } from "../../src/image/tiff_writer.ts";
import { rejectsDaub } from "../support/errors.ts";

const image = { data: Uint8Array.of(1, 2, 3, 4, 5, 6), width: 3, height: 2, depth: 1 };

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "größe 100% #" });
  try {
    await run(folder);
  } finally {
    await Deno.chmod(folder, 0o700);
    await Deno.remove(folder, { recursive: true });
  }
}

const names = async (folder: string) =>
  (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name)).sort();

Deno.test("an image is read from bytes, a buffer, a blob, a path and file and data URLs", async () => {
  const bytes = await encodeTiff(image) as Uint8Array<ArrayBuffer>;
  await inFolder(async (folder) => {
    const path = join(folder, "a b.tif");
    await Deno.writeFile(path, bytes);
    const within = new Uint8Array(bytes.length + 5);
    within.set(bytes, 3);
    const sources = [
      bytes,
      bytes.buffer,
      within.subarray(3, 3 + bytes.length),
      new Blob([bytes]),
      path,
      pathToFileURL(path),
      pathToFileURL(path).href,
      `data:image/tiff;base64,${btoa(String.fromCharCode(...bytes))}`,
    ];
    for (const source of sources) assert.deepEqual(await readImage(source), [image]);
  });
});

Deno.test("an image is fetched, and what the server answers is told", async () => {
  const bytes = await encodeTiff(image) as Uint8Array<ArrayBuffer>;
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/a.tif") return new Response(bytes);
    if (pathname === "/page.tif") return new Response("<!doctype html><p>Sign in</p>");
    return new Response("gone", { status: 404, statusText: "Not Found" });
  });
  const base = `http://127.0.0.1:${server.addr.port}`;
  try {
    assert.deepEqual(await readImage(`${base}/a.tif`), [image]);
    assert.deepEqual(await readImage(new URL(`${base}/a.tif`)), [image]);
    await rejectsDaub("file", /answered 404 Not Found/, () => readImage(`${base}/b.tif`));
    await rejectsDaub("image", /a web page.*page\.tif/, () => readImage(`${base}/page.tif`));
  } finally {
    await server.shutdown();
  }
  await rejectsDaub("file", /could not be fetched/, () => readImage(`${base}/a.tif`));
});

Deno.test("missing, empty and wrong files are refused by name", async () => {
  await inFolder(async (folder) => {
    const path = (name: string) => join(folder, name);
    await Deno.writeFile(path("empty.tif"), new Uint8Array());
    await Deno.writeTextFile(path("notes.tif"), "cells, counted by hand");
    await Deno.writeTextFile(path("film.gif"), "GIF89a");
    await rejectsDaub("file", /missing\.tif but found none/, () => readImage(path("missing.tif")));
    await rejectsDaub("file", /found a folder/, () => readImage(folder));
    await rejectsDaub("file", /empty file/, () => readImage(path("empty.tif")));
    await rejectsDaub(
      "image",
      /something else in .*notes\.tif/,
      () => readImage(path("notes.tif")),
    );
    await rejectsDaub("image", /found a GIF/, () => readImage(path("film.gif")));
    await rejectsDaub("file", /notes\.tif/, () => readImage(join(path("notes.tif"), "a.tif")));
  });
});

Deno.test("a source of another kind is refused", async () => {
  for (const source of [undefined, null, 3, { path: "a.tif" }]) {
    await rejectsDaub("file", /a path, URL, Blob or bytes/, () => readImage(source as never));
  }
});

Deno.test("messages use the name that is given", async () => {
  const options = { name: "plate 3" };
  await rejectsDaub("file", /in plate 3/, () => readImage(new Uint8Array(), options));
});

/** Runs with another `Deno`, or none, as code in a browser finds it. */
async function withDeno(other: unknown, run: () => Promise<void>): Promise<void> {
  const real = Object.getOwnPropertyDescriptor(globalThis, "Deno")!;
  try {
    Object.defineProperty(globalThis, "Deno", { ...real, value: other });
    await run();
  } finally {
    Object.defineProperty(globalThis, "Deno", real);
  }
}

Deno.test("a path needs a file system, which a browser does not have", async () => {
  await withDeno(undefined, async () => {
    const write = () => writeFileAtomically("a", new Uint8Array());
    await rejectsDaub("file", /a browser opens no paths/, () => readSource("a.tif"));
    await rejectsDaub("file", /a browser writes no/, write);
  });
});

Deno.test("a file is written whole, and nothing else is left", async () => {
  await inFolder(async (folder) => {
    const bytes = crypto.getRandomValues(new Uint8Array(60_000));
    await writeFileAtomically(join(folder, "a.bin"), bytes);
    await writeFileAtomically(pathToFileURL(join(folder, "b 1.bin")), bytes.subarray(1));
    assert.deepEqual(await Deno.readFile(join(folder, "a.bin")), bytes);
    assert.deepEqual(await Deno.readFile(join(folder, "b 1.bin")), bytes.slice(1));
    assert.deepEqual(await names(folder), ["a.bin", "b 1.bin"]);
  });
});

Deno.test("a file that exists is kept unless it may be replaced", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "a.bin");
    await Deno.writeTextFile(path, "old");
    const write = (overwrite?: boolean) =>
      writeFileAtomically(path, new TextEncoder().encode("new"), { overwrite });
    await rejectsDaub("file", /no file at .*a\.bin but found one/, () => write());
    assert.equal(await Deno.readTextFile(path), "old");
    await write(true);
    assert.equal(await Deno.readTextFile(path), "new");
    assert.deepEqual(await names(folder), ["a.bin"]);
  });
});

Deno.test("of many that write one file at once, one succeeds", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "a.bin");
    const results = await Promise.allSettled(
      Array.from({ length: 8 }, (_, i) => writeFileAtomically(path, new Uint8Array(999).fill(i))),
    );
    const winners = results.flatMap(({ status }, i) => status === "fulfilled" ? [i] : []);
    assert.equal(winners.length, 1);
    assert.deepEqual(await Deno.readFile(path), new Uint8Array(999).fill(winners[0]));
    assert.deepEqual(await names(folder), ["a.bin"]);
  });
});

Deno.test("a dangling link counts as a file that exists", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "link.bin");
    await Deno.symlink(join(folder, "nowhere"), path);
    await rejectsDaub("file", /found one/, () => writeFileAtomically(path, new Uint8Array(1)));
    assert.deepEqual(await names(folder), ["link.bin"]);
  });
});

Deno.test("folders that are missing, files or in the way are told apart", async () => {
  await inFolder(async (folder) => {
    const write = (name: string, overwrite = false) =>
      writeFileAtomically(join(folder, name), new Uint8Array(1), { overwrite });
    await Deno.mkdir(join(folder, "sub"));
    await Deno.writeTextFile(join(folder, "file"), "");
    await rejectsDaub("file", /folder does not exist/, () => write("none/a.bin"));
    await rejectsDaub("file", /is a file/, () => write("file/a.bin"));
    await rejectsDaub("file", /a folder has this name/, () => write("sub", true));
    await rejectsDaub("file", /too long/, () => write("x".repeat(300)));
    assert.deepEqual(await names(folder), ["file", "sub"]);
  });
});

Deno.test("a full disk leaves nothing behind", async () => {
  const { open } = Deno;
  const full = async (...args: Parameters<typeof open>) => {
    const file = await open(...args);
    file.write = () => Promise.reject(Object.assign(new Error("no space"), { code: "ENOSPC" }));
    return file;
  };
  await inFolder(async (folder) => {
    const write = () => writeFileAtomically(join(folder, "a.bin"), new Uint8Array(9));
    await withDeno({ ...Deno, open: full }, () => rejectsDaub("file", /disk is full/, write));
    assert.deepEqual(await names(folder), []);
  });
});

for (
  const [code, message] of [
    ["EROFS", /read-only/],
    ["EACCES", /not allowed/],
    ["EIO", /could not be written \(EIO\)/],
  ] as const
) {
  Deno.test(`a folder that refuses with ${code} is told of in words`, async () => {
    const open = () => Promise.reject(Object.assign(new Error(code), { code }));
    await inFolder(async (folder) => {
      const write = () => writeFileAtomically(join(folder, "a.bin"), new Uint8Array(9));
      await withDeno({ ...Deno, open }, () => rejectsDaub("file", message, write));
      assert.deepEqual(await names(folder), []);
    });
  });
}

Deno.test("a file that may not be read is told of in words", async () => {
  const failing = (error: object) => ({ ...Deno, readFile: () => Promise.reject(error) });
  const read = () => readSource("a.tif");
  const denied = Object.assign(new Error("denied"), { code: "EACCES" });
  await withDeno(failing(denied), () => rejectsDaub("file", /reading it is not allowed/, read));
  const broken = new Error("broken");
  await withDeno(failing(broken), () => rejectsDaub("file", /not be read \(broken\)/, read));
});

Deno.test("where there are no hard links a file is still not overwritten", async () => {
  const link = () => Promise.reject(Object.assign(new Error("no links"), { code: "EPERM" }));
  await inFolder(async (folder) => {
    const path = join(folder, "a.bin");
    await withDeno({ ...Deno, link }, async () => {
      await writeFileAtomically(path, Uint8Array.of(1));
      await rejectsDaub("file", /found one/, () => writeFileAtomically(path, Uint8Array.of(2)));
    });
    assert.deepEqual(await Deno.readFile(path), Uint8Array.of(1));
    assert.deepEqual(await names(folder), ["a.bin"]);
  });
});

Deno.test("images are written by the ending of their name", async () => {
  await inFolder(async (folder) => {
    for (const name of ["a.tif", "b.TIFF", "c.png"]) {
      await writeImage(join(folder, name), image);
      assert.deepEqual(await readImage(join(folder, name)), [image], name);
    }
    const start = (await Deno.readFile(join(folder, "c.png"))).subarray(1, 4);
    assert.equal(new TextDecoder().decode(start), "PNG");
    await rejectsDaub("options", /ends in/, () => writeImage(join(folder, "d.jpg"), image));
    await rejectsDaub("file", /found one/, () => writeImage(join(folder, "a.tif"), image));
    await writeImage(pathToFileURL(join(folder, "a.tif")), image, { overwrite: true });
    assert.deepEqual(await names(folder), ["a.tif", "b.TIFF", "c.png"]);
  });
});
