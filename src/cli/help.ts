import { type OptionSpec, optionTable } from "./option_table.ts";

const WIDTH = 100;
const INDENT = 28;
const GROUPS = [
  "Input",
  "Training",
  "Segmentation",
  "Output",
  "Many images",
  "Other",
] as const;

const USAGE = `Finds objects in images from a few strokes of paint, and tells them apart.

Usage:
  segment.ts                                            segment the bundled sample
  segment.ts IMAGE... --annotation STROKES [options]    train, then segment every IMAGE
  segment.ts IMAGE... --classifier FILE.cl [options]    apply a saved classifier
  segment.ts IMAGE... --labels LABELS --kind object-classifier|object-selector|object-merger
             --annotation STROKES | --classifier FILE.cl
                                                        classify, select or merge objects
  segment.ts [IMAGE...] --labels LABELS --measure       measure objects as they are
  segment.ts IMAGE --labels LABELS --truth TRUTH        compare objects with the true ones

An IMAGE is a TIFF, PNG or JPEG file, a folder, a glob such as "images/**/*.tif", or a URL.
In folders and globs, results of earlier runs are left out. To train on several images, name
"a.tif b.tif --annotation a_strokes.tif --annotation b_strokes.tif", or "images --annotation masks",
two folders that hold files of the same names.`;

const RESULTS = `Results in DIR, named after the image:
  --kind object               NAME_labels.tif (objects numbered from 1), NAME_overlay.png
  --kind pixel                NAME_classes.tif (class numbers), NAME_overlay.png
  --kind probability          NAME_probability.tif (one page per class)
  --kind object-classifier    NAME_object_classes.tif, NAME_object_classes_overlay.png
  --kind object-selector      NAME_selected.tif, NAME_selected_overlay.png
  --kind object-merger        NAME_merged.tif, NAME_merged_overlay.png
  --measure                   a table beside each label image, such as NAME_labels.csv, and one of
                              all images with a column "file", such as labels.csv
  An image of several time frames gives NAME_t0000_labels.tif and so on. Without any argument, the
  results of the bundled sample are renewed; no other run replaces a file without --overwrite.
  A run over several images that was interrupted goes on when it is started again: images that are
  done are kept, if the classifier, the options and the image are the same.

Exit codes: 0 done, 1 an image failed, 2 the command line was not understood, 130 interrupted.`;

/** The text of `--help`: every option with its default. */
export function helpText(): string {
  const groups = GROUPS.map((group) => {
    const options = optionTable.filter((option) => option.group === group);
    return `${group}:\n${options.map(describeOption).join("\n")}`;
  });
  return [USAGE, ...groups, RESULTS].join("\n\n");
}

function describeOption({ name, value, choices, help, ...option }: OptionSpec): string {
  const values = choices ? choices.join("|") : value;
  const head = `  --${name}` +
    (value === undefined ? "" : option.bare === undefined ? ` ${values}` : `[=${values}]`);
  const fallback = option.defaultInWords ?? option.default;
  const text = fallback === undefined ? help : `${help} (default: ${fallback})`;
  const lines = wrap(text, WIDTH - INDENT);
  const first = head.length < INDENT - 1 ? head.padEnd(INDENT) + lines.shift() : head;
  return [first, ...lines.map((line) => " ".repeat(INDENT) + line)].join("\n");
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line ? `${line} ${word}` : word;
    }
  }
  return [...lines, line];
}
