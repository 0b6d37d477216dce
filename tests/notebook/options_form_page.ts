/// <reference lib="dom" />
import { plot } from "npm:@observablehq/plot@0.6.17";
import type { EngineOptions } from "../../src/notebook/engine.ts";
import { featureGallery } from "../../src/notebook/client/feature_gallery.ts";
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
  /** Three features in a gallery; the names of those that are pictured. */
  gallery(): { pictures: string[]; shares: string[]; bars: number[] } {
    const size = { width: 300, height: 200, depth: 1 };
    const names = ["original", "gaussian_blur=1", "sobel_of_gaussian_blur=1"];
    const planes = names.map((_, k) =>
      Float32Array.from(
        { length: 60_000 },
        (_, i) => Math.sin(i % 300 / (9 + 8 * k)) * Math.cos(i / 300 / (7 + 5 * k)),
      )
    );
    const gallery = featureGallery({ names, planes }, size);
    gallery.showImportances({ featureImportances: { original: 0.2, "gaussian_blur=1": 0.8 } });
    document.body.append(gallery);
    const all = <T extends Element>(selector: string) =>
      Array.from(gallery.querySelectorAll<T>(selector));
    return {
      pictures: all<HTMLCanvasElement>("canvas").filter((canvas) => {
        const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
        return data.some((level, i) => i % 4 < 3 && level > 200);
      }).map((canvas) => canvas.getAttribute("aria-label")!),
      shares: all("output").map((share) => share.textContent!),
      bars: all<HTMLMeterElement>("meter").map((meter) => meter.value),
    };
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
