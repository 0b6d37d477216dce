import assert from "node:assert/strict";
import { labelComponents } from "../../src/flow/label.ts";
import type { Image } from "../../src/image/image.ts";
import { displayable, type JupyterBundle } from "../../src/image/jupyter_display.ts";
import { readImage } from "../../src/image/read.ts";
import { encodeTiff } from "../../src/image/tiff_writer.ts";

const DISPLAY = Symbol.for("Jupyter.display");

/** What a notebook would show, decoded: the text, and red, green and blue. */
async function show(image: Image): Promise<{ text: string; channels: Image[] }> {
  const method = Reflect.get(image, DISPLAY) as () => Promise<JupyterBundle>;
  const bundle = await method.call(image);
  const png = Uint8Array.from(atob(bundle["image/png"]), (byte) => byte.charCodeAt(0));
  return { text: bundle["text/plain"], channels: await readImage(png) };
}

Deno.test("an image is shown grey, from its darkest to its brightest value", async () => {
  const image = { data: Float32Array.of(-1, 0, 1, 0), width: 2, height: 2, depth: 1 };
  const { text, channels } = await show(displayable(image));
  assert.equal(text, "2 × 2, float32");
  assert.equal(channels.length, 3);
  for (const { data } of channels) assert.deepEqual([...data], [0, 128, 255, 128]);
});

Deno.test("a volume is shown by its middle plane", async () => {
  const volume = { data: Uint16Array.of(9, 9, 0, 4, 9, 9), width: 2, height: 1, depth: 3 };
  const { text, channels } = await show(displayable(volume));
  assert.equal(text, "2 × 1 × 3, uint16");
  assert.deepEqual([...channels[0].data], [0, 113]);
});

Deno.test("large images are thinned out", async () => {
  const image = { data: new Uint8Array(3000 * 10), width: 3000, height: 10, depth: 1 };
  const { channels: [red] } = await show(displayable(image));
  assert.deepEqual([red.width, red.height], [1000, 4]);
});

Deno.test("objects are shown in colours that differ, background is black", async () => {
  const mask = { data: Uint8Array.of(1, 0, 1, 0, 1), width: 5, height: 1, depth: 1 };
  const { text, channels } = await show(await labelComponents(mask, { backend: "cpu" }));
  assert.equal(text, "5 × 1, 3 objects");
  const colors = [0, 1, 2, 3, 4].map((x) => channels.map(({ data }) => data[x]).join());
  assert.equal(colors[1], "0,0,0");
  assert.equal(new Set(colors).size, 4);
});

Deno.test("what notebooks ask for is seen by nobody else", async () => {
  const plain = { data: Uint8Array.of(1, 2), width: 2, height: 1, depth: 1 };
  const [image] = await readImage(await encodeTiff(plain));
  assert.ok(DISPLAY in image);
  assert.deepEqual(image, plain);
  assert.deepEqual(structuredClone(image), plain);
  assert.deepEqual(Reflect.ownKeys({ ...image }), Reflect.ownKeys(plain));
  assert.deepEqual(Object.keys(JSON.parse(JSON.stringify(image))), Object.keys(plain));
});
