/**
 * Segments a square image in a process of its own and prints by how many bytes it grew at most:
 * `engine_memory.ts SIDE FEATURES`.
 */
import { defaultEngineOptions } from "../../src/notebook/engine_options.ts";
import { openLocalEngine } from "../../src/notebook/local_engine.ts";

const side = Number(Deno.args[0]);
const numPixels = side * side;
const data = Uint8Array.from(
  { length: numPixels },
  (_, i) => (Math.sin(i % side / 9) * Math.sin(Math.floor(i / side) / 7) > 0.3 ? 180 : 40) + i % 7,
);
const annotation = new Uint8Array(numPixels);
for (let i = 0; i < 400; i++) annotation[i * 37] = data[i * 37] > 120 ? 2 : 1;

const size = { width: side, height: side, depth: 1 };
const before = Deno.memoryUsage().rss;
let most = before;
const look = () => most = Math.max(most, Deno.memoryUsage().rss);
const clock = setInterval(look, 5);
await using engine = await openLocalEngine({ data, ...size }, { backend: "cpu" });
const options = { ...defaultEngineOptions(size), features: Deno.args[1] };
for (let revision = 0; revision < 3; revision++) {
  annotation[numPixels - 1 - revision] = 1;
  await engine.compute({ revision, annotation, options, onProgress: look });
  look();
}
clearInterval(clock);
console.log(most - before);
