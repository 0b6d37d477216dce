import { type OptionSpec, optionTable } from "./option_table.ts";

const WIDTH = 100;
const INDENT = 28;
const GROUPS = ["Input", "Training", "Segmentation", "Output", "Other"] as const;

const USAGE = `Finds objects in images from a few strokes of paint.

Usage:
  segment.ts                                          segment the bundled sample
  segment.ts IMAGE --annotation STROKES [options]     train on IMAGE, then segment it and any others
  segment.ts IMAGE... --classifier FILE.cl [options]  apply a saved classifier

An IMAGE is a TIFF, PNG or JPEG file, a folder, a glob such as "images/**/*.tif", or a URL.
In folders and globs, results of earlier runs are left out.`;

const RESULTS = `Results in DIR, named after the image:
  --kind object               NAME_labels.tif (objects numbered from 1), NAME_overlay.png
  --kind pixel                NAME_classes.tif (class numbers), NAME_overlay.png
  --kind probability          NAME_probability.tif (one page per class)
  An image of several time frames gives NAME_t0000_labels.tif and so on. Without any argument, the
  results of the bundled sample are renewed; no other run replaces a file without --overwrite.

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
  const head = `  --${name}${value ? ` ${choices ? choices.join("|") : value}` : ""}`;
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
