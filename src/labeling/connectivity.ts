import { DaubError } from "../errors.ts";
import { describeSize, dimensions, pixelCount, type Size } from "../image/image.ts";
import type { Connectivity } from "./labels.ts";

/** Rows that come before a row in raster order and touch it. */
export interface Neighbourhood {
  /** Steps to those rows along z and y. */
  readonly rows: readonly { readonly dz: number; readonly dy: number }[];
  /** How far along x a pixel touches those rows: 0, or 1 where corners count. */
  readonly reach: 0 | 1;
}

/** Which earlier rows have to be looked at, so that every pair of neighbours is seen once. */
export function neighbourhood(connectivity: Connectivity): Neighbourhood {
  const above = { dz: 0, dy: -1 };
  switch (connectivity) {
    case 4:
      return { rows: [above], reach: 0 };
    case 8:
      return { rows: [above], reach: 1 };
    case 6:
      return { rows: [above, { dz: -1, dy: 0 }], reach: 0 };
    case 26: {
      const before = [-1, 0, 1].map((dy) => ({ dz: -1, dy }));
      return { rows: [above, ...before], reach: 1 };
    }
  }
}

/**
 * Refuses a connectivity that the dimensions do not have.
 *
 * @throws {DaubError} `options`.
 */
export function checkConnectivity(connectivity: Connectivity, size: Size): void {
  const allowed = dimensions(size) === 2 ? [4, 8] : [6, 26];
  if (allowed.includes(connectivity)) return;
  throw new DaubError(
    "options",
    `Expected the connectivity of a ${dimensions(size)}D image to be ${allowed.join(" or ")} but ` +
      `found ${connectivity}. Use ${allowed[0]} where objects touch by faces, ${
        allowed[1]
      } where ` +
      `corners join them too.`,
    { expected: allowed, found: connectivity, where: "connectivity" },
  );
}

/**
 * Refuses what neither twin can label.
 *
 * @throws {DaubError} `options` for a wrong connectivity or class number, `image` for classes that
 * do not fill the size.
 */
export function checkLabelling(
  classes: Uint8Array,
  size: Size,
  positiveClass: number,
  connectivity: Connectivity,
): void {
  checkConnectivity(connectivity, size);
  if (!Number.isInteger(positiveClass) || positiveClass < 0 || positiveClass > 255) {
    throw new DaubError(
      "options",
      `Expected the positive class to be an integer from 0 to 255 but found ${positiveClass}. ` +
        `Name one of the classes of the annotation.`,
      { expected: "an integer from 0 to 255", found: positiveClass, where: "positiveClass" },
    );
  }
  if (classes.length !== pixelCount(size)) {
    throw new DaubError(
      "image",
      `Expected ${pixelCount(size)} classes for an image of ${describeSize(size)} but found ` +
        `${classes.length}.`,
      { expected: pixelCount(size), found: classes.length },
    );
  }
}
