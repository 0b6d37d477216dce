import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { encodeTiff } from "../../mod.ts";
import { encodeCommand } from "../../src/notebook/annotation_codec.ts";
import type { AnnotationCommand } from "../../src/notebook/annotation_command.ts";
import {
  type ConnectionState,
  openRemoteEngine,
  type RemoteEngine,
} from "../../src/notebook/remote_engine.ts";
import { socketOf } from "../../src/notebook/remote_images.ts";
import { encodeRecord, readRecords } from "../../src/notebook/server/journal_record.ts";
import { Random } from "../samples/random.ts";

/** What came of killing a server again and again while strokes were painted. */
export interface KillReport {
  readonly kills: number;
  /** Strokes painted, and those that were acknowledged before the kill that followed. */
  readonly painted: number;
  readonly acknowledged: number;
  /** Acknowledged strokes that a restarted server did not know. */
  readonly lost: number;
  /** Strokes of the page that the server does not know in the end, or knows in another order. */
  readonly missing: number;
  /** Bytes of the journal in the end, and what they would be if nothing had been compacted. */
  readonly journalBytes: number;
  readonly appendedBytes: number;
}

/** How {@linkcode killServer} kills. */
export interface KillOptions {
  readonly seed?: number;
  /**
   * The journal is rewritten whenever half of it and more bytes than these say nothing new.
   * Default as usual.
   */
  readonly journalSlack?: number;
}

const WIDTH = 200;
const script = fileURLToPath(new URL("./plain_notebook.ts", import.meta.url));

/**
 * Paints while a server is killed by SIGKILL at random moments, also while it starts and while it
 * computes, and starts it again each time on the same strokes.
 */
export async function killServer(
  kills: number,
  { seed = 1, journalSlack }: KillOptions = {},
): Promise<KillReport> {
  const random = new Random(seed);
  const next = () => random.uniform();
  const folder = await Deno.makeTempDir();
  const image = join(folder, "image.tif");
  const data = Uint8Array.from({ length: WIDTH * WIDTH }, () => next() * 256);
  await Deno.writeFile(image, await encodeTiff({ width: WIDTH, height: WIDTH, depth: 1, data }));
  const port = freePort();
  let painted = 0;
  let acknowledged = 0;
  let lost = 0;
  let before: readonly AnnotationCommand[] = [];
  const place = { folder, image, port, journalSlack };
  let server = await start(place);
  const { connect } = await admit(server.address);
  const page = await connect();
  try {
    for (let kill = 0; kill < kills; kill++) {
      const until = performance.now() + 5 + next() * 250;
      if (kill % 3 === 0) startComputing(page);
      while (performance.now() < until) {
        page.annotation.apply(stroke(next));
        painted++;
        if (next() < 0.2) page.look({ zoom: 1 + next() });
        await wait(next() * 4);
      }
      server.process.kill("SIGKILL");
      await server.process.status;
      await reach(page, "offline");
      before = page.annotation.log.slice(0, page.annotation.position - page.unsaved);
      acknowledged = before.length;
      if (next() < 0.2) await killWhileStarting(place, next() * 400);
      server = await start(place);
      // Somebody who knows nothing yet is told what the restarted server knows.
      await using witness = await connect();
      lost += countMissing(before, witness.annotation.log);
      page.reconnect();
      await reach(page, "connected");
    }
    await using witness = await connect();
    const missing = countMissing(page.annotation.log, witness.annotation.log);
    const { contentKey } = page.image;
    const journal = await Deno.readFile(join(folder, "data", "annotations", contentKey, "journal"));
    const appendedBytes = readRecords(journal).records
      .reduce((sum, record) => sum + encodeRecord(record).length, 0);
    const journalBytes = journal.length;
    return { kills, painted, acknowledged, lost, missing, journalBytes, appendedBytes };
  } finally {
    await page[Symbol.asyncDispose]();
    server.process.kill("SIGKILL");
    await server.process.status;
    await Deno.remove(folder, { recursive: true });
  }
}

interface RunningServer {
  readonly process: Deno.ChildProcess;
  readonly address: URL;
}

async function reach(page: RemoteEngine, state: ConnectionState): Promise<void> {
  while (page.state !== state) await wait(1);
}

/** What a server is started on. */
interface Place {
  readonly folder: string;
  readonly image: string;
  readonly port: number;
  readonly journalSlack: number | undefined;
}

function spawn({ folder, image, port, journalSlack }: Place): Deno.ChildProcess {
  const data = join(folder, "data");
  const args = ["run", "-A", "--no-check", script, image, "--port", `${port}`, "--data", data];
  return new Deno.Command(Deno.execPath(), {
    args: [...args, "--backend", "cpu"],
    env: journalSlack === undefined ? {} : { DAUB_JOURNAL_SLACK: String(journalSlack) },
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
}

/** Starts a server and waits for the address that it prints. */
async function start(place: Place): Promise<RunningServer> {
  const process = spawn(place);
  const reader = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let line = "";
  while (!line.includes("\n")) {
    const { value, done } = await reader.read();
    if (done) throw new Error("the server did not start");
    line += value;
  }
  await reader.cancel();
  return { process, address: new URL(line.trim()) };
}

async function killWhileStarting(place: Place, after: number) {
  const process = spawn(place);
  await wait(after);
  process.kill("SIGKILL");
  await process.stdout.cancel();
  await process.status;
}

/** Exchanges the one-time address for a credential, which outlives the server. */
async function admit(address: URL): Promise<{ connect: () => Promise<RemoteEngine> }> {
  const answer = await fetch(address, { redirect: "manual" });
  await answer.body?.cancel();
  const credential = /=([^;]+)/.exec(answer.headers.get("set-cookie")!)![1];
  const headers = { authorization: `Bearer ${credential}` };
  const url = socketOf(address.origin, { id: address.searchParams.get("image")! });
  const openSocket = (url: string) => new WebSocket(url, { headers } as never);
  return { connect: () => openRemoteEngine(url, { openSocket }) };
}

function startComputing(page: RemoteEngine): void {
  const { revision } = page.annotation;
  const options = {
    features: "v070",
    channels: [0],
    positiveClass: 2,
    connectivity: 4,
    maxDepth: 2,
    numTrees: 100,
    randomState: 0,
    votes: "fraction",
  } as const;
  // What becomes of it does not matter; a later one may replace it.
  page.compute({ revision, annotation: new Uint8Array(0), options }).catch(() => {});
}

function stroke(next: () => number): AnnotationCommand {
  const chance = next();
  if (chance < 0.05) return { kind: "undo" };
  if (chance < 0.08) return { kind: "redo" };
  const place = () => Math.floor(next() * 2 * WIDTH);
  const points = [place(), place(), place(), place()];
  return {
    kind: "stroke",
    points,
    size: 1 + Math.floor(next() * 9),
    value: 1 + (chance > 0.5 ? 1 : 0),
  };
}

/** How many of these commands are not at their place in the log. */
function countMissing(
  commands: readonly AnnotationCommand[],
  log: readonly AnnotationCommand[],
): number {
  const differs = (a: AnnotationCommand, b: AnnotationCommand | undefined) =>
    b === undefined || String(encodeCommand(a)) !== String(encodeCommand(b));
  return commands.filter((command, i) => differs(command, log[i])).length;
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

if (import.meta.main) {
  const kills = Number(Deno.args[0] ?? 200);
  const started = performance.now();
  const [seed, journalSlack] = [Number(Deno.args[1] ?? 1), Deno.args[2]];
  const report = await killServer(kills, {
    seed,
    ...(journalSlack !== undefined && { journalSlack: Number(journalSlack) }),
  });
  const seconds = Math.round((performance.now() - started) / 1000);
  console.log(JSON.stringify({ ...report, seconds }));
  if (report.lost + report.missing > 0) Deno.exit(1);
}
