import type { DaubError } from "../errors.ts";
import type { EngineOptions } from "./engine.ts";

/** How a page and its server stand: in step, coming into step, or apart. */
export type ConnectionState = "connecting" | "catching up" | "connected" | "offline";

/** What a page is told of its server without having asked. */
export type RemoteEvent =
  /** The connection changed, or how many strokes the server has not journalled yet. */
  | { readonly kind: "state"; readonly state: ConnectionState; readonly unsaved: number }
  /** Another page chose options. */
  | { readonly kind: "options"; readonly options: EngineOptions }
  /** Something went wrong that no request asked for. */
  | { readonly kind: "error"; readonly error: DaubError };
