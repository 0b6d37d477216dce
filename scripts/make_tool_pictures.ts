/// <reference lib="dom" />
/**
 * Draws the pictures of the README that show numbers: what is measured of objects, how they compare
 * with the truth, and what is known of a classifier: `deno run -A scripts/make_tool_pictures.ts`,
 * with Chromium installed.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { parseHTML } from "npm:linkedom@0.18.15";
import { axisX, axisY, dot, plot, type PlotOptions } from "npm:@observablehq/plot@0.6.17";
import {
  drawOverlay,
  encodePng,
  evaluate,
  type Image,
  measure,
  ObjectSegmenter,
  outlineObjects,
  outOfBag,
  type Picture,
  planFeatures,
  predefinedFeatureSets,
  readImage,
  suggestFeatures,
  type Table,
} from "../mod.ts";
import { confusionFigure } from "../src/notebook/figures/confusion.ts";
import { evaluationFigure } from "../src/notebook/figures/evaluation.ts";
import { importancesFigure } from "../src/notebook/figures/importances.ts";
import { suggestionFigure } from "../src/notebook/figures/suggestion.ts";
import { openBrowser } from "../tests/support/browser.ts";

const RUN = { backend: "cpu" } as const;

const STYLE = `
  body { margin: 0; font: 13px/1.5 system-ui, sans-serif; color: #1b1e23; background: #fff; }
  main { display: inline-flex; gap: 24px; padding: 8px; align-items: flex-start; }
  img { display: block; image-rendering: pixelated; }
  table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
  th { font-weight: 600; text-align: right; padding: 2px 8px; border-bottom: 1px solid #999; }
  td { text-align: right; padding: 1px 8px; }
  h2 { font-size: 13px; margin: 0 0 4px; }
  p { margin: 4px 0; max-width: 300px; }
  svg { display: block; }
`;

const { document } = parseHTML("<!doctype html><html><body></body></html>");

function figure(title: string, options: PlotOptions): string {
  const drawn = plot({ ...options, document: document as unknown as Document });
  return `<section><h2>${title}</h2>${drawn.outerHTML}</section>`;
}

async function picture(drawn: Picture): Promise<string> {
  const bytes = await encodePng(drawn);
  const data = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  return `<img src="data:image/png;base64,${data}" width="${drawn.width}" height="${drawn.height}">`;
}

function table({ columns }: Table, rows: number): string {
  const names = Object.keys(columns);
  const cells = (row: number) =>
    names.map((name) => `<td>${Number(columns[name][row].toPrecision(4))}</td>`).join("");
  const head = names.map((name) => `<th>${name.replaceAll("_", " ")}</th>`).join("");
  const body = Array.from({ length: rows }, (_, row) => `<tr>${cells(row)}</tr>`).join("");
  return `<table><tr>${head}</tr>${body}</table>`;
}

async function segment(samples: URL) {
  const image = await readImage(new URL("blobs.tif", samples));
  const [annotation] = await readImage(new URL("blobs_annotation.tif", samples));
  const segmenter = await ObjectSegmenter.train({ image, annotation, ...RUN });
  return { image, labels: await segmenter.predict(image, RUN) };
}

/** Objects, the first rows of their table, and two columns against each other. */
async function drawMeasuring(samples: URL): Promise<string> {
  const { image, labels } = await segment(samples);
  const properties = ["label", "area", "mean_intensity", "circularity"];
  const measured = await measure(labels, image, { properties, ...RUN });
  const { area, circularity } = measured.columns;
  const points = Array.from(area, (value, i) => ({ area: value, circularity: circularity[i] }));
  const scatter: PlotOptions = {
    width: 300,
    height: 262,
    marginTop: 32,
    marginBottom: 40,
    grid: true,
    y: { domain: [0.4, 1.1] },
    marks: [
      axisX({ label: "area, pixels →", ticks: 5 }),
      axisY({ label: "↑ circularity", ticks: 5 }),
      dot(points.filter((point) => Number.isFinite(point.circularity)), {
        x: "area",
        y: "circularity",
        stroke: "#3b82c4",
        strokeWidth: 1.5,
      }),
    ],
  };
  const shown = await picture(drawOverlay(image, labels, { scale: 1, outline: 1 }));
  return `${shown}${table(measured, 11)}${figure("", scatter)}`;
}

type Rgb = readonly [number, number, number];

const RIGHT: Rgb = [0, 205, 125];
const MISSED: Rgb = [255, 150, 0];
const SPURIOUS: Rgb = [255, 60, 200];

/** Outlines of what was found right, missed, and found where nothing is, and the scores. */
async function drawEvaluation(samples: URL): Promise<string> {
  const { image, labels } = await segment(samples);
  const [truth] = await readImage(new URL("blobs_truth.tif", samples));
  const evaluation = evaluate(labels, truth);
  const nothing = { ...labels, data: new Uint32Array(labels.data.length) };
  const drawn = drawOverlay(image, nothing, { scale: 1 });
  const paint = (outlines: Image, objects: readonly number[], color: Rgb) => {
    const wanted = new Set(objects);
    outlines.data.forEach((label, i) => {
      if (wanted.has(Number(label))) drawn.data.set(color, 3 * i);
    });
  };
  paint(outlineObjects(labels), evaluation.matches.map(({ found }) => found), RIGHT);
  paint(outlineObjects(labels), evaluation.spurious, SPURIOUS);
  paint(outlineObjects(truth), evaluation.missed, MISSED);
  const key = ([name, color]: readonly [string, Rgb]) =>
    `<span style="border-bottom: 3px solid rgb(${color}); margin-right: 12px">${name}</span>`;
  const words = ([["right", RIGHT], ["missed", MISSED], ["spurious", SPURIOUS]] as const).map(key);
  return `${await picture(drawn)}<section><p>${words.join("")}</p>
    <p>${evaluation.statement}</p></section>
    ${figure("Scores by intersection over union", evaluationFigure(evaluation, { width: 380 }))}`;
}

/** Importances, the confusion of samples left out, and fewer features that do as well. */
async function drawStatistics(samples: URL): Promise<string> {
  const features = predefinedFeatureSets.object_size_1_to_5_px;
  const image = await readImage(new URL("blobs.tif", samples));
  // Strokes everywhere, so that some are near borders: a fiftieth of the pixels, by their truth.
  const [truth] = await readImage(new URL("blobs_truth.tif", samples));
  const isPainted = (i: number) => Math.imul(i, 2654435761) >>> 0 < 2 ** 32 / 50;
  const data = Uint8Array.from(
    truth.data as Uint16Array,
    (label, i) => isPainted(i) ? (label > 0 ? 2 : 1) : 0,
  );
  const annotation = { ...truth, data };
  const segmenter = await ObjectSegmenter.train({ image, annotation, features, ...RUN });
  const plan = planFeatures(features, { dimensions: 2 });
  const { confusion } = outOfBag(segmenter.forest, segmenter.samples!);
  const suggestion = await suggestFeatures(segmenter.samples!, plan);
  const width = 330;
  const known = { featureImportances: segmenter.featureImportances() };
  return [
    figure("Importances", importancesFigure(known, { width: 440 })),
    figure("Samples that a tree did not see", confusionFigure(confusion, { width: 260 })),
    `<section>${figure("Fewer features", suggestionFigure(suggestion, { width }))}
     <p>${suggestion.statement}</p></section>`,
  ].join("");
}

if (import.meta.main) {
  const samples = new URL("../samples/", import.meta.url);
  const pictures = {
    blobs_measured: drawMeasuring,
    blobs_evaluated: drawEvaluation,
    blobs_statistics: drawStatistics,
  };
  await using browser = await openBrowser();
  for (const [name, draw] of Object.entries(pictures)) {
    const page = await browser.newPage({ viewport: { width: 1200, height: 800 } });
    await page.setContent(`<style>${STYLE}</style><main>${await draw(samples)}</main>`);
    const path = fileURLToPath(new URL(`${name}.png`, samples));
    await page.locator("main").screenshot({ path });
    await page.close();
  }
}
