import { fileURLToPath } from "node:url";
import { DaubError } from "../../src/errors.ts";
import { doesNotStart } from "./peer.ts";
import type { MadeUpSet } from "./training_set.ts";

/** A forest to grow. */
export interface TrainingProblem extends MadeUpSet {
  readonly depth: number;
  readonly trees: number;
  readonly jobs: number;
}

/** How long the peer took, and what identifies the forest. */
export interface PeerAnswer {
  readonly ms: number;
  readonly nodes: number;
  /** The sum of the absolute values of all thresholds. */
  readonly thresholds: number;
}

/** A process that trains with scikit-learn, one problem after the other. */
export class TrainingPeer implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #lines: ReadableStreamDefaultReader<string>;
  readonly #path = Deno.makeTempFileSync();
  #rest = "";
  #sent: Float32Array | undefined;
  #numSent = 0;

  constructor(python: string) {
    const script = fileURLToPath(new URL("training_peer.py", import.meta.url));
    try {
      this.#process = new Deno.Command(python, {
        args: [script],
        stdin: "piped",
        stdout: "piped",
        stderr: "null",
      }).spawn();
    } catch (cause) {
      Deno.removeSync(this.#path);
      throw doesNotStart(python, cause);
    }
    this.#writer = this.#process.stdin.getWriter();
    this.#lines = this.#process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** Trains once. */
  async train(problem: TrainingProblem): Promise<PeerAnswer> {
    const { samples, classes, numFeatures, depth, trees, jobs } = problem;
    if (samples !== this.#sent) {
      this.#sent = samples;
      this.#numSent++;
      await Deno.writeFile(this.#file(), new Uint8Array(samples.buffer));
      await Deno.writeFile(this.#file(), classes, { append: true });
    }
    const line = {
      ...{ path: this.#file(), samples: classes.length, features: numFeatures },
      ...{ depth, trees, jobs },
    };
    // Where the process has ended, reading says so.
    await this.#writer.write(new TextEncoder().encode(JSON.stringify(line) + "\n")).catch(() => {});
    return JSON.parse(await this.#line());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer.close().catch(() => {});
    await this.#lines.cancel();
    await this.#process.status;
    for (let i = 0; i <= this.#numSent; i++) {
      await Deno.remove(i === 0 ? this.#path : `${this.#path}.${i}`);
    }
  }

  /** A path of its own for each set, by which the process knows a new one. */
  #file(): string {
    return `${this.#path}.${this.#numSent}`;
  }

  async #line(): Promise<string> {
    for (;;) {
      const end = this.#rest.indexOf("\n");
      if (end >= 0) {
        const line = this.#rest.slice(0, end);
        this.#rest = this.#rest.slice(end + 1);
        return line;
      }
      const { value, done } = await this.#lines.read();
      if (done) {
        throw new DaubError(
          "options",
          "Expected scikit-learn to train but its process ended. Install scikit-learn and NumPy " +
            "for that Python, or name another by --python.",
          { where: "--python" },
        );
      }
      this.#rest += value;
    }
  }
}
