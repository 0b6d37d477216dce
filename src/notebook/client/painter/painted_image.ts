import type { Image } from "../../../image/image.ts";

/** What can be painted on: one image, its channels, or time points of channels. */
export type PaintedImage = Image | readonly Image[] | readonly (readonly Image[])[];
