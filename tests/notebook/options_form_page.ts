/// <reference lib="dom" />
import { plot } from "npm:@observablehq/plot@0.6.17";
import type { EngineOptions } from "../../src/notebook/engine.ts";
import { classifierOptions, type OptionsForm } from "../../src/notebook/client/options_form.ts";
import { importancesFigure } from "../../src/notebook/figures/importances.ts";
import { sizesFigure } from "../../src/notebook/figures/sizes.ts";
import { statisticsFigure } from "../../src/notebook/figures/statistics.ts";

/** What the test's page can use. */
const harness = {
  /** A form in the page, and every value that it tells of. */
  open(channels = 1, depth = 1): { form: OptionsForm; told: EngineOptions[] } {
    const size = { width: 254, height: 256, depth };
    const data = new Uint8Array(254 * 256 * depth);
    const form = classifierOptions({
      size,
      channels: Array.from({ length: channels }, (_, i) => ({
        data,
        ...size,
        ...(i === 0 && { name: "DAPI" }),
      })),
    });
    const told: EngineOptions[] = [];
    document.body.addEventListener("input", () => told.push(form.value));
    document.body.append(form);
    return { form, told };
  },
  /** The figures in the page. */
  draw(): void {
    const names = [
      "original",
      "gaussian_blur=1",
      "difference_of_gaussian=1",
      "sobel_of_gaussian_blur=1",
    ];
    const classifier = {
      featureImportances: Object.fromEntries(
        names.map((name, i) => [name, [0.11, 0.58, 0.03, 0.28][i]]),
      ),
      statistics: names.map((name, i) => ({
        name,
        counts: [[12, 30], [54, 80], [2, 9], [32, 71]][i],
        shares: [[0.12, 0.16], [0.54, 0.42], [0.02, 0.05], [0.32, 0.37]][i],
      })),
    };
    const sizes = Array.from({ length: 64 }, (_, i) => 20 + (i * i * 7) % 411);
    const width = Math.min(640, document.body.clientWidth);
    for (
      const options of [
        importancesFigure(classifier, { width }),
        statisticsFigure(classifier, { width }),
        sizesFigure(sizes, { width }),
      ]
    ) document.body.append(plot(options));
  },
};

export type Harness = typeof harness;
Object.assign(globalThis, { harness });
