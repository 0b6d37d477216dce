import type { BackendChoice } from "../../backend.ts";
import { DaubError } from "../../errors.ts";
import type { Annotation } from "../annotation.ts";
import { decodeCommand } from "../annotation_codec.ts";
import type { EngineOptions } from "../engine.ts";
import type { LogEntry } from "../protocol.ts";
import { AnnotationFolder } from "./annotation_folder.ts";
import { Computer, type StartWorker } from "./computer.ts";
import { JobQueue } from "./job_queue.ts";
import type { JournalRecord } from "./journal_record.ts";
import type { Limits } from "./limits.ts";
import { isLoopback } from "./loopback.ts";
import type { OpenedImage } from "./worker_messages.ts";

/** An image file to be read, again when the thread that holds it has crashed. */
export interface ImageSource {
  readonly name: string;
  read(): Promise<Uint8Array<ArrayBuffer>>;
}

/** What a session needs of the server. */
export interface SessionOptions {
  /**
   * The address that the server binds to; `127.0.0.1` unless the user says otherwise. Pages that can
   * only be on this machine are sent what takes least time, others what takes fewest bytes.
   */
  readonly host: string;
  readonly data: string;
  /** A folder for what is kept only while a page is open. Default the system's. */
  readonly temporary?: string;
  readonly backend: BackendChoice;
  readonly limits: Limits;
  readonly startWorker: StartWorker;
}

/** A page that shows the image, as its session sees it. */
export interface Watcher {
  /** Who it is, as it said in its greeting. */
  readonly client: string;
  /** More of the log is safe. */
  logGrew(): void;
  /** Another page chose options. */
  optionsChanged(options: EngineOptions): void;
  /** Something went wrong that no request asked for. */
  failed(error: unknown): void;
}

/** How long after the last stroke the label image is written, in milliseconds. */
const SAVE_AFTER = 1500;

/** A command with its painter. */
type LoggedCommand = LogEntry & { readonly client: string };

/** One open image: its annotation, its journal, the thread that computes and the pages on it. */
export class Session {
  /** What the pages were told of the options and the view last. */
  options: EngineOptions | undefined;
  view: string | undefined;
  /** The computations of all pages. */
  readonly jobs: JobQueue;
  readonly #log: LoggedCommand[] = [];
  readonly #watchers = new Set<Watcher>();
  /** The last number taken from each page, and the last one that is safe. */
  readonly #taken = new Map<string, number>();
  readonly #safeNumbers = new Map<string, number>();
  #safe = 0;
  #saveTimer: ReturnType<typeof setTimeout> | undefined;
  #saving: Promise<void> = Promise.resolve();
  #closed = false;
  #computer: Promise<Computer>;
  #live: Computer;
  /** How many commands of the log the thread that computes was told. */
  #told = 0;

  private constructor(
    readonly source: ImageSource,
    readonly image: OpenedImage,
    /** Names the log of commands. */
    readonly log: string,
    readonly annotation: Annotation,
    readonly folder: AnnotationFolder,
    records: readonly JournalRecord[],
    readonly setup: SessionOptions,
    computer: Computer,
    /** Which strokes on the image; "" for those that segment it. */
    readonly layer: string,
  ) {
    this.#live = computer;
    this.#computer = Promise.resolve(computer);
    for (const record of records) this.#remember(record);
    this.#safe = this.#log.length;
    for (const [client, number] of this.#taken) this.#safeNumbers.set(client, number);
    this.jobs = new JobQueue(async ({ frame, options, want, signal, onProgress }) => {
      const computer = await this.#readyComputer();
      const isFar = !isLoopback(setup.host);
      const request = { kind: "compute", frame, options, want, isFar } as const;
      return await computer.compute(request, { signal, onProgress });
    }, () => this.#log.length);
  }

  /**
   * Reads an image and what was painted on it before.
   *
   * @param known Finds the session of an image that is open already, perhaps under another name.
   * @param layer Which strokes; "" for those that segment the image.
   * @throws {DaubError} `image` or `file` when the image cannot be read, is too large, or its
   * strokes cannot be kept.
   */
  static async open(
    source: ImageSource,
    setup: SessionOptions,
    known: (contentKey: string) => Session | undefined = () => undefined,
    layer = "",
  ): Promise<Session> {
    const computer = new Computer(setup.startWorker, setup.limits.cancelAfter);
    try {
      const image = await openWith(computer, source, setup, layer);
      const open = known(image.contentKey);
      if (open !== undefined) {
        computer[Symbol.dispose]();
        return open;
      }
      const opened: { session?: Session } = {};
      const { folder, log, records, annotation, labelsAreOld } = await AnnotationFolder.open(
        setup.data,
        layer === "" ? image.contentKey : `${image.contentKey}-${layer}`,
        image.size,
        {
          onFailure: (error) => opened.session?.tellAll(error),
          slack: setup.limits.journalSlack,
        },
      );
      const session = new Session(
        ...[source, image, log, annotation, folder, records, setup, computer, layer] as const,
      );
      opened.session = session;
      if (labelsAreOld) session.#saveSoon();
      return session;
    } catch (error) {
      computer[Symbol.dispose]();
      throw error;
    }
  }

  /** How many commands of the log are on the disk. */
  get safePosition(): number {
    return this.#safe;
  }

  /** How many pages show the image. */
  get watcherCount(): number {
    return this.#watchers.size;
  }

  /** Commands of the log that are safe, from a position on. */
  entries(from: number, most: number): readonly LoggedCommand[] {
    return this.#log.slice(from, Math.min(this.#safe, from + most));
  }

  /** The last command of a page that is safe. */
  acknowledged(client: string): number {
    return this.#safeNumbers.get(client) ?? 0;
  }

  /** Adds a page. */
  watch(watcher: Watcher): void {
    this.#watchers.add(watcher);
  }

  /** Takes a page away. */
  unwatch(watcher: Watcher): void {
    this.#watchers.delete(watcher);
  }

  /**
   * Takes commands of a page, the first of which has the number `first`. Those that it has already
   * are left out, so a page may send again what it is not sure of.
   *
   * @throws {DaubError} `annotation` with the first command that cannot be applied; the others are.
   */
  async paint(client: string, first: number, commands: readonly Uint8Array[]): Promise<void> {
    const records: JournalRecord[] = [];
    let failure: unknown;
    for (const [i, command] of commands.entries()) {
      const number = first + i;
      if (number <= (this.#taken.get(client) ?? 0)) continue;
      this.#taken.set(client, number);
      try {
        this.#expectRoom();
        if (!this.annotation.apply(decodeCommand(command), client)) continue;
        // What the page sent lies in a larger message, which need not be kept.
        const record = { kind: "paint", client, number, command: command.slice() } as const;
        records.push(record);
        this.#log.push(record);
      } catch (error) {
        failure ??= error;
      }
    }
    const position = this.#log.length;
    const last = this.#taken.get(client) ?? 0;
    await this.folder.journal.append(records);
    if (records.length > 0) this.#saveSoon();
    this.#safe = Math.max(this.#safe, position);
    if (last > this.acknowledged(client)) this.#safeNumbers.set(client, last);
    for (const watcher of this.#watchers) watcher.logGrew();
    if (failure !== undefined) throw failure;
  }

  /** Keeps the options and tells the other pages. */
  async choose(options: EngineOptions, from: Watcher): Promise<void> {
    this.options = options;
    for (const watcher of this.#watchers) if (watcher !== from) watcher.optionsChanged(options);
    await this.folder.journal.append([{ kind: "options", options }]);
  }

  /** Keeps how a page looks at the image. */
  async look(view: string): Promise<void> {
    this.#expectRoom();
    this.view = view;
    await this.folder.journal.append([{ kind: "view", view }]);
  }

  /** The feature planes, packed. */
  async features(options: EngineOptions, signal: AbortSignal): Promise<Uint8Array> {
    const computer = await this.#readyComputer();
    return await computer.compute({ kind: "features", options }, { signal });
  }

  /** The channels of a time point, packed. */
  async frame(frame: number, signal: AbortSignal): Promise<Uint8Array> {
    const computer = await this.#readyComputer();
    return await computer.compute({ kind: "frame", frame }, { signal });
  }

  /** Tells every page that something went wrong. */
  tellAll(error: unknown): void {
    for (const watcher of this.#watchers) watcher.failed(error);
  }

  /** Writes what is not written yet and ends the thread that computes. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.jobs.clear(new DaubError("server", "The image was closed. Open it again."));
    if (this.#saveTimer !== undefined) this.#save();
    await Promise.race([this.#saving, new Promise((resolve) => setTimeout(resolve, 3000))]);
    this.#live[Symbol.dispose]();
    await this.#saving;
    await this.folder.close();
  }

  #remember(record: JournalRecord): void {
    if (record.kind === "options") this.options = record.options;
    if (record.kind === "view") this.view = record.view;
    if (record.kind !== "paint") return;
    this.#log.push(record);
    const { client, number } = record;
    this.#taken.set(client, Math.max(number, this.#taken.get(client) ?? 0));
  }

  #expectRoom(): void {
    const { journalBytes } = this.setup.limits;
    if (this.folder.journal.length < journalBytes) return;
    throw new DaubError(
      "server",
      `Expected at most ${journalBytes} bytes of strokes on one image but found more. Save the ` +
        `label image, and start again from it.`,
      { expected: journalBytes, found: this.folder.journal.length },
    );
  }

  /** The thread that computes, told of every command; a new one when it has crashed. */
  async #readyComputer(): Promise<Computer> {
    if (!this.#live.alive && !this.#closed) this.#computer = this.#restart();
    const computer = await this.#computer;
    const untold = this.#log.slice(this.#told).map(({ command }) => command);
    this.#told = this.#log.length;
    // What follows is answered after these, so there is no need to wait.
    if (untold.length > 0) computer.paint(untold).catch(() => {});
    return computer;
  }

  async #restart(): Promise<Computer> {
    const computer = this.#live = new Computer(
      this.setup.startWorker,
      this.setup.limits.cancelAfter,
    );
    this.#told = 0;
    try {
      const image = await openWith(computer, this.source, this.setup, this.layer);
      if (image.contentKey === this.image.contentKey) return computer;
      throw new DaubError(
        "file",
        `Expected ${this.source.name} to be as it was but it has changed. Open it again.`,
        { where: this.source.name },
      );
    } catch (error) {
      computer[Symbol.dispose]();
      throw error;
    }
  }

  #saveSoon(): void {
    clearTimeout(this.#saveTimer);
    this.#saveTimer = setTimeout(() => this.#save(), SAVE_AFTER);
  }

  #save(): void {
    clearTimeout(this.#saveTimer);
    this.#saveTimer = undefined;
    this.#saving = this.#saving.then(async () => {
      try {
        const computer = await this.#readyComputer();
        await this.folder.saveLabels(await computer.compute({ kind: "save" }));
      } catch (error) {
        this.tellAll(error);
      }
    });
  }
}

async function openWith(
  computer: Computer,
  source: ImageSource,
  { backend, limits }: SessionOptions,
  layer: string,
): Promise<OpenedImage> {
  const bytes = await source.read();
  const { name } = source;
  const { pixels: maxPixels, imageBytes: maxBytes } = limits;
  // What is found of other layers is found in the page.
  const isComputed = layer === "";
  const request = { kind: "open", bytes, name, backend, isComputed, maxPixels, maxBytes } as const;
  return await computer.open(request);
}
