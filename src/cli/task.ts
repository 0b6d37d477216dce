import type { BackendChoice } from "../backend.ts";
import { DaubError, type ErrorDetails, type ErrorTag } from "../errors.ts";
import type { ImageInfo } from "../image/image_file.ts";
import type { Connectivity } from "../labeling/labels.ts";
import type { SavedClassifier } from "./classifier.ts";
import type { Finding } from "./finding.ts";
import type { Input } from "./inputs.ts";
import type { Purpose } from "./kinds.ts";
import type { Format, TableFormat } from "./options.ts";
import type { Result } from "./result_names.ts";

/** What is to be done with every image of a run; plain data, so that threads can be told it. */
export interface Task {
  readonly purpose: Purpose;
  /** None where objects are only measured. */
  readonly classifier?: SavedClassifier;
  readonly connectivity?: Connectivity;
  readonly format: Format;
  readonly measure?: TableFormat;
  readonly backend: BackendChoice;
}

/** A result of a frame: an image, or a table of a format. */
export interface ResultFile {
  readonly kind: Result | TableFormat;
  readonly bytes: Uint8Array;
}

/** What came of one time frame. */
export interface FrameResult {
  readonly frame: number;
  readonly finding: Omit<Finding, "files">;
  readonly files: readonly ResultFile[];
}

/** Who is told how the work on an image goes on, and can hold it up. */
export interface TaskListener {
  /** The image is open; its pixels are read when this returns. */
  opened(info: ImageInfo, bytes: number): Promise<void>;
  /** A frame is done; the next one begins when this returns. */
  done(result: FrameResult): Promise<void>;
}

/** Works on images, one at a time. */
export interface Computer extends AsyncDisposable {
  /** Does the task with one image. */
  compute(input: Input, listener: TaskListener): Promise<void>;
}

/** An error as plain data. */
export interface PlainError {
  readonly message: string;
  /** Of a {@linkcode DaubError}. */
  readonly tag?: ErrorTag;
  readonly details?: ErrorDetails;
}

/** An error as threads tell it to each other. */
export function toPlainError(error: unknown): PlainError {
  if (!(error instanceof DaubError)) {
    return { message: error instanceof Error ? error.stack ?? error.message : String(error) };
  }
  const { tag, message, where } = error;
  return { message, tag, details: { where } };
}

/** The error that another thread told. */
export function fromPlainError({ tag, message, details }: PlainError): Error {
  return tag ? new DaubError(tag, message, details) : new Error(message);
}
