/** What the table of the objects of all images is called. */
export const TABLE_NAME = "labels.csv";

/** A label image that this library wrote, which is no image to segment. */
const RESULT = /_(labels|selected|merged|classes|probability|object_classes)\.(tiff?|png)$/i;

/** Whether an image bears the name of a result. */
export function isResult(name: string): boolean {
  return RESULT.test(name);
}

/**
 * The names of the label images of images: `cells.tif` has `cells_labels.tif`. Where several would
 * have the same, they keep their ending: `cells.png_labels.tif`.
 *
 * @param names Of the images, with their folders.
 */
export function labelNames(names: readonly string[]): string[] {
  const stems = names.map((name) => name.replace(/\.[^./]+$/, ""));
  const seen = new Map<string, number>();
  // Some file systems do not tell capitals from small letters.
  for (const stem of stems) {
    const key = stem.toLowerCase();
    seen.set(key, (seen.get(key) ?? 0) + 1);
  }
  return stems.map((stem, i) =>
    `${seen.get(stem.toLowerCase()) === 1 ? stem : names[i]}_labels.tif`
  );
}

/** The name of the label image of a time point, where there are several. */
export function frameName(name: string, frame: number, frames: number): string {
  if (frames === 1) return name;
  return name.replace(/_labels\.tif$/, `_t${String(frame).padStart(4, "0")}_labels.tif`);
}
