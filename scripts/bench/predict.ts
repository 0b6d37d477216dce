import { openBackend } from "../../src/backends/open_backend.ts";
import { trainForest } from "../../src/forest/train.ts";
import { Random } from "../samples/random.ts";
import { medianMs } from "./median.ts";
import type { BenchOptions } from "./options.ts";
import { withPeakMemory } from "./peak_memory.ts";
import { runPeer } from "./peer.ts";
import type { Row } from "./row.ts";

const PEERS = new URL("./peers.py", import.meta.url);
const DEPTHS = [2, 5, 10];
const NUM_FEATURES = 10;
/** scikit-learn takes seconds for a million pixels. */
const USUAL = { name: "2²⁰", numPixels: 2 ** 20, peerPixels: 100_000 };
const QUICK = { name: "2¹²", numPixels: 2 ** 12, peerPixels: 1024 };

/** The class of every pixel of 10 feature planes by 100 trees, per pixel, by depth. */
export async function benchPredict(options: BenchOptions): Promise<Row[]> {
  const { python, repeat, trees: numTrees } = options;
  const { name, numPixels, peerPixels } = options.quick ? QUICK : USUAL;
  await using backend = await openBackend(options.backend);
  const random = new Random(0);
  const uniform = () => random.uniform();
  const planes = Array.from(
    { length: NUM_FEATURES },
    () => Float32Array.from({ length: numPixels }, uniform),
  );
  const samples = Float32Array.from({ length: 2000 * NUM_FEATURES }, uniform);
  const classes = Uint8Array.from({ length: 2000 }, (_, i) => {
    const half = samples.subarray(i * NUM_FEATURES, i * NUM_FEATURES + 5);
    return half.reduce((sum, value) => sum + value, 0) + 0.3 * uniform() > 2.6 ? 2 : 1;
  });
  const rows: Row[] = [];
  for (const maxDepth of DEPTHS) {
    const peers = await runPeer<Record<string, number>>(python, PEERS, [
      ...["predict", `${peerPixels}`, "1", `${maxDepth}`],
    ]);
    const grow = { numFeatures: NUM_FEATURES, maxDepth, numTrees };
    const forest = await trainForest(samples, classes, grow);
    const { result: { ms }, peakMB } = await withPeakMemory(() =>
      medianMs(() => backend.predict(planes, forest, { classes: true }), repeat)
    );
    rows.push({
      work: `predict ${name} pixels, ${numTrees} trees of depth ${maxDepth}`,
      ms,
      each: `${(1e6 * ms / numPixels).toFixed(0)} ns a pixel`,
      peer: "scikit-learn",
      peerMs: peers[maxDepth] * numPixels / peerPixels,
      peakMB,
    });
  }
  return rows;
}
