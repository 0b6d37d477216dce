import type { BackendChoice } from "../../backend.ts";
import type { AppliedImage, ClassifierFacts } from "../applied_image.ts";
import type { AnnotationSize } from "../annotation_command.ts";
import type { EngineOptions, EngineProgress, EngineWant } from "../engine.ts";
import type { ChannelMessage } from "../protocol.ts";
import type { ErrorMessage } from "../protocol_parts.ts";

/** What the server's thread asks of the one that computes. */
export type WorkerRequest =
  | {
    readonly kind: "open";
    readonly bytes: Uint8Array<ArrayBuffer>;
    readonly name: string;
    readonly backend: BackendChoice;
    /** Whether strokes will be computed on, so that getting ready for them is of use. */
    readonly isComputed: boolean;
    readonly maxPixels: number;
    readonly maxBytes: number;
  }
  /** Commands of the log, in order, in the painter's codec. */
  | { readonly kind: "paint"; readonly commands: readonly Uint8Array[] }
  | {
    readonly kind: "compute";
    readonly frame: number;
    readonly options: EngineOptions;
    readonly want: EngineWant;
    /** Whether the result may go to another machine, so that it should be small. */
    readonly isFar: boolean;
  }
  | { readonly kind: "features"; readonly options: EngineOptions }
  /** The channels of a time point. */
  | { readonly kind: "frame"; readonly frame: number }
  /** The annotation as a label TIFF. */
  | { readonly kind: "save" }
  /** A classifier's text, to be applied to image files from then on; needs no open image. */
  | {
    readonly kind: "classifier";
    readonly text: string;
    readonly name: string;
    readonly backend: BackendChoice;
    readonly maxPixels: number;
  }
  | {
    readonly kind: "apply";
    readonly bytes: Uint8Array<ArrayBuffer>;
    readonly name: string;
    readonly channels?: readonly number[];
  };

/** What the thread that computes answers. */
export type WorkerAnswer = OpenedImage | Uint8Array | ClassifierFacts | AppliedImage | undefined;

/** What the thread that computes knows of its image. */
export interface OpenedImage {
  readonly name: string;
  readonly contentKey: string;
  readonly size: Required<AnnotationSize>;
  readonly device: string;
  readonly channels: readonly (ChannelMessage & { readonly bytes: Uint8Array })[];
}

/** A request with its number; a number alone cancels. */
export type ToWorker =
  | { readonly id: number; readonly request: WorkerRequest }
  | { readonly cancel: number };

/** An answer, a failure, or how far a request has come. */
export type FromWorker =
  | { readonly id: number; readonly answer: WorkerAnswer }
  | { readonly id: number; readonly error: ErrorMessage }
  | { readonly id: number; readonly progress: EngineProgress };
