import type { LabelImage } from "../labeling/labels.ts";

/** Pixels and centre of every object as comma-separated text, one line an object. */
export function objectTable({ data, count, width, height, depth }: LabelImage): string {
  const sums = new Float64Array(4 * (count + 1));
  let at = 0;
  for (let z = 0; z < depth; z++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const entry = 4 * data[at++];
        sums[entry]++;
        sums[entry + 1] += x;
        sums[entry + 2] += y;
        sums[entry + 3] += z;
      }
    }
  }
  const lines = [`label,pixels,centre_x,centre_y${depth > 1 ? ",centre_z" : ""}`];
  for (let label = 1; label <= count; label++) {
    const [pixels, ...centre] = sums.subarray(4 * label, 4 * label + 4);
    const places = centre.slice(0, depth > 1 ? 3 : 2).map((sum) => (sum / pixels).toFixed(3));
    lines.push([label, pixels, ...places].join(","));
  }
  return lines.join("\n") + "\n";
}
