import assert from "node:assert/strict";
import * as daub from "../mod.ts";

/** What APOC 0.14 has in public: classes, their methods and properties, functions, and parameters. */
const APOC = [
  ...["PixelClassifier", "ObjectSegmenter", "ProbabilityMapper", "ObjectClassifier"],
  ...["ObjectSelector", "ObjectMerger", "TableRowClassifier", "PredefinedFeatureSet"],
  ...["train(", "continue_training", "predict(image)", "predict(labels, image)"],
  ...["to_opencl_file", "feature_importances()", "statistics()", "str(", "repr("],
  ...["ordered_feature_names", "order_feature_table", "classifier_classname"],
  ...["opencl_filename", "extra_information", "overwrite_classname", "max_depth", "num_ensembles"],
  ...["positive_class_identifier", "output_probability_of_class", "generate_feature_stack"],
  ...["erase_classifier", "list_available_object_classification_features", "get_statistics"],
  ...["train_classifier_from_image_folders", "RFC_to_OCL", "to_opencl()"],
  "DecisionTreeClassifierToOpenCLConverter",
];

/** The rows of the README's table: APOC's side and ours. */
async function rows(): Promise<[string, string][]> {
  const text = await Deno.readTextFile(new URL("../README.md", import.meta.url));
  const [, table] = /### APOC → here\n\n((?:\|.*\n)+)/.exec(text)!;
  return table.trim().split("\n").slice(2).map((line) => {
    const [apoc, here] = line.split("|").slice(1).map((cell) => cell.trim());
    return [apoc, here];
  });
}

Deno.test("the README has a counterpart for all that APOC has", async () => {
  const apoc = (await rows()).map(([cell]) => cell).join("\n");
  assert.deepEqual(APOC.filter((name) => !apoc.includes(name)), []);
});

Deno.test("every counterpart that the README names exists", async () => {
  const exports: Record<string, unknown> = daub;
  const members = new Set<string>();
  for (
    const kind of [daub.ObjectSegmenter, daub.ProbabilityMapper, daub.ObjectMerger] as const
  ) {
    for (
      let shape = kind.prototype;
      shape !== Object.prototype;
      shape = Object.getPrototypeOf(shape)
    ) {
      for (const name of Object.getOwnPropertyNames(shape)) members.add(name);
    }
  }
  // A field of every instance, not of the class.
  members.add("className");
  let checked = 0;
  for (const [, here] of await rows()) {
    for (const [, code] of here.matchAll(/`([^`]+)`/g)) {
      for (const [, object, member] of code.matchAll(/\b(classifier|[A-Z]\w+)\.(\w+)/g)) {
        const isThere = object === "classifier"
          ? members.has(member)
          : typeof (exports[object] as Record<string, unknown>)[member] === "function";
        assert.ok(isThere, `${object}.${member}`);
        checked++;
      }
      for (const [, name] of code.matchAll(/(?<![.\w])([a-z]\w+)\(/g)) {
        const isThere = typeof exports[name] === "function" || members.has(name);
        assert.ok(isThere, name);
        checked++;
      }
    }
  }
  assert.ok(checked >= 15, `checked only ${checked}`);
});

Deno.test("the features of objects that APOC lists can be measured", async () => {
  const labels = { data: Uint8Array.of(1, 2), width: 2, height: 1, depth: 1 };
  const { columns } = await daub.measure(labels, labels, { properties: "apoc", backend: "cpu" });
  assert.equal(Object.keys(columns).length, 37);
  const names = [
    "touching_neighbor_count",
    "average_distance_of_touching_neighbors",
    "average_distance_of_n_nearest_neighbors=1",
  ];
  const all = await daub.measure(labels, labels, { properties: "all", backend: "cpu" });
  for (const name of [...Object.keys(columns), ...names]) assert.ok(name in all.columns, name);
});
