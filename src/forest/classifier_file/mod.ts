export type { ClassifierFile } from "./classifier_file.ts";
export { expectClassName } from "./class_name.ts";
export { formatClassifierFile } from "./format.ts";
export { parseClassifierFile } from "./parse.ts";
