import assert from "node:assert/strict";
import { join } from "node:path";
import { Publication, type PublicationOptions } from "../../src/cli/publication.ts";
import { rejectsDaub } from "../support/errors.ts";
import { namesIn, withFolder } from "./support/folder.ts";
import { canMount, withMount } from "./support/mount.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const never: PublicationOptions = { mayReplace: () => false };

Deno.test("files appear together, and only when all are written", async () => {
  await withFolder(async (folder) => {
    const [a, b] = [join(folder, "deep/a"), join(folder, "deep/b")];
    {
      await using publication = new Publication(never);
      await publication.add(a, bytes("A"));
      await publication.add(b, bytes("B"));
      assert.ok((await namesIn(join(folder, "deep"))).every((name) => name.endsWith(".tmp")));
      await publication.commit();
    }
    assert.deepEqual(await namesIn(join(folder, "deep")), ["a", "b"]);
    assert.equal(await Deno.readTextFile(a), "A");
    assert.equal(await Deno.readTextFile(b), "B");
  });
});

Deno.test("what is not committed leaves nothing behind", async () => {
  await withFolder(async (folder) => {
    {
      await using publication = new Publication(never);
      await publication.add(join(folder, "a"), bytes("A"));
    }
    assert.deepEqual(await namesIn(folder), []);
  });
});

Deno.test("a file that exists is kept to the byte, and its companions do not appear", async () => {
  await withFolder(async (folder) => {
    const kept = join(folder, "b");
    await Deno.writeTextFile(kept, "precious");
    await rejectsDaub("file", /found .*b; nothing was changed\. Add --overwrite/, async () => {
      await using publication = new Publication(never);
      await publication.add(join(folder, "a"), bytes("A"));
      await publication.add(kept, bytes("B"));
      await publication.commit();
    });
    assert.deepEqual(await namesIn(folder), ["b"]);
    assert.equal(await Deno.readTextFile(kept), "precious");
  });
});

Deno.test("a file that may be replaced is replaced", async () => {
  await withFolder(async (folder) => {
    const path = join(folder, "a");
    await Deno.writeTextFile(path, "old and long");
    await using publication = new Publication({ mayReplace: (name) => name === path });
    await publication.add(path, bytes("new"));
    assert.equal(await Deno.readTextFile(path), "old and long");
    await publication.commit();
    assert.equal(await Deno.readTextFile(path), "new");
  });
});

Deno.test("a folder in the place of a file is refused in words", async () => {
  await withFolder(async (folder) => {
    await Deno.mkdir(join(folder, "a/full"), { recursive: true });
    await rejectsDaub("file", /Expected to write .*a but a folder has this name/, async () => {
      await using publication = new Publication({ mayReplace: () => true });
      await publication.add(join(folder, "a"), bytes("A"));
      await publication.commit();
    });
    assert.deepEqual(await namesIn(folder), ["a"]);
  });
});

Deno.test("files replaced before another fails come back as they were", async () => {
  await withFolder(async (folder) => {
    const [old, fresh, full] = ["old", "fresh", "full"].map((name) => join(folder, name));
    await Deno.writeTextFile(old, "precious");
    await Deno.mkdir(join(full, "deep"), { recursive: true });
    await rejectsDaub("file", /full but a folder has this name/, async () => {
      await using publication = new Publication({ mayReplace: (path) => path !== fresh });
      for (const path of [old, fresh, full]) await publication.add(path, bytes("new"));
      await publication.commit();
    });
    assert.deepEqual(await namesIn(folder), ["full", "old"]);
    assert.equal(await Deno.readTextFile(old), "precious");
  });
});

Deno.test("a folder that cannot be made is refused in words", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "file"), "");
    await rejectsDaub("file", /a part of its name is a file/, async () => {
      await using publication = new Publication(never);
      await publication.add(join(folder, "file/deep/a"), bytes("A"));
    });
  });
});

Deno.test("an interruption removes what was written and says so", async () => {
  await withFolder(async (folder) => {
    const controller = new AbortController();
    await rejectsDaub("cancelled", /cancelled/, async () => {
      await using publication = new Publication({ ...never, signal: controller.signal });
      await publication.add(join(folder, "a"), bytes("A"));
      controller.abort("SIGINT");
      await publication.commit();
    });
    assert.deepEqual(await namesIn(folder), []);
  });
});

Deno.test("the files to remove are named before they exist and until they are gone", async () => {
  await withFolder(async (folder) => {
    const told: (readonly string[])[] = [];
    {
      await using publication = new Publication({
        ...never,
        onTemporary: (paths) => {
          for (const path of paths.slice(-1)) assert.throws(() => Deno.statSync(path));
          told.push(paths);
        },
      });
      await publication.add(join(folder, "a"), bytes("A"));
      await publication.add(join(folder, "b"), bytes("B"));
      assert.deepEqual(told.map((paths) => paths.length), [1, 2]);
      for (const path of told[1]) await Deno.stat(path);
      await publication.commit();
    }
    assert.deepEqual(told.at(-1), []);
  });
});

Deno.test({
  name: "a full disk leaves nothing behind (skipped where no file system can be mounted)",
  ignore: !await canMount(),
  async fn() {
    await withFolder(async (folder) => {
      await withMount(folder, ["size=64k"], async (small) => {
        await rejectsDaub("file", /Expected to write .*b but the disk is full/, async () => {
          await using publication = new Publication(never);
          await publication.add(join(small, "a"), new Uint8Array(40_000));
          await publication.add(join(small, "b"), new Uint8Array(40_000));
          await publication.commit();
        });
        assert.deepEqual(await namesIn(small), []);
      });
    });
  },
});
