import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type JournalRecord, readRecords } from "../../src/notebook/server/journal_record.ts";

const script = fileURLToPath(new URL("../../scripts/notebook.ts", import.meta.url));

/** The notebook as a user starts it, as a process that can be killed and started again. */
export class NotebookProcess implements AsyncDisposable {
  #process!: Deno.ChildProcess;

  private constructor(readonly folder: string, readonly port: number) {}

  /** Starts it on a folder of its own; the address admits one browser. */
  static async start(): Promise<{ notebook: NotebookProcess; address: string }> {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr;
    listener.close();
    const notebook = new NotebookProcess(await Deno.makeTempDir({ prefix: "daub-data-" }), port);
    return { notebook, address: await notebook.restart() };
  }

  /** Starts it again on the same port and folder; its address. */
  async restart(): Promise<string> {
    const args = ["--port", String(this.port), "--data", this.folder, "--backend", "cpu"];
    this.#process = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", script, ...args],
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const reader = this.#process.stdout.pipeThrough(new TextDecoderStream()).getReader();
    let line = "";
    while (!line.includes("\n")) {
      const { value, done } = await reader.read();
      if (done) throw new Error("the notebook did not start");
      line += value;
    }
    await reader.cancel();
    return line.trim();
  }

  /** Kills it without any warning. */
  async kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#process.status;
  }

  /** Everything that is on the disk of the one image that was painted on. */
  async records(): Promise<readonly JournalRecord[]> {
    const annotations = join(this.folder, "annotations");
    const all: JournalRecord[] = [];
    for await (const { name } of Deno.readDir(annotations)) {
      all.push(...readRecords(await Deno.readFile(join(annotations, name, "journal"))).records);
    }
    return all;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await Deno.remove(this.folder, { recursive: true });
  }
}
