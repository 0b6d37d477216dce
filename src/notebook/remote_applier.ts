import { DaubError } from "../errors.ts";
import {
  type AppliedImage,
  type ApplyingOptions,
  type ClassifierFacts,
  type ImageApplier,
  MAX_CLASSIFIER,
} from "./applied_image.ts";
import {
  APPLY_VERSION,
  type ApplyAnswer,
  type ApplyPageMessage,
  type ApplyReceived,
  type ApplyRequest,
  encodeApplyMessage,
  readApplyServerMessage,
} from "./apply_protocol.ts";
import { FrameAssembler } from "./frames.ts";
import { noServer } from "./remote_errors.ts";
import { RemoteRequests } from "./remote_requests.ts";

/**
 * Applies a classifier to images of a server's folder, by their ids, at the server's end of a
 * socket. The socket is opened when it is needed, and again when it was lost.
 */
export class RemoteApplier implements ImageApplier<string>, AsyncDisposable {
  readonly #open: () => WebSocket;
  readonly #requests = new RemoteRequests<ApplyRequest, ApplyAnswer>((message) =>
    this.#send(message)
  );
  #frames = new FrameAssembler();
  #socket: WebSocket | undefined;
  #connected: Promise<void> | undefined;
  /** The classifier, and whether the server at the other end has it. */
  #classifier: { readonly text: string; readonly name: string } | undefined;
  #isTaken = false;

  /** @param open Makes a socket. */
  constructor(open: () => WebSocket) {
    this.#open = open;
  }

  async load(text: string, name: string): Promise<ClassifierFacts> {
    if (text.length > MAX_CLASSIFIER) throw tooLarge(text.length, name);
    this.#classifier = undefined;
    await this.#connect();
    const facts = await this.#give({ text, name });
    this.#classifier = { text, name };
    return facts;
  }

  async apply(image: string, options: ApplyingOptions = {}): Promise<AppliedImage> {
    await this.#connect();
    if (!this.#isTaken && this.#classifier) await this.#give(this.#classifier);
    const { channels, signal, onProgress } = options;
    const answer = await this.#requests.ask(
      (id) => ({ kind: "apply", id, image, channels }),
      signal,
      onProgress,
    );
    return answer as Extract<ApplyAnswer, { kind: "applied" }>;
  }

  /**
   * Lets the server write what was found in images beside them.
   *
   * @returns The names of the files.
   * @throws {DaubError} `file` when one of them exists, or they cannot be written.
   */
  async save(images: readonly string[]): Promise<readonly string[]> {
    await this.#connect();
    const answer = await this.#requests.ask((id) => ({ kind: "save", id, images }));
    return (answer as Extract<ApplyAnswer, { kind: "saved" }>).files;
  }

  /** Ends the connection; the server forgets what was found. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#socket?.close(1000);
    return Promise.resolve();
  }

  async #give({ text, name }: { text: string; name: string }): Promise<ClassifierFacts> {
    const version = APPLY_VERSION;
    const answer = await this.#requests.ask((id) => ({
      kind: "classifier",
      id,
      version,
      name,
      text,
    }));
    this.#isTaken = true;
    return answer as Extract<ApplyAnswer, { kind: "classifier" }>;
  }

  #connect(): Promise<void> {
    return this.#connected ??= new Promise((resolve, reject) => {
      const socket = this.#socket = this.#open();
      this.#frames = new FrameAssembler();
      this.#isTaken = false;
      let failure: DaubError | undefined;
      socket.binaryType = "arraybuffer";
      socket.onopen = () => resolve();
      socket.onmessage = ({ data }) => {
        try {
          const message = this.#frames.add(data);
          if (message) failure = this.#handle(readApplyServerMessage(message)) ?? failure;
        } catch (error) {
          failure = error as DaubError;
          socket.close();
        }
      };
      // The close event that follows says as much as can be known.
      socket.onerror = (event) => event.preventDefault();
      socket.onclose = ({ reason }) => {
        this.#connected = undefined;
        const error = failure ?? noServer(reason);
        reject(error);
        this.#requests.failAll(error);
      };
    });
  }

  /** @returns Why the server will say no more, when it says so. */
  #handle(message: ApplyReceived): DaubError | undefined {
    switch (message.kind) {
      case "progress":
        this.#requests.progressed(message.id, message);
        return undefined;
      case "failed":
        if (message.id === 0) return message.error;
        this.#requests.failed(message.id, message.error);
        return undefined;
      default:
        this.#requests.answered(message.id, message);
        return undefined;
    }
  }

  #send(message: ApplyPageMessage): void {
    if (this.#socket?.readyState === WebSocket.OPEN) {
      this.#socket.send(encodeApplyMessage(message));
    }
  }
}

function tooLarge(found: number, where: string): DaubError {
  return new DaubError(
    "classifier",
    `Expected a classifier file of at most ${MAX_CLASSIFIER} bytes but found ${found} in ` +
      `${where}. Train one with fewer trees or less depth, or use the command line.`,
    { expected: MAX_CLASSIFIER, found, where },
  );
}
