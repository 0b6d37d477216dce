import type { Forest, Tree } from "../../src/forest/forest.ts";

/** The parts of a small classifier file; what is left out is as APOC writes it. */
export interface ExampleParts {
  numClasses?: number;
  numFeatures?: number;
  numTrees?: number;
  maxDepth?: number | string;
  className?: string;
  /** Further header lines. */
  extra?: string[];
  version?: string;
  trees: string;
  footer?: string;
}

/** The text of a classifier file, built without the writer under test. */
export function exampleText(parts: ExampleParts): string {
  const { numClasses = 2, numFeatures = 2, numTrees = 1, maxDepth = 2 } = parts;
  const features = Array.from({ length: numFeatures }, (_, i) => i);
  const classes = Array.from({ length: numClasses }, (_, k) => k);
  const lines = [
    "/*",
    "OpenCL RandomForestClassifier",
    `classifier_class_name = ${parts.className ?? "PixelClassifier"}`,
    "feature_specification = original gaussian_blur=1",
    "num_ground_truth_dimensions = 2",
    `num_classes = ${numClasses}`,
    `num_features = ${numFeatures}`,
    `max_depth = ${maxDepth}`,
    `num_trees = ${numTrees}`,
    ...(parts.extra ?? []),
    `apoc_version = ${parts.version ?? "0.14.0"}`,
    "*/",
    `__kernel void predict (${
      features.map((i) => `IMAGE_in${i}_TYPE in${i}, `).join("")
    }IMAGE_out_TYPE out) {`,
    " sampler_t sampler = CLK_NORMALIZED_COORDS_FALSE | CLK_ADDRESS_CLAMP_TO_EDGE | CLK_FILTER_NEAREST;",
    " const int x = get_global_id(0);",
    " const int y = get_global_id(1);",
    " const int z = get_global_id(2);",
    ...features.map((i) =>
      ` float i${i} = READ_IMAGE(in${i}, sampler, POS_in${i}_INSTANCE(x,y,z,0)).x;`
    ),
    ...classes.map((k) => ` float s${k}=0;`),
  ];
  return `${lines.join("\n")}\n${parts.trees}${
    parts.footer ?? classFooter(classes.map((k) => k + 1))
  }`;
}

/** The end of a kernel that writes class numbers. */
export function classFooter(classes: readonly number[]): string {
  const [first, ...others] = classes;
  const ifs = others.map((number, k) =>
    ` if (max_s < s${k + 1}) {\n  max_s = s${k + 1};\n  cls=${number};\n }\n`
  );
  return ` float max_s=s0;\n int cls=${first};\n${ifs.join("")}` +
    " WRITE_IMAGE (out, POS_out_INSTANCE(x,y,z,0), cls);\n}\n";
}

/** The end of a kernel that writes the probability of the class with this index. */
export function probabilityFooter(numClasses: number, index: number): string {
  const sums = Array.from(
    { length: numClasses - 1 },
    (_, k) => ` sum_s = sum_s + s${k + 1};\n`,
  );
  return ` float sum_s=s0;\n int cls=1;\n${sums.join("")}` +
    ` WRITE_IMAGE (out, POS_out_INSTANCE(x,y,z,0), s${index} / sum_s);\n}\n`;
}

/** The text without the line that names the version, the only one that may differ from APOC's. */
export function withoutVersion(text: string): string {
  return text.replace(/^apoc_version = .*\n/m, "");
}

/** A tree from nested lists: `[feature, threshold, left, right]`, or the counts of a leaf. */
export type Branch = readonly number[] | readonly [number, number, Branch, Branch];

/** Flat arrays from nested lists, first branches first. */
export function growTree(root: Branch, numClasses: number): Tree {
  const feature: number[] = [];
  const threshold: number[] = [];
  const left: number[] = [];
  const right: number[] = [];
  const counts: number[][] = [];
  const add = (branch: Branch): number => {
    const node = feature.push(-1) - 1;
    threshold.push(0);
    left.push(-1);
    right.push(-1);
    counts.push(Array(numClasses).fill(0));
    if (typeof branch[2] === "object") {
      const [askedFeature, at, low, high] = branch as [number, number, Branch, Branch];
      feature[node] = askedFeature;
      threshold[node] = at;
      left[node] = add(low);
      right[node] = add(high);
      counts[node] = counts[left[node]].map((count, k) => count + counts[right[node]][k]);
    } else {
      counts[node] = [...branch as number[]];
    }
    return node;
  };
  add(root);
  return {
    feature: Int32Array.from(feature),
    threshold: Float64Array.from(threshold),
    left: Int32Array.from(left),
    right: Int32Array.from(right),
    counts: Float64Array.from(counts.flat()),
  };
}

/** A forest from nested lists, as training leaves it. */
export function growForest(
  roots: readonly Branch[],
  { classes, ...rest }: Partial<Forest> & { classes: readonly number[] },
): Forest {
  return {
    classes,
    numFeatures: 2,
    maxDepth: 2,
    votes: "fraction",
    comparison: "at_most",
    trees: roots.map((root) => growTree(root, classes.length)),
    featureImportances: new Float64Array(0),
    ...rest,
  };
}

/** The sums of all trees' votes for a sample, as `src/forest/forest.ts` defines them. */
export function sumVotes(forest: Forest, sample: ArrayLike<number>): number[] {
  const numClasses = forest.classes.length;
  const sums = Array(numClasses).fill(0);
  for (const { feature, threshold, left, right, counts } of forest.trees) {
    let node = 0;
    while (left[node] >= 0) {
      const value = sample[feature[node]];
      const isLeft = forest.comparison === "at_most"
        ? value <= threshold[node]
        : value < Math.fround(threshold[node]);
      node = isLeft ? left[node] : right[node];
    }
    const leaf = counts.subarray(node * numClasses, (node + 1) * numClasses);
    const total = forest.votes === "fraction" ? leaf.reduce((sum, count) => sum + count, 0) : 1;
    for (let k = 0; k < numClasses; k++) sums[k] += leaf[k] / total;
  }
  return sums;
}
