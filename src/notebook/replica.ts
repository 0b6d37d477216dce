import { Annotation } from "./annotation.ts";
import { decodeCommand, encodeCommand } from "./annotation_codec.ts";
import type { AnnotationCommand, AnnotationSize } from "./annotation_command.ts";
import type { LogEntry } from "./protocol.ts";
import { protocolError } from "./protocol_fields.ts";

/** What changes of a replica's annotation that others made are called. */
export const FROM_SERVER = "server";

/** A name by which a server knows a page: 32 hexadecimal digits. */
export function newClient(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A command of this page that the server has not acknowledged yet. */
interface Unsaved {
  number: number;
  readonly command: AnnotationCommand;
  readonly bytes: Uint8Array;
  /** Whether it changed anything, and so is in the annotation's log. */
  applied: boolean;
}

/**
 * A page's copy of an annotation that several pages paint on. It shows this page's strokes at once;
 * the server decides about the order. The annotation's log is what the server has confirmed, and
 * behind it what it has not: when others were first, the page's own newest commands are taken out,
 * theirs put in, and its own made again.
 */
export class Replica {
  /** What a painter paints on. */
  readonly annotation: Annotation;
  /** Names the server's log; "" before the first greeting. */
  log = "";
  #confirmed = 0;
  #unsaved: Unsaved[] = [];
  #lastNumber = 0;
  readonly #skips: boolean;

  /**
   * @param onPaint Told of this page's commands, which are to be sent.
   * @param skips Whether the log may hold commands that change nothing, which are left out; else
   * they are an error.
   */
  constructor(
    size: AnnotationSize,
    onPaint: (first: number, commands: Uint8Array[]) => void,
    { skips = false } = {},
  ) {
    this.#skips = skips;
    this.annotation = new Annotation(size);
    this.annotation.listen(({ command, direction, origin }) => {
      if (origin === FROM_SERVER || direction !== "apply") return;
      const bytes = encodeCommand(command);
      const number = ++this.#lastNumber;
      this.#unsaved.push({ number, command, bytes, applied: true });
      onPaint(number, [bytes]);
    });
  }

  /** How many commands of the server's log are known. */
  get position(): number {
    return this.#confirmed;
  }

  /** How many commands the server has not acknowledged. */
  get unsavedCount(): number {
    return this.#unsaved.length;
  }

  /** What is to be sent again to a server that has acknowledged so much. */
  unsavedAfter(acknowledged: number): { number: number; bytes: Uint8Array }[] {
    return this.#unsaved.filter(({ number }) => number > acknowledged);
  }

  /**
   * Prepares for what a greeting promises: the log from a position on. A server with an empty log
   * of its own has lost its memory: it is told everything again.
   */
  meet({ log, position, length }: { log: string; position: number; length: number }): void {
    const lost = log !== this.log && this.log !== "" && length === 0;
    this.log = log;
    if (position === this.#confirmed && !lost) return;
    const confirmed = this.annotation.rewind(0, FROM_SERVER).slice(0, this.#confirmed);
    this.#confirmed = 0;
    if (position !== 0) throw protocolError("the log from its start", position, "position");
    if (lost) {
      const all = confirmed.map((command) => ({
        number: 0,
        command,
        bytes: encodeCommand(command),
        applied: true,
      }));
      this.#unsaved = [...all, ...this.#unsaved];
      for (const each of this.#unsaved) each.number = ++this.#lastNumber;
    }
    this.#repeat();
  }

  /**
   * Takes in more of the server's log.
   *
   * @param acknowledged The last command of this page that is safe.
   * @throws {DaubError} `server` when it is not what follows.
   */
  merge(position: number, entries: readonly LogEntry[], acknowledged: number): void {
    if (position !== this.#confirmed) throw protocolError("what follows", position, "position");
    let next = 0;
    while (next < entries.length && this.#confirms(entries[next])) next++;
    if (next < entries.length) this.#slipIn(entries.slice(next));
    this.settle(acknowledged);
  }

  /** Forgets commands that are safe; those of them that the server found to change nothing go. */
  settle(acknowledged: number): void {
    const settled = this.#unsaved.filter(({ number }) => number <= acknowledged);
    if (settled.length === 0) return;
    const wasApplied = settled.some(({ applied }) => applied);
    if (wasApplied) this.annotation.rewind(this.#confirmed, FROM_SERVER);
    this.#unsaved = this.#unsaved.slice(settled.length);
    if (wasApplied) this.#repeat();
  }

  /** Gives a command up that cannot be sent. */
  drop(number: number): void {
    this.annotation.rewind(this.#confirmed, FROM_SERVER);
    this.#unsaved = this.#unsaved.filter((each) => each.number !== number);
    this.#repeat();
  }

  /** Whether an entry is our own oldest command, which is in its place already. */
  #confirms({ number }: LogEntry): boolean {
    const [oldest] = this.#unsaved;
    if (oldest === undefined || oldest.number !== number || !oldest.applied) return false;
    this.#unsaved.shift();
    this.#confirmed++;
    return true;
  }

  #slipIn(entries: readonly LogEntry[]): void {
    this.annotation.rewind(this.#confirmed, FROM_SERVER);
    for (const { number, command } of entries) {
      if (this.annotation.apply(decodeCommand(command), FROM_SERVER)) this.#confirmed++;
      else if (!this.#skips) throw protocolError("a command that changes something", number);
      if (number > 0) this.#unsaved = this.#unsaved.filter((each) => each.number !== number);
    }
    this.#repeat();
  }

  #repeat(): void {
    for (const each of this.#unsaved) {
      each.applied = this.annotation.apply(each.command, FROM_SERVER);
    }
  }
}
