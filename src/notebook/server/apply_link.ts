import { DaubError } from "../../errors.ts";
import type { AppliedImage, ApplyingOptions } from "../applied_image.ts";
import {
  APPLY_VERSION,
  type ApplyPageMessage,
  type ApplyRequest,
  type ApplyServerMessage,
  encodeApplyMessage,
  readApplyPageMessage,
} from "../apply_protocol.ts";
import { framesOf } from "../frames.ts";
import { protocolError } from "../protocol_fields.ts";
import { errorMessage } from "../protocol_parts.ts";
import { Turns } from "../take_turns.ts";
import { AppliedFiles } from "./applied_files.ts";
import { Computer } from "./computer.ts";
import type { ImageCatalog } from "./image_catalog.ts";
import type { SessionOptions } from "./session.ts";

/** Progress is told so many milliseconds apart. */
const PROGRESS_EVERY = 50;

type Chosen = Extract<ApplyPageMessage, { kind: "classifier" }>;

/**
 * One page that applies a classifier to images of the folder, at the other end of a socket. It has
 * a thread that computes of its own, and what it does not ask for itself it cannot cancel.
 */
export class ApplyLink {
  readonly #turns = new Turns();
  readonly #pending = new Map<number, AbortController>();
  readonly #files: AppliedFiles;
  #computer: Computer | undefined;
  #classifier: Chosen | undefined;
  #idle: ReturnType<typeof setTimeout> | undefined;
  #ending: Promise<void> | undefined;

  constructor(
    readonly socket: WebSocket,
    readonly catalog: ImageCatalog,
    readonly setup: SessionOptions,
    readonly onClose: () => void,
  ) {
    this.#files = new AppliedFiles(setup.limits.appliedBytes, setup.temporary);
    socket.binaryType = "arraybuffer";
    socket.onmessage = ({ data }) => this.#receive(data);
    // A broken connection is closed next, which is all that matters.
    socket.onerror = (event) => event.preventDefault();
    socket.onclose = () => void this.#end();
    this.#rest();
  }

  /** Tells a page for which there is no room so, and no more. */
  static refuse(socket: WebSocket, error: DaubError): void {
    socket.onopen = () => {
      const message = encodeApplyMessage({ kind: "failed", id: 0, error: errorMessage(error) });
      for (const frame of framesOf(message)) socket.send(frame);
      socket.close(1013, "there is no room");
    };
    socket.onerror = (event) => event.preventDefault();
  }

  /** Says goodbye, as when the server ends, and removes what was kept. */
  async close(reason: string): Promise<void> {
    this.#close(1001, reason);
    await this.#end();
  }

  #receive(data: unknown): void {
    try {
      const message = readApplyPageMessage(data);
      if (message.kind === "cancel") this.#pending.get(message.id)?.abort("cancelled");
      else void this.#answer(message);
    } catch (error) {
      // Whoever breaks the protocol is told why and not listened to any longer.
      this.#fail(0, error);
      this.#close(1008, "the message was not understood");
    }
  }

  async #answer(request: ApplyRequest): Promise<void> {
    const { id } = request;
    const { requests } = this.setup.limits;
    if (this.#pending.has(id)) {
      this.#fail(0, protocolError("every request's number once", id, "id"));
      return this.#close(1008, "the message was not understood");
    }
    if (this.#pending.size >= requests) return this.#fail(id, tooMany(requests));
    const controller = new AbortController();
    const { signal } = controller;
    this.#pending.set(id, controller);
    clearTimeout(this.#idle);
    try {
      this.#send(await this.#turns.take(() => this.#do(request, signal), { signal }));
    } catch (error) {
      this.#fail(id, error);
    } finally {
      this.#pending.delete(id);
      if (this.#pending.size === 0) this.#rest();
    }
  }

  async #do(request: ApplyRequest, signal: AbortSignal): Promise<ApplyServerMessage> {
    const { kind, id } = request;
    switch (kind) {
      case "classifier": {
        if (request.version !== APPLY_VERSION) {
          throw protocolError(`version ${APPLY_VERSION}`, request.version, "version");
        }
        this.#classifier = undefined;
        const facts = await this.#load(request);
        this.#classifier = request;
        return { kind, id, ...facts };
      }
      case "apply":
        return { kind: "applied", id, ...await this.#apply(request, signal) };
      case "save": {
        const { root, names } = await this.catalog.places(request.images);
        return { kind: "saved", id, files: await this.#files.save(request.images, root, names) };
      }
    }
  }

  async #apply(
    { id, image, channels }: Extract<ApplyRequest, { kind: "apply" }>,
    signal: AbortSignal,
  ): Promise<AppliedImage> {
    if (this.#classifier === undefined) {
      throw new DaubError("classifier", "Expected a classifier but found none. Choose one first.");
    }
    const { name, read } = await this.catalog.find(image);
    const bytes = await read();
    // A thread that crashed on the image before, or was left idle, is no more.
    if (!this.#computer?.alive) await this.#load(this.#classifier);
    let told = 0;
    const onProgress: ApplyingOptions["onProgress"] = ({ stage, fraction }) => {
      const now = performance.now();
      if (now - told < PROGRESS_EVERY) return;
      told = now;
      this.#send({ kind: "progress", id, stage, fraction });
    };
    const found = await this.#computer!.apply({ kind: "apply", bytes, name, channels }, {
      signal,
      onProgress,
    });
    await this.#files.keep(image, found);
    return found;
  }

  async #load({ name, text }: Chosen) {
    const { backend, limits, startWorker } = this.setup;
    if (!this.#computer?.alive) this.#computer = new Computer(startWorker, limits.cancelAfter);
    const maxPixels = limits.pixels;
    return await this.#computer.load({ kind: "classifier", name, text, backend, maxPixels });
  }

  /** Ends the thread when nothing is asked of it for a while. */
  #rest(): void {
    clearTimeout(this.#idle);
    if (this.#ending) return;
    this.#idle = setTimeout(() => {
      this.#computer?.[Symbol.dispose]();
      this.#computer = undefined;
    }, this.setup.limits.idleAfter);
  }

  #fail(id: number, error: unknown): void {
    this.#send({ kind: "failed", id, error: errorMessage(error) });
  }

  #send(message: ApplyServerMessage): void {
    if (this.socket.readyState !== WebSocket.OPEN) return;
    if (this.socket.bufferedAmount > this.setup.limits.unreadBytes) {
      return this.#close(1013, "the page does not read");
    }
    for (const frame of framesOf(encodeApplyMessage(message))) this.socket.send(frame);
  }

  #close(code: number, reason: string): void {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.close(code, reason);
  }

  #end(): Promise<void> {
    return this.#ending ??= this.#clear();
  }

  async #clear(): Promise<void> {
    clearTimeout(this.#idle);
    for (const controller of this.#pending.values()) controller.abort("cancelled");
    this.#computer?.[Symbol.dispose]();
    // What was under way may still be writing.
    await this.#turns.take(() => Promise.resolve());
    this.#computer?.[Symbol.dispose]();
    await this.#files[Symbol.asyncDispose]();
    this.onClose();
  }
}

function tooMany(expected: number): DaubError {
  return new DaubError(
    "server",
    `Expected at most ${expected} requests of a page at a time but found more. Wait until some ` +
      "are answered.",
    { expected },
  );
}
