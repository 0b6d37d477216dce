import { DaubError } from "../../src/errors.ts";
import { resolveFeatures } from "../../src/features/presets.ts";
import { kernelRows } from "./kernel_figures.ts";
import type { BenchOptions } from "./options.ts";
import { runPeer } from "./peer.ts";
import { benchPipeline } from "./pipeline.ts";
import type { Row } from "./row.ts";

const STAGES = ["features", "train", "predict", "label_scipy", "label_opencv"] as const;

/** What the peer prints: milliseconds by stage, and what it found. */
interface PeerResult {
  readonly objects: number;
  readonly ms: Readonly<Record<typeof STAGES[number], number>>;
}

/** Every stage beside the pipeline that one writes in Python, on the same input in the same run. */
export async function comparePipeline(options: BenchOptions, script: string): Promise<Row[]> {
  const { image, annotation, features, tile, depth, trees, positiveClass, repeat } = options;
  const peer = await runPeer<PeerResult>(options.python, script, [
    ...["--image", image, "--annotation", annotation],
    ...["--features", resolveFeatures(features)],
    ...["--tile", `${tile}`, "--depth", `${depth}`, "--trees", `${trees}`],
    ...["--positive", `${positiveClass}`, "--repeat", `${repeat}`],
  ]);
  const missing = STAGES.filter((stage) => !(peer?.ms?.[stage] >= 0));
  if (missing.length > 0) {
    throw new DaubError(
      "options",
      `Expected the peer ${script} to print milliseconds of every stage but found none of ` +
        `${missing.join(", ")}. Name them under "ms".`,
      { expected: STAGES, found: peer, where: script },
    );
  }
  const own = await benchPipeline(options);
  const { ms } = peer;
  const what = `${own.size.join(" × ")}, ${own.backend}`;
  const objects = `${own.objects} objects here, ${peer.objects} there`;
  const peak = (stage: keyof typeof own.peakMB) => ({ peakMB: own.peakMB[stage] });
  const python = "OpenCV, scikit-learn, SciPy";
  return [
    {
      work: `features, ${what}`,
      ms: own.ms.features,
      peer: "OpenCV",
      peerMs: ms.features,
      ...peak("features"),
    },
    { work: "train", ms: own.ms.train, peer: "scikit-learn", peerMs: ms.train, ...peak("train") },
    {
      work: "predict",
      ms: own.ms.predict,
      peer: "scikit-learn",
      peerMs: ms.predict,
      ...peak("predict"),
    },
    { work: "label", ms: own.ms.label, peer: "SciPy", peerMs: ms.label_scipy, ...peak("label") },
    { work: "label", ms: own.ms.label, peer: "OpenCV", peerMs: ms.label_opencv, ...peak("label") },
    {
      work: "segment",
      each: objects,
      ms: own.ms.segment,
      peer: python,
      peerMs: ms.features + ms.predict + ms.label_scipy,
      ...peak("segment"),
    },
    ...kernelRows(own.kernels, "", own.peakMB.segment),
  ];
}
