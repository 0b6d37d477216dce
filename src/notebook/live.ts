import { DaubError } from "../errors.ts";
import type { EngineProgress } from "./engine.ts";
import type { LiveSource } from "./live_switch.ts";
import { endingWith, Latest, type ValueSource } from "./value_source.ts";

/**
 * What a cell shows of itself:
 *
 * - `running`: a computation is under way; the last result may still be on show.
 * - `stale`: the inputs are newer than the result, and nothing is under way.
 * - `done`: the result answers the newest inputs.
 * - `failed`: the newest inputs could not be computed.
 */
export type LiveStatus = "running" | "stale" | "done" | "failed";

/** The state of a {@linkcode Pump}. */
export interface LiveState {
  readonly status: LiveStatus;
  /** How far the computation under way has come. */
  readonly progress?: EngineProgress;
  /** Why it failed. */
  readonly error?: unknown;
}

/** What a computation is given beside its inputs. */
export interface LiveContext {
  /** Says when nobody waits for the result any more. */
  readonly signal: AbortSignal;
  /** Tells how far it has come. */
  readonly onProgress: (progress: EngineProgress) => void;
}

/** How a {@linkcode Pump} decides. */
export interface PumpOptions<Inputs> {
  /** Whether changes are followed at once. Default true. */
  readonly live?: boolean;
  /**
   * Whether a result of the inputs under way would be of no use now that there are newer ones, so
   * that it may be cancelled. Default never: while a stroke goes on, a result of a moment ago is
   * what the user wants to see.
   */
  readonly supersedes?: (running: Inputs, newest: Inputs) => boolean;
  /**
   * How many milliseconds without a result are borne before a computation is left to end even if it
   * is superseded, so that an endless stream of changes cannot starve the page. Default 1000.
   */
  readonly patience?: number;
  /** The time in milliseconds. */
  readonly now?: () => number;
  /** Called at every change of state. */
  readonly onState?: (state: LiveState) => void;
}

/** A computation under way. */
interface Run<Inputs> {
  readonly revision: number;
  readonly inputs: Inputs;
  readonly controller: AbortController;
  /** When it began, in milliseconds. */
  readonly start: number;
  progress?: EngineProgress;
}

/**
 * Keeps a result up to date with inputs that change faster than it can be computed: one computation
 * is under way, the newest inputs come next, those in between are left out.
 *
 * Results arrive while the inputs go on changing: a computation that has begun is let to end, unless
 * it is superseded.
 */
export class Pump<Inputs, Output> {
  readonly #read: () => Inputs;
  readonly #compute: (inputs: Inputs, context: LiveContext) => Promise<Output>;
  readonly #options: PumpOptions<Inputs>;
  readonly #now: () => number;
  readonly #patience: number;
  readonly #results = new Latest<Output>();
  readonly #states = new Latest<LiveState>();
  #live: boolean;
  #newest = 0;
  #answered = 0;
  #isDue = false;
  #failure: { readonly revision: number; readonly error: unknown } | undefined;
  #run: Run<Inputs> | undefined;
  #dryFrom: number | undefined;
  #lastDuration = 0;
  #published: Output | undefined;
  #disposed = false;

  /**
   * @param read The inputs as they are now.
   * @param compute Computes one result; when its signal aborts, the result is dropped.
   */
  constructor(
    read: () => Inputs,
    compute: (inputs: Inputs, context: LiveContext) => Promise<Output>,
    options: PumpOptions<Inputs> = {},
  ) {
    this.#read = read;
    this.#compute = compute;
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#patience = options.patience ?? 1000;
    this.#live = options.live ?? true;
  }

  /** Whether changes are followed at once. Turning it on catches up. */
  get live(): boolean {
    return this.#live;
  }

  set live(live: boolean) {
    this.#live = live;
    if (live && this.state.status === "stale" && this.#newest > 0) this.#isDue = true;
    if (live && this.#run && this.#run.revision < this.#newest) this.#isDue = true;
    this.#consider();
  }

  /** The present state. */
  get state(): LiveState {
    const run = this.#run;
    if (run && (this.#isDue || !run.controller.signal.aborted)) {
      return { status: "running", ...(run.progress && { progress: run.progress }) };
    }
    if (this.#failure?.revision === this.#newest) {
      return { status: "failed", error: this.#failure.error };
    }
    const answered = this.#newest > 0 && this.#answered === this.#newest;
    return { status: answered ? "done" : "stale" };
  }

  /** Tells that the inputs have changed. */
  change(): void {
    this.#newest++;
    if (this.#live) this.#isDue = true;
    this.#consider();
  }

  /**
   * Tells that the inputs stay as they are for now, as at the end of a stroke: what is under way for
   * older ones is given up, unless it is more than half done, going by the time the last one took.
   */
  settle(): void {
    const run = this.#run;
    if (!this.#isDue || !run || !this.#isFresh) return;
    if (this.#now() - run.start < this.#lastDuration / 2) this.#supersede(run);
    this.#tell();
  }

  /** Computes once for the newest inputs, also when not live, and again after a failure. */
  update(): void {
    this.#newest ||= 1;
    const run = this.#run;
    const isUnderWay = run?.revision === this.#newest && !run.controller.signal.aborted;
    if (!isUnderWay) this.#isDue = true;
    this.#consider();
  }

  /** Gives up the computation under way; the next change or update computes again. */
  cancel(): void {
    this.#isDue = false;
    this.#run?.controller.abort(new DaubError("cancelled", "Cancelled by the user."));
    this.#tell();
  }

  /** The newest result as soon as there is one, then each newest; those not asked for are left out. */
  results(): AsyncGenerator<Output, void, void> {
    return this.#results.values();
  }

  /** The present state and every change of it that there was time to see. */
  states(): AsyncGenerator<LiveState, void, void> {
    return this.#states.values();
  }

  /** Cancels what is under way and ends the streams. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#isDue = false;
    this.#run?.controller.abort(new DaubError("cancelled", "Nobody waits for the result."));
    this.#results.close();
    this.#states.close();
  }

  #consider(): void {
    if (this.#disposed) return;
    const run = this.#run;
    if (this.#isDue && !run) this.#start();
    else if (this.#isDue && run && !run.controller.signal.aborted) {
      if (this.#isFresh && this.#options.supersedes?.(run.inputs, this.#read())) {
        this.#supersede(run);
      }
    }
    this.#tell();
  }

  /** Whether there was a result not long ago. */
  get #isFresh(): boolean {
    return this.#now() - (this.#dryFrom ?? 0) < this.#patience;
  }

  #supersede({ controller }: Run<Inputs>): void {
    controller.abort(new DaubError("cancelled", "Newer inputs took the place of these."));
  }

  #start(): void {
    const run: Run<Inputs> = {
      revision: this.#newest,
      inputs: this.#read(),
      controller: new AbortController(),
      start: this.#now(),
    };
    this.#run = run;
    this.#isDue = false;
    this.#dryFrom ??= this.#now();
    const { signal } = run.controller;
    const onProgress = (progress: EngineProgress) => {
      if (this.#run !== run) return;
      run.progress = progress;
      this.#tell();
    };
    // Also what is thrown before the first promise is a failure of this computation.
    new Promise<Output>((resolve) => resolve(this.#compute(run.inputs, { signal, onProgress })))
      .then(
        (output) =>
          this.#end(run, () => {
            this.#answered = run.revision;
            this.#failure = undefined;
            this.#publish(output);
          }),
        (error) => this.#end(run, () => this.#failure = { revision: run.revision, error }),
      );
  }

  /** Tells a result; the very object that was told last is nothing new to draw. */
  #publish(output: Output): void {
    if (typeof output === "object" && output === this.#published) return;
    this.#published = output;
    this.#results.push(output);
  }

  #end(run: Run<Inputs>, settle: () => void): void {
    this.#run = undefined;
    if (this.#disposed) return;
    if (!run.controller.signal.aborted) {
      settle();
      this.#lastDuration = this.#now() - run.start;
      this.#dryFrom = undefined;
    }
    if (!this.#isDue) this.#dryFrom = undefined;
    this.#consider();
  }

  #tell(): void {
    if (this.#disposed) return;
    const { state } = this;
    this.#states.push(state);
    this.#options.onState?.(state);
  }
}

/** The inputs of {@linkcode live}, by name. */
export type LiveSources<Inputs> = {
  readonly [Name in keyof Inputs]: ValueSource<Inputs[Name]> | Inputs[Name];
};

/** How {@linkcode live} decides. */
export interface LiveOptions<Inputs> extends Omit<PumpOptions<Inputs>, "live"> {
  /** Whether changes are followed at once, or a source that says so. Default true. */
  readonly live?: boolean | LiveSource;
}

/** The results of {@linkcode live} as they come; ending it cancels what is under way. */
export interface Live<Output> extends AsyncGenerator<Output, void, void> {
  /** What computes, with its state, its switch, `update` and `cancel`. */
  readonly pump: Pump<unknown, Output>;
}

/**
 * A live cell: computes from sources whenever one of them changes, and yields the results.
 *
 * @param sources Views, or anything with a `value` and `input` events; other values are constant.
 *
 * @example Results of what a source says
 * ```ts
 * import { live } from "./live.ts";
 * import { Value } from "./value_source.ts";
 *
 * const size = new Value(2);
 * // deno-lint-ignore require-await
 * const squares = live({ size }, async ({ size }) => size ** 2);
 * console.assert((await squares.next()).value === 4);
 * size.change(3);
 * console.assert((await squares.next()).value === 9);
 * await squares.return();
 * ```
 */
export function live<Inputs extends Record<string, unknown>, Output>(
  sources: LiveSources<Inputs>,
  compute: (inputs: Inputs, context: LiveContext) => Promise<Output>,
  options: LiveOptions<Inputs> = {},
): Live<Output> {
  const controller = new AbortController();
  const { signal } = controller;
  const entries = Object.entries(sources);
  const read = () =>
    Object.fromEntries(
      entries.map(([name, source]) => [name, isSource(source) ? source.value : source]),
    ) as Inputs;
  const isLive = options.live ?? true;
  const pump = new Pump(read, compute, {
    ...options,
    live: isSource(isLive) ? isLive.value as boolean : isLive as boolean,
  });
  for (const [, source] of entries) {
    if (!isSource(source)) continue;
    source.addEventListener("input", () => pump.change(), { signal });
    source.addEventListener("change", () => pump.settle(), { signal });
  }
  if (isSource(isLive)) {
    isLive.addEventListener("input", () => pump.live = isLive.value as boolean, { signal });
    (isLive as LiveSource).attach?.(pump);
  }
  pump.change();
  const results = endingWith(pump.results(), () => {
    controller.abort();
    pump.dispose();
  });
  return Object.assign(results, { pump: pump as unknown as Pump<unknown, Output> });
}

function isSource(value: unknown): value is ValueSource<unknown> {
  return typeof value === "object" && value !== null && "value" in value &&
    "addEventListener" in value;
}
