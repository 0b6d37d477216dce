import { DaubError } from "../errors.ts";
import type { ImageFile } from "../image/image_file.ts";
import type { Image } from "../image/image.ts";
import { openImage } from "../image/read.ts";
import type { EngineAnswers, EngineRequest } from "./engine_messages.ts";

/** The image file that a page looks at: its bytes are kept, its time points read when asked for. */
export class LookingAt {
  #number = 0;
  #file: ImageFile | undefined;

  /**
   * Looks at another file.
   *
   * @throws {DaubError} what reading finds.
   */
  async open(
    { look, source, name }: Extract<EngineRequest, { kind: "look" }>,
    signal?: AbortSignal,
  ): Promise<EngineAnswers["look"]> {
    this.#number = look;
    this.#file = undefined;
    const file = await openImage(source, { name, signal });
    const channels = await file.read({ signal });
    // Yet another one may be looked at by now.
    if (this.#number === look) this.#file = file;
    return { channels, frames: file.info.frames };
  }

  /**
   * The channels of a time point.
   *
   * @throws {DaubError} `cancelled` when another file is looked at by now; what reading finds.
   */
  async read(
    { look, time }: Extract<EngineRequest, { kind: "look at" }>,
    signal?: AbortSignal,
  ): Promise<readonly Image[]> {
    if (this.#file && this.#number === look) return await this.#file.read({ frame: time, signal });
    throw new DaubError("cancelled", "Another image is looked at by now.");
  }
}
