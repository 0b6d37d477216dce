import {
  evaluate,
  evaluateClasses,
  type Image,
  labelComponents,
  PixelClassifier,
  readImage,
} from "../../mod.ts";
import { simulateStrokes } from "../strokes/simulate_strokes.ts";

/** An image, its truth, and strokes that were simulated on it. */
export interface QualityCase {
  readonly name: string;
  readonly coverage: number;
  readonly image: readonly Image[];
  /** The true objects. */
  readonly truth: Image;
  /** 1 where there is no object, 2 where there is one. */
  readonly classes: Image<Uint8Array>;
  readonly strokes: Image<Uint8Array>;
}

/** How well a segmentation agrees with the truth. */
export interface QualityScores {
  /** The mean intersection over union of both classes, over all pixels. */
  readonly meanIou: number;
  /** F1 of objects at an intersection over union of 0.5; objects are connected components. */
  readonly f1: number;
  /** Training and segmenting. */
  readonly seconds: number;
}

/** A sample with strokes for each coverage and seed. */
export async function makeCases(
  name: string,
  coverages: readonly number[],
  seeds: readonly number[],
): Promise<QualityCase[]> {
  const at = (suffix: string) => new URL(`../../samples/${name}${suffix}.tif`, import.meta.url);
  const image = await readImage(at(""));
  const [truth] = await readImage(at("_truth"));
  const { width, height, depth } = truth;
  const data = Uint8Array.from(truth.data as Uint16Array, (label) => label > 0 ? 2 : 1);
  const classes = { data, width, height, depth };
  return coverages.flatMap((coverage) =>
    seeds.map((seed): QualityCase => {
      const strokes = simulateStrokes(classes, { coverage, seed });
      return { name, coverage, image, truth, classes, strokes };
    })
  );
}

/** Trains on the strokes and scores what is found in the image. */
export async function scoreFeatures(
  { image, strokes, ...rest }: QualityCase,
  features: string,
  maxDepth: number,
): Promise<QualityScores> {
  const start = performance.now();
  const options = { image, annotation: strokes, features, maxDepth, backend: "cpu" } as const;
  const classifier = await PixelClassifier.train(options);
  const found = await classifier.predict(image, { backend: "cpu" });
  const seconds = (performance.now() - start) / 1000;
  return await scoreClasses({ image, strokes, ...rest }, found, seconds);
}

/** Scores a class image. */
export async function scoreClasses(
  { classes, truth }: QualityCase,
  found: Image<Uint8Array>,
  seconds: number,
): Promise<QualityScores> {
  const mask = { ...found, data: found.data.map((number) => number === 2 ? 1 : 0) };
  const labels = await labelComponents(mask, { backend: "cpu" });
  const { meanIou } = evaluateClasses(found, classes);
  const { thresholds: [{ f1 }] } = evaluate(labels, truth, { thresholds: [0.5] });
  return { meanIou, f1, seconds };
}
