/// <reference lib="dom" />
import type { Engine } from "../engine.ts";
import { openLocalEngine } from "../local_engine.ts";
import type { ChosenImage } from "./choose_image.ts";

/** Opens whoever computes for a page: the page itself. */
export async function openEngine(image: ChosenImage): Promise<Engine> {
  return await openLocalEngine(image.channels, { backend: "cpu", name: image.name });
}
