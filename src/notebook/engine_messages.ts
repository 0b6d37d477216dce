import type { BackendChoice } from "../backend.ts";
import type { CrossValidation } from "../evaluation/cross_validation.ts";
import type { FeatureSuggestion } from "../evaluation/suggest_features.ts";
import type { Image } from "../image/image.ts";
import type { AppliedImage, ClassifierFacts } from "./applied_image.ts";
import type {
  EngineImage,
  EngineOptions,
  EngineProgress,
  EngineResult,
  EngineWant,
  Strokes,
} from "./engine.ts";
import type { LabelImage } from "../labeling/labels.ts";
import type { Table } from "../measurement/table.ts";
import type {
  ClassifiedObjects,
  MergedObjects,
  MergingOptions,
  ObjectOptions,
} from "./object_workbench.ts";
import type { ErrorMessage } from "./protocol_parts.ts";
import type { TrainingQuality } from "./training_quality.ts";
import type { TrainingSet } from "./training_set.ts";

/** An image to open or read: where it is stored, its file, or its channels. */
export type ImageSource = string | Blob | readonly Image[];

/** What a page asks of the thread that computes for it; every kind has its own answer. */
export type EngineRequest =
  | { readonly kind: "read"; readonly source: ImageSource; readonly name?: string }
  /** Keeps an image file, whose time points are read when they are looked at; needs no open image. */
  | {
    readonly kind: "look";
    readonly look: number;
    readonly source: string | Blob;
    readonly name?: string;
  }
  | { readonly kind: "look at"; readonly look: number; readonly time: number }
  | {
    readonly kind: "open";
    readonly source: ImageSource;
    readonly name?: string;
    readonly backend?: BackendChoice;
  }
  | {
    readonly kind: "compute";
    readonly revision: number;
    readonly annotation: Strokes;
    readonly frame?: number;
    readonly options: EngineOptions;
    readonly want?: EngineWant;
  }
  | { readonly kind: "features"; readonly options: EngineOptions }
  | { readonly kind: "frame"; readonly time: number }
  /** Takes objects and measures them; the two below are about these. */
  | { readonly kind: "measure"; readonly labels: LabelImage; readonly image: readonly Image[] }
  | {
    readonly kind: "classify objects";
    readonly annotation: Image<Uint8Array>;
    readonly options: ObjectOptions;
  }
  | {
    readonly kind: "merge objects";
    readonly annotation: Image<Uint8Array>;
    readonly options: MergingOptions;
  }
  /** Three judgements of what a classifier learns from; they need no open image. */
  | { readonly kind: "judge"; readonly set: TrainingSet }
  | { readonly kind: "cross-validate"; readonly set: TrainingSet }
  | { readonly kind: "suggest"; readonly set: TrainingSet }
  /** Takes a classifier's text, to be applied to image files from then on; needs no open image. */
  | { readonly kind: "classifier"; readonly text: string; readonly name: string }
  | {
    readonly kind: "apply";
    readonly source: Blob;
    readonly name: string;
    readonly channels?: readonly number[];
  }
  | { readonly kind: "close" };

/** What is answered to each kind of request. */
export interface EngineAnswers {
  readonly read: readonly Image[];
  readonly look: { readonly channels: readonly Image[]; readonly frames: number };
  readonly "look at": readonly Image[];
  readonly open: {
    readonly image: EngineImage;
    readonly device: string;
    readonly options: EngineOptions;
  };
  readonly compute: EngineResult;
  readonly features: {
    readonly names: readonly string[];
    readonly planes: readonly Float32Array[];
  };
  readonly frame: readonly Image[];
  readonly measure: Table;
  readonly "classify objects": ClassifiedObjects;
  readonly "merge objects": MergedObjects;
  readonly judge: TrainingQuality;
  readonly "cross-validate": CrossValidation;
  readonly suggest: FeatureSuggestion;
  readonly classifier: ClassifierFacts;
  readonly apply: AppliedImage;
  readonly close: undefined;
}

/** A request with its number; a number alone cancels. */
export type ToEngine =
  | { readonly id: number; readonly request: EngineRequest }
  | { readonly cancel: number };

/** That it has started, an answer, a failure, or how far a request has come. */
export type FromEngine =
  | "ready"
  | { readonly id: number; readonly answer: EngineAnswers[keyof EngineAnswers] }
  | { readonly id: number; readonly error: ErrorMessage }
  | { readonly id: number; readonly progress: EngineProgress };

/** One end of a line of messages: a worker, its scope, or a port. */
export interface EnginePort {
  onmessage: ((event: MessageEvent) => void) | null;
  /** @param options What is handed over instead of copied. */
  postMessage(message: ToEngine | FromEngine, options?: { transfer?: ArrayBuffer[] }): void;
}
