import {
  type AnnotationCommand,
  type AnnotationSize,
  type CancelCommand,
  checkAnnotationSize,
  checkCommand,
  type PaintCommand,
} from "./annotation_command.ts";
import { type ChangedRegion, ChangeSet, inverseOf } from "./annotation_changes.ts";
import { paintCommand } from "./annotation_paint.ts";
import { AnnotationSnapshot } from "./annotation_snapshot.ts";
import { TileGrid } from "./annotation_tiles.ts";

export type { AnnotationCommand, AnnotationSize, ChangedRegion };

/** What a listener is told after every change. */
export interface AnnotationChange {
  /** The revision after the change. */
  readonly revision: number;
  /** The command that was applied, or that was taken out by {@linkcode Annotation.rewind}. */
  readonly command: AnnotationCommand;
  /** Whether the command was applied or taken out. */
  readonly direction: "apply" | "rewind";
  /** Who applied it, as given to {@linkcode Annotation.apply}; for example "page" or "server". */
  readonly origin: string;
  /** Where pixels changed. */
  readonly regions: readonly ChangedRegion[];
}

/** One applied command and how to take it out. */
interface Entry {
  readonly command: AnnotationCommand;
  readonly changes: readonly ChangeSet[];
  /** For a painting command: whether it joined the step before, and what could be redone. */
  readonly joined?: boolean;
  readonly redoable?: Step[];
  /** For a cancelling command: what could be undone, from a depth on, and redone before it. */
  readonly cancelled?: {
    readonly from: number;
    readonly undoable: readonly Step[];
    readonly redoable: Step[];
  };
}

/** One painting command of a step and what it changed. */
interface Piece {
  readonly command: PaintCommand;
  readonly changes: ChangeSet;
}

/** One step of the undo history. */
interface Step {
  readonly id: number | undefined;
  readonly pieces: Piece[];
  /** What could be redone before it, for when it is cancelled. */
  readonly redoable: Step[];
}

/** Cancelling reaches so many steps back; the hands of others make a few during a stroke. */
const REACH = 64;

/** How one revision came from the one before, for snapshots of the past. */
interface Move {
  readonly changes: readonly ChangeSet[];
  readonly reverted: boolean;
}

/**
 * The painted label image of one image: class numbers 1 … 255, and 0 where nothing is painted.
 *
 * It changes by commands only, and the same commands give the same pixels everywhere, so that a
 * page and a server stay in step by exchanging them. Commands that change nothing leave no trace.
 * A stroke costs the same however large the image is.
 */
export class Annotation {
  /** Width, height, depth and time points. */
  readonly size: Required<AnnotationSize>;
  readonly #grid: TileGrid;
  readonly #log: Entry[] = [];
  readonly #moves: Move[] = [];
  readonly #undoable: Step[] = [];
  #redoable: Step[] = [];
  readonly #listeners = new Set<(change: AnnotationChange) => void>();

  /** @throws {DaubError} `annotation` when the size is not positive or absurd. */
  constructor(size: AnnotationSize) {
    checkAnnotationSize(size);
    const { width, height, depth, frames = 1 } = size;
    this.size = { width, height, depth, frames };
    this.#grid = new TileGrid(width, height, depth * frames);
  }

  /** Grows by one with every change on this side, also those that take something back. */
  get revision(): number {
    return this.#moves.length;
  }

  /** The commands that led here, in order. Replicas with equal logs have equal pixels. */
  get log(): readonly AnnotationCommand[] {
    return this.#log.map((entry) => entry.command);
  }

  /** The number of commands in the log. */
  get position(): number {
    return this.#log.length;
  }

  /** How many steps can be taken back. */
  get undoDepth(): number {
    return this.#undoable.length;
  }

  /** How many steps can be made once more. */
  get redoDepth(): number {
    return this.#redoable.length;
  }

  /** The painted tiles, to read for display; changed by commands only. */
  get tiles(): Pick<TileGrid, "at" | "tile" | "tileCount" | "allocatedTiles"> {
    return this.#grid;
  }

  /** The number of labelled pixels of a class; for 0, of those not labelled. */
  count(value: number): number {
    return this.#grid.counts[value] ?? 0;
  }

  /** The class at a pixel, 0 also outside the image. */
  at(x: number, y: number, z = 0, t = 0): number {
    const { width, height, depth, frames } = this.size;
    const inside = x >= 0 && y >= 0 && z >= 0 && t >= 0 && x < width && y < height && z < depth &&
      t < frames;
    return inside ? this.#grid.at(x, y, t * depth + z) : 0;
  }

  /**
   * Applies a command and tells the listeners.
   *
   * @param origin Who applies it, passed on to the listeners.
   * @returns Whether anything changed.
   * @throws {DaubError} `annotation` when the command is malformed or out of bounds; nothing is
   * changed then.
   */
  apply(command: AnnotationCommand, origin = "page"): boolean {
    checkCommand(command, this.size);
    const entry = command.kind === "undo"
      ? this.#undo(command)
      : command.kind === "redo"
      ? this.#redo(command)
      : command.kind === "cancel"
      ? this.#cancel(command)
      : this.#paint(command);
    if (entry === undefined) return false;
    this.#log.push(entry);
    this.#moves.push({ changes: entry.changes, reverted: takesBack(command) });
    this.#tell(entry, "apply", origin);
    return true;
  }

  /** Takes the last step back; false when there is none. */
  undo(origin?: string): boolean {
    return this.apply({ kind: "undo" }, origin);
  }

  /** Makes the last step that was taken back once more; false when there is none. */
  redo(origin?: string): boolean {
    return this.apply({ kind: "redo" }, origin);
  }

  /**
   * Takes commands out of the log, newest first, until `position` are left, as if they had never
   * been applied. So a replica can slip in what others did before its own newest commands: rewind,
   * apply theirs, apply one's own again.
   *
   * @returns The commands taken out, oldest first.
   */
  rewind(position: number, origin = "page"): AnnotationCommand[] {
    const commands: AnnotationCommand[] = [];
    while (this.#log.length > Math.max(0, position)) {
      const entry = this.#log.pop()!;
      const reverted = !takesBack(entry.command);
      this.#move(entry.changes, reverted);
      if (entry.command.kind === "undo") {
        this.#undoable.push(this.#redoable.pop()!);
      } else if (entry.command.kind === "redo") {
        this.#redoable.push(this.#undoable.pop()!);
      } else if (entry.cancelled) {
        const { from, undoable, redoable } = entry.cancelled;
        this.#undoable.splice(from, Infinity, ...undoable);
        this.#redoable = redoable;
      } else {
        if (entry.joined) this.#undoable.at(-1)!.pieces.pop();
        else this.#undoable.pop();
        this.#redoable = entry.redoable!;
      }
      this.#moves.push({ changes: entry.changes, reverted });
      this.#tell(entry, "rewind", origin);
      commands.push(entry.command);
    }
    return commands.reverse();
  }

  /** Calls `listener` after every change until the signal aborts or the result is called. */
  listen(listener: (change: AnnotationChange) => void, signal?: AbortSignal): () => void {
    const stop = () => void this.#listeners.delete(listener);
    if (!signal?.aborted) this.#listeners.add(listener);
    signal?.addEventListener("abort", stop, { once: true });
    return stop;
  }

  /** The annotation as it is now; later painting does not change it. */
  snapshot(): AnnotationSnapshot {
    const revision = this.revision;
    const { counts } = this.#grid;
    let classes = 256;
    while (classes > 1 && counts[classes - 1] === 0) classes--;
    const labelled = Array.from(counts.subarray(0, classes));
    labelled[0] = 0;
    return new AnnotationSnapshot(
      this.size,
      revision,
      labelled,
      this,
      () => this.#gridAt(revision),
    );
  }

  #gridAt(revision: number): TileGrid {
    if (revision === this.revision) return this.#grid;
    const grid = this.#grid.fork();
    for (let i = this.#moves.length - 1; i >= revision; i--) {
      const { changes, reverted } = this.#moves[i];
      moveGrid(grid, changes, !reverted);
    }
    return grid;
  }

  #paint(command: PaintCommand): Entry | undefined {
    const piece = this.#piece(command);
    if (piece === undefined) return undefined;
    const last = this.#undoable.at(-1);
    const joined = command.step !== undefined && last?.id === command.step &&
      this.#redoable.length === 0;
    const redoable = this.#redoable;
    if (joined) last.pieces.push(piece);
    else this.#undoable.push({ id: command.step, pieces: [piece], redoable });
    this.#redoable = [];
    return { command, changes: [piece.changes], joined, redoable };
  }

  #undo(command: AnnotationCommand): Entry | undefined {
    const step = this.#undoable.pop();
    if (step === undefined) return undefined;
    this.#redoable.push(step);
    const changes = changesOf(step);
    this.#move(changes, true);
    return { command, changes };
  }

  #redo(command: AnnotationCommand): Entry | undefined {
    const step = this.#redoable.pop();
    if (step === undefined) return undefined;
    this.#undoable.push(step);
    const changes = changesOf(step);
    this.#move(changes, false);
    return { command, changes };
  }

  #cancel(command: CancelCommand): Entry | undefined {
    const isOther = ({ id }: Step) => id !== command.step;
    const reach = Math.max(0, this.#undoable.length - REACH);
    const from = this.#undoable.findIndex((step, i) => i >= reach && !isOther(step));
    if (from < 0 || this.#redoable.length > REACH) return undefined;
    const cancelled = { from, undoable: this.#undoable.splice(from), redoable: this.#redoable };
    const before = cancelled.undoable.flatMap(changesOf);
    this.#move(before, true);
    // What others did after it, and what they took back, is painted anew on what is there now.
    const kept = this.#repaint(cancelled.undoable.filter(isOther));
    const undone = this.#repaint(cancelled.redoable.filter(isOther).reverse());
    this.#move(undone.flatMap(changesOf), true);
    // A copy, since what is redone now must not be missing when this is rewound.
    const redoable = cancelled.undoable[0].redoable.slice();
    const alone = kept.length === 0 && undone.length === 0;
    this.#undoable.push(...kept.map((step, i) => i === 0 ? { ...step, redoable } : step));
    this.#redoable = alone ? redoable : undone.reverse();
    const changes = [...before.reverse().map(inverseOf), ...kept.flatMap(changesOf)];
    return { command, changes, cancelled };
  }

  /** Paints the commands of steps once more; those that now change nothing are left out. */
  #repaint(steps: readonly Step[]): Step[] {
    return steps.flatMap(({ id, pieces }) => {
      const again = pieces.flatMap(({ command }) => this.#piece(command) ?? []);
      return again.length > 0 ? [{ id, pieces: again, redoable: [] }] : [];
    });
  }

  #piece(command: PaintCommand): Piece | undefined {
    const changes = new ChangeSet();
    paintCommand(this.#grid, this.size, command, changes);
    changes.trim();
    return changes.tiles.size === 0 ? undefined : { command, changes };
  }

  #move(changes: readonly ChangeSet[], revert: boolean): void {
    moveGrid(this.#grid, changes, revert);
  }

  #tell(entry: Entry, direction: "apply" | "rewind", origin: string): void {
    if (this.#listeners.size === 0) return;
    const change: AnnotationChange = {
      revision: this.revision,
      command: entry.command,
      direction,
      origin,
      regions: entry.changes.flatMap((changes) => this.#grid.regions(changes)),
    };
    for (const listener of [...this.#listeners]) listener(change);
  }
}

/** Whether a command reverts what was painted. */
function takesBack({ kind }: AnnotationCommand): boolean {
  return kind === "undo";
}

function changesOf({ pieces }: Step): ChangeSet[] {
  return pieces.map(({ changes }) => changes);
}

function moveGrid(grid: TileGrid, changes: readonly ChangeSet[], revert: boolean): void {
  if (revert) { for (let i = changes.length - 1; i >= 0; i--) grid.revert(changes[i]); }
  else for (const change of changes) grid.repeat(change);
}
