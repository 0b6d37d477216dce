import type { ImageInfo } from "../image/image_file.ts";
import type { Input } from "./inputs.ts";
import type { FrameResult, PlainError, Task } from "./task.ts";

/** What a thread that works on images is told. */
export type ToComputer =
  | { readonly type: "start"; readonly task: Task; readonly threads: number }
  | { readonly type: "compute"; readonly input: Input }
  /** What the thread last told was dealt with. */
  | { readonly type: "go" }
  /** What the thread last told could not be dealt with: it is to leave the image. */
  | { readonly type: "leave" };

/** What a thread that works on images tells. */
export type FromComputer =
  | { readonly type: "ready" }
  | { readonly type: "opened"; readonly info: ImageInfo; readonly bytes: number }
  | { readonly type: "done"; readonly result: FrameResult }
  | { readonly type: "finished" }
  | { readonly type: "failed"; readonly error: PlainError };
