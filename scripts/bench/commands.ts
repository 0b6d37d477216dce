import { benchFeatures, benchGaussian } from "./features.ts";
import { benchLabel } from "./label.ts";
import { benchLarge } from "./large.ts";
import { benchMeasure } from "./measure.ts";
import type { BenchOptions } from "./options.ts";
import { benchPredict } from "./predict.ts";
import type { Row } from "./row.ts";
import { benchScale } from "./scale.ts";
import { benchStart } from "./start.ts";
import { benchStroke } from "./stroke.ts";
import { benchTrain } from "./train.ts";

/** A benchmark of one stage. */
export interface BenchCommand {
  readonly help: string;
  readonly run: (options: BenchOptions) => Promise<Row[]>;
}

/** Every subcommand by name. */
export const COMMANDS: ReadonlyMap<string, BenchCommand> = new Map([
  ["gaussian", { help: "one Gaussian blur, sigma 1 to 25, and OpenCV", run: benchGaussian }],
  ["features", { help: "the feature stack in memory, and OpenCV", run: benchFeatures }],
  ["train", { help: "forests of some sizes, and scikit-learn", run: benchTrain }],
  ["predict", { help: "classes by depth of the trees, and scikit-learn", run: benchPredict }],
  ["label", { help: "connected components, and OpenCV and SciPy", run: benchLabel }],
  ["measure", { help: "measuring objects, and scikit-image and OpenCV", run: benchMeasure }],
  ["stroke", { help: "40 more painted pixels until the new labels", run: benchStroke }],
  ["large", { help: "segmenting 2, 8 and 16 thousand pixels squared", run: benchLarge }],
  ["start", { help: "the whole process of scripts/segment.ts on the sample", run: benchStart }],
  ["scale", { help: "how cost grows with pixels, samples, features, trees", run: benchScale }],
]);
