import { basename } from "node:path";
import process from "node:process";

/** What a run shows while it goes through several images. */
export interface Progress extends Disposable {
  /** The image that is being worked on. */
  start(image: string): void;
  /** One more image is done, well or not. */
  advance(): void;
}

/** A bar on the terminal, on standard error so that results can be redirected. */
export async function openProgressBar(total: number): Promise<Progress> {
  // Loaded here because most runs do not need it.
  const { default: progress } = await import("npm:cli-progress@3.12.0");
  const bar = new progress.SingleBar({
    format: "{bar} {value}/{total} {image}",
    stream: process.stderr,
    barsize: 30,
    clearOnComplete: true,
    // An interruption must find cursor and line wrapping as they were.
    hideCursor: null,
    linewrap: true,
    gracefulExit: false,
  }, progress.Presets.shades_classic);
  bar.start(total, 0, { image: "" });
  return {
    start: (image) => bar.update({ image: basename(image).slice(0, 30) }),
    advance: () => bar.increment(),
    [Symbol.dispose]: () => bar.stop(),
  };
}

/** Shows nothing. */
export const noProgress: Progress = { start() {}, advance() {}, [Symbol.dispose]() {} };
